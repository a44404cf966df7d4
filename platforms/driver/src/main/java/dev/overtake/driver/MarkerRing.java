package dev.overtake.driver;

import java.util.Arrays;

/** Markers in the order in which they were placed; it grows, and allocates nothing once it has. */
final class MarkerRing {
  private static final int FIRST_CAPACITY = 16;

  private long[] numbers = new long[FIRST_CAPACITY];
  private long[] places = new long[FIRST_CAPACITY];
  private int first;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void add(long number, long place) {
    if (size == numbers.length) {
      numbers = doubled(numbers);
      places = doubled(places);
      first = 0;
    }
    int at = (first + size++) % numbers.length;
    numbers[at] = number;
    places[at] = place;
  }

  private long[] doubled(long[] ring) {
    long[] larger = Arrays.copyOfRange(ring, first, first + 2 * ring.length);
    System.arraycopy(ring, 0, larger, ring.length - first, first);
    return larger;
  }

  /** The oldest's number. */
  long firstNumber() {
    return numbers[first];
  }

  /** Where the oldest was placed. */
  long firstPlace() {
    return places[first];
  }

  /** Takes out the oldest; its number. */
  long removeFirst() {
    long number = numbers[first];
    first = (first + 1) % numbers.length;
    size--;
    return number;
  }

  void clear() {
    size = 0;
  }
}
