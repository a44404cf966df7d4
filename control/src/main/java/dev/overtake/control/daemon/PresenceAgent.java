package dev.overtake.control.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends a daemon whose page is no longer the file of that name, as after a logout that empties the
 * folder: programs that come meet at another page, and would wait for a daemon that keeps its port.
 */
final class PresenceAgent implements Agent {
  static final long INTERVAL_NANOS = 1_000_000_000;

  private final Path page;
  private final @Nullable Object key;
  private final Consumer<String> warnings;
  private final Runnable end;
  private long dueNanos = Long.MIN_VALUE;

  /**
   * @param key of the page that the daemon has
   * @param end ends the daemon
   */
  PresenceAgent(Path page, @Nullable Object key, Consumer<String> warnings, Runnable end) {
    this.page = page;
    this.warnings = warnings;
    this.end = end;
    this.key = key;
  }

  /** Whether the page is still the file of that name. */
  boolean isThere() {
    return key != null && Objects.equals(key, key(page));
  }

  @Override
  public int doWork(long nowNanos) {
    if (nowNanos < dueNanos) {
      return 0;
    }
    dueNanos = nowNanos + INTERVAL_NANOS;
    if (isThere()) {
      return 0;
    }
    warnings.accept(
        page
            + " was removed or replaced: this daemon ends; programs that are scheduled by the old"
            + " one go on without it");
    end.run();
    return 1;
  }

  @Override
  public long dueNanos() {
    return dueNanos;
  }

  /** What tells the file of this name from a later one; null if there is none. */
  static @Nullable Object key(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null;
    }
  }
}
