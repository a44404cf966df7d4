package dev.overtake.bench.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The shape of a tensor: its dimensions, outermost first. Written {@code 1x3x224x224}.
 *
 * @param dimensions each at least 1; empty for a scalar
 */
public record Shape(List<Long> dimensions) {
  /** Refuses a dimension below 1 with an {@link IllegalArgumentException}. */
  public Shape {
    dimensions = List.copyOf(dimensions);
    if (dimensions.stream().anyMatch(dimension -> dimension < 1)) {
      throw new IllegalArgumentException(
          "Every dimension must be at least 1, but got " + dimensions);
    }
  }

  /** The shape of these dimensions, outermost first. */
  public static Shape of(long... dimensions) {
    return new Shape(Arrays.stream(dimensions).boxed().toList());
  }

  /**
   * Reads {@code 1x3x224x224}; commas are accepted as well.
   *
   * @throws ModelException if the text is anything else
   */
  public static Shape parse(String text) {
    try {
      return of(
          Arrays.stream(text.strip().split("[x,]", -1)).mapToLong(Shape::dimension).toArray());
    } catch (NumberFormatException e) {
      throw new ModelException(
          "\"" + text + "\" is not a shape: give positive whole numbers, as in 1x3x224x224", e);
    }
  }

  private static long dimension(String text) {
    long dimension = Long.parseLong(text.strip());
    if (dimension < 1) {
      throw new NumberFormatException("not positive");
    }
    return dimension;
  }

  /** How many elements a tensor of this shape has; {@link ArithmeticException} beyond a long. */
  public long elementCount() {
    return dimensions.stream().reduce(1L, Math::multiplyExact);
  }

  /** The dimensions as ONNX Runtime takes them. */
  public long[] toArray() {
    return dimensions.stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public String toString() {
    return dimensions.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }
}
