package dev.overtake.control.daemon;

import dev.overtake.control.page.Owner;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * How nice processes are, as of the last second: decisions are made more often than files should be
 * read. Not thread-safe.
 */
final class Niceness {
  static final long INTERVAL_NANOS = 1_000_000_000;

  private final ToIntFunction<Owner> reader;
  private final Map<Owner, Integer> known = new HashMap<>();
  private long forgetNanos = Long.MIN_VALUE;

  /** With this way to find out. */
  Niceness(ToIntFunction<Owner> reader) {
    this.reader = reader;
  }

  int of(Owner owner, long nowNanos) {
    if (nowNanos >= forgetNanos) {
      known.clear(); // And with it those that ended.
      forgetNanos = nowNanos + INTERVAL_NANOS;
    }
    return known.computeIfAbsent(owner, reader::applyAsInt);
  }
}
