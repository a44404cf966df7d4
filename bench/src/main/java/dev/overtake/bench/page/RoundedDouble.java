package dev.overtake.bench.page;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Writes a double with six significant digits. No clock or histogram here resolves more, and files
 * stay small and can be compared by eye.
 */
final class RoundedDouble extends StdSerializer<Double> {
  private static final MathContext SIX_DIGITS = new MathContext(6, RoundingMode.HALF_EVEN);

  RoundedDouble() {
    super(Double.class);
  }

  static double round(double value) {
    return new BigDecimal(value).round(SIX_DIGITS).doubleValue();
  }

  @Override
  public void serialize(Double value, JsonGenerator out, SerializationContext context) {
    out.writeNumber(round(value));
  }
}
