package dev.overtake.platform.opencl;

import dev.overtake.platform.opencl.OpenCl.Kind;
import java.lang.System.Logger.Level;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The commands that were launched and are not known to have ended, in their order, with their
 * events, their gates (user events; 0 for none or an open one) and the markers behind them (0 for
 * none). It grows, and allocates nothing once it has.
 */
final class InFlight {
  private static final System.Logger LOGGER = System.getLogger(InFlight.class.getName());
  private static final int FIRST_CAPACITY = 16;
  private static final int EVENT = 0;
  private static final int GATE = 1;
  private static final int MARKER = 2;
  private static final int FIELDS = 3;

  private @Nullable OpenClCommand[] commands = new OpenClCommand[FIRST_CAPACITY];
  private long[] fields = new long[FIRST_CAPACITY * FIELDS];
  private int first;
  private int size;
  private int markers;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  void add(OpenClCommand command, long event, long gate) {
    if (size == commands.length) {
      grow();
    }
    int at = at(size++);
    commands[at] = command;
    fields[at * FIELDS + EVENT] = event;
    fields[at * FIELDS + GATE] = gate;
    fields[at * FIELDS + MARKER] = 0;
  }

  private void grow() {
    var larger = new OpenClCommand[2 * size];
    var largerFields = new long[2 * size * FIELDS];
    for (int i = 0; i < size; i++) {
      larger[i] = commands[at(i)];
      System.arraycopy(fields, at(i) * FIELDS, largerFields, i * FIELDS, FIELDS);
    }
    commands = larger;
    fields = largerFields;
    first = 0;
  }

  private int at(int index) {
    return (first + index) % commands.length;
  }

  long lastEvent() {
    return fields[at(size - 1) * FIELDS + EVENT];
  }

  void markLast(long number) {
    int field = at(size - 1) * FIELDS + MARKER;
    markers += fields[field] == 0 ? 1 : 0;
    fields[field] = number;
  }

  boolean hasMarker() {
    return markers > 0;
  }

  long firstEvent() {
    return fields[first * FIELDS + EVENT];
  }

  OpenClCommand firstCommand() {
    return Objects.requireNonNull(commands[first]);
  }

  /** Whether the first command waits for its gate. */
  boolean isFirstHeld() {
    return size > 0 && fields[first * FIELDS + GATE] != 0;
  }

  /** Lets the first commands start, as many as this. */
  void openGates(int count) {
    for (int i = 0; i < Math.min(count, size); i++) {
      int field = at(i) * FIELDS + GATE;
      long gate = fields[field];
      if (gate != 0) {
        fields[field] = 0;
        open(gate);
      }
    }
  }

  /** The marker behind the first, or 0. */
  long firstMarker() {
    return fields[first * FIELDS + MARKER];
  }

  /** Forgets the first, but not its event, which is the caller's now. */
  void removeFirst() {
    long gate = fields[first * FIELDS + GATE];
    markers -= firstMarker() == 0 ? 0 : 1;
    commands[first] = null;
    first = (first + 1) % commands.length;
    size--;
    if (gate != 0) { // It failed since one before it did, or is lost: nothing waits for it.
      open(gate);
    }
  }

  private static void open(long gate) {
    OpenCl.completeUserEvent(gate);
    OpenCl.release(Kind.EVENT, gate);
  }

  /** Forgets all. What a driver whose device is gone does not take back stays with it. */
  void clear() {
    while (size > 0) {
      long event = firstEvent();
      try {
        removeFirst();
        OpenCl.release(Kind.EVENT, event);
      } catch (OpenClStatusException e) {
        LOGGER.log(Level.DEBUG, "an event of a queue that was given up stays", e);
      }
    }
  }
}
