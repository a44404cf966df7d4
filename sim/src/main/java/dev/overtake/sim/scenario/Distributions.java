package dev.overtake.sim.scenario;

import dev.overtake.sim.model.Distribution;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** How distributions are written: a value that is always the same, or a mapping. */
final class Distributions {
  /** The standard normal distribution's 99th percentile. */
  private static final double NORMAL_P99 = 2.3263;

  private Distributions() {}

  /** Of times, in nanoseconds. */
  static Distribution times(Value value) {
    return read(value, Units::nanos);
  }

  /** Of numbers of something. */
  static Distribution numbers(Value value) {
    return read(value, Units::number);
  }

  private static Distribution read(Value value, ToDoubleFunction<Value> unit) {
    return value.isMapping()
        ? value.checked(() -> shaped(value, unit))
        : new Distribution.Constant(unit.applyAsDouble(value));
  }

  private static Distribution shaped(Value value, ToDoubleFunction<Value> unit) {
    Fields fields = value.fields("exponential", "uniform", "median", "p99", "sigma", "values");
    fields.requireWith("p99", "median");
    fields.requireWith("sigma", "median");
    return switch (fields.oneOf("exponential", "uniform", "median", "values")) {
      case "exponential" ->
          new Distribution.Exponential(unit.applyAsDouble(fields.require("exponential")));
      case "uniform" -> uniform(fields.require("uniform"), unit);
      case "median" -> logNormal(fields, unit);
      default ->
          new Distribution.Empirical(
              fields.require("values").items().stream().map(unit::applyAsDouble).toList());
    };
  }

  private static Distribution uniform(Value value, ToDoubleFunction<Value> unit) {
    List<Value> ends = value.items();
    if (ends.size() != 2) {
      throw value.wrong("two ends, such as [1ms, 2ms]");
    }
    return new Distribution.Uniform(
        unit.applyAsDouble(ends.getFirst()), unit.applyAsDouble(ends.getLast()));
  }

  private static Distribution logNormal(Fields fields, ToDoubleFunction<Value> unit) {
    double median = unit.applyAsDouble(fields.require("median"));
    if (fields.oneOf("p99", "sigma").equals("sigma")) {
      return new Distribution.LogNormal(median, Units.number(fields.require("sigma")));
    }
    Value p99 = fields.require("p99");
    double ratio = unit.applyAsDouble(p99) / median;
    if (!(ratio >= 1)) {
      throw p99.wrong("a P99 of at least the median, which is above 0");
    }
    return new Distribution.LogNormal(median, Math.log(ratio) / NORMAL_P99);
  }
}
