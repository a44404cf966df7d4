package dev.overtake.platform.cuda;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The type of a tensor that lies row by row, without gaps.
 *
 * @param element what it is made of
 * @param shape its dimensions, each at least 1; none for a single number
 */
public record TensorType(ElementType element, List<Long> shape) {
  private static final Pattern SYNTAX =
      Pattern.compile("([a-z0-9]+)(?: (\\d{1,9}(?:x\\d{1,9})*))?");

  /** Checks the shape. */
  public TensorType {
    shape = List.copyOf(shape);
    if (shape.stream().anyMatch(dimension -> dimension < 1)) {
      throw new IllegalArgumentException(
          "a tensor's dimensions are at least 1, and one of %s is not".formatted(shape));
    }
  }

  /**
   * Reads what {@link #toString} writes, such as {@code float32 1x3x224x224}.
   *
   * @throws IllegalArgumentException if it is nothing of the kind
   */
  public static TensorType parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    try {
      if (matcher.matches()) {
        String dimensions = matcher.group(2);
        return new TensorType(
            ElementType.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)),
            dimensions == null
                ? List.of()
                : Arrays.stream(dimensions.split("x", -1)).map(Long::valueOf).toList());
      }
    } catch (IllegalArgumentException e) { // What follows says it better.
    }
    throw new IllegalArgumentException(
        "'%s' is not the type of a tensor: it looks like 'float32 1x3x224x224', of %s"
            .formatted(text, Arrays.toString(ElementType.values())));
  }

  /** How many elements it has. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** Bytes of all elements. */
  public long bytes() {
    return Math.multiplyExact(elements(), (long) element.bytes());
  }

  /** For each dimension, how many elements lie between one index and the next. */
  long[] strides() {
    long[] strides = new long[shape.size()];
    long stride = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape.get(i);
    }
    return strides;
  }

  @Override
  public String toString() {
    return shape.isEmpty()
        ? element.toString()
        : element + shape.stream().map(Object::toString).collect(Collectors.joining("x", " ", ""));
  }
}
