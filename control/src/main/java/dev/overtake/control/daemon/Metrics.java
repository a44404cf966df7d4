package dev.overtake.control.daemon;

import dev.overtake.control.daemon.Account.Totals;
import dev.overtake.control.status.DeviceReport;
import dev.overtake.control.status.QueueReport;
import dev.overtake.control.status.StatusReport;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * What Prometheus sees: gauges of every live queue and device, and counters of every device that
 * also have what finished queues used. Thread-safe.
 */
final class Metrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final MultiGauge daemons = gauge("overtake.daemon.pid", "Of the daemon's process");
  private final MultiGauge floors =
      gauge("overtake.device.floor", "Lowest priority that may run now; -255 is open");
  private final MultiGauge escapes =
      gauge("overtake.device.escapes", "Times that queues without progress were passed over");
  private final MultiGauge interruptions =
      gauge("overtake.device.interruptions", "Times that what ran was interrupted");
  private final MultiGauge priorities = gauge("overtake.queue.priority", "Larger is more urgent");
  private final MultiGauge inFlight = gauge("overtake.queue.in.flight", "Commands, roughly");
  private final MultiGauge held = gauge("overtake.queue.held", "1 while it waits at the gate");
  private final MultiGauge readyShares =
      gauge("overtake.queue.ready.ratio", "Share of the last 2 s with commands unfinished");
  private final MultiGauge submitted =
      gauge("overtake.queue.submitted.rate", "Commands a second over the last 2 s");
  private final MultiGauge heldShares =
      gauge("overtake.queue.held.ratio", "Share of the last 2 s at the gate, summed over threads");

  private final Set<Integer> counted = new HashSet<>();

  // Under this.
  private Account account = Account.EMPTY;

  private MultiGauge gauge(String name, String description) {
    return MultiGauge.builder(name).description(description).register(registry);
  }

  /** All of it, in Prometheus' text format. */
  synchronized String scrape(StatusReport report, Account account) {
    this.account = account;
    daemons.register(
        report.daemonPid() == null
            ? List.of()
            : List.of(MultiGauge.Row.of(Tags.empty(), report.daemonPid())),
        true);
    devices(floors, report, device -> device.floor() == null ? -255 : device.floor());
    devices(escapes, report, DeviceReport::escapes);
    devices(interruptions, report, DeviceReport::interruptions);
    queues(priorities, report, QueueReport::priority);
    queues(inFlight, report, QueueReport::inFlight);
    queues(held, report, queue -> queue.state().equals("held") ? 1 : 0);
    queues(readyShares, report, q -> q.usage() == null ? Double.NaN : q.usage().readyShare());
    queues(submitted, report, q -> q.usage() == null ? Double.NaN : q.usage().submittedPerSecond());
    queues(heldShares, report, q -> q.usage() == null ? Double.NaN : q.usage().heldShare());
    report.devices().stream().map(DeviceReport::index).filter(counted::add).forEach(this::count);
    return registry.scrape();
  }

  private static void devices(
      MultiGauge gauge, StatusReport report, ToDoubleFunction<DeviceReport> value) {
    gauge.register(
        report.devices().stream()
            .<MultiGauge.Row<?>>map(
                device -> MultiGauge.Row.of(tags(device.index()), value.applyAsDouble(device)))
            .toList(),
        true);
  }

  private static void queues(
      MultiGauge gauge, StatusReport report, ToDoubleFunction<QueueReport> value) {
    gauge.register(
        report.queues().stream()
            .<MultiGauge.Row<?>>map(
                queue ->
                    MultiGauge.Row.of(
                        tags(queue.device())
                            .and("slot", Integer.toString(queue.slot()))
                            .and("pid", Integer.toString(queue.pid()))
                            .and("name", queue.name()),
                        value.applyAsDouble(queue)))
            .toList(),
        true);
  }

  private void count(int device) {
    counter("overtake.submitted.commands", "Commands submitted", device, Totals::submitted);
    counter(
        "overtake.ready.seconds",
        "Time with commands unfinished",
        device,
        totals -> totals.readyNanos() / 1e9);
    counter(
        "overtake.held.seconds",
        "Threads' time at the gate",
        device,
        totals -> totals.heldNanos() / 1e9);
  }

  private void counter(
      String name, String description, int device, ToDoubleFunction<Totals> value) {
    FunctionCounter.builder(name, this, metrics -> value.applyAsDouble(metrics.totals(device)))
        .description(description + ", by all queues that the daemon saw")
        .tags(tags(device))
        .register(registry);
  }

  private synchronized Totals totals(int device) {
    return account.totals().getOrDefault(device, Totals.ZERO);
  }

  private static Tags tags(int device) {
    return Tags.of("device", Integer.toString(device));
  }
}
