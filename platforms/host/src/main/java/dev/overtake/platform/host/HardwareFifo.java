package dev.overtake.platform.host;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** A hardware queue: launched commands in order. Under its device's lock. */
final class HardwareFifo {
  /** A launched command, and where it came from. */
  static final class Entry {
    private final HostCommand command;
    private final HostQueue queue;
    private boolean started;

    Entry(HostCommand command, HostQueue queue) {
      this.command = command;
      this.queue = queue;
    }

    HostCommand command() {
      return command;
    }

    HostQueue queue() {
      return queue;
    }

    /** Whether the command was interrupted after it had begun. */
    boolean isStarted() {
      return started;
    }
  }

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();

  void add(Entry entry) {
    entries.addLast(entry);
  }

  /** Puts an interrupted command back: it is still the first. */
  void putBack(Entry entry) {
    entry.started = true;
    entries.addFirst(entry);
  }

  /** Takes out the first command that may run, or null. */
  @Nullable Entry takeRunnable() {
    for (Iterator<Entry> each = entries.iterator(); each.hasNext(); ) {
      Entry entry = each.next();
      if (entry.queue.mayRun(entry)) {
        each.remove();
        return entry;
      }
    }
    return null;
  }

  /** Whether a command of this queue may run. */
  boolean hasRunnable(HostQueue queue) {
    return entries.stream().anyMatch(entry -> entry.queue == queue && queue.mayRun(entry));
  }

  void clear() {
    entries.clear();
  }
}
