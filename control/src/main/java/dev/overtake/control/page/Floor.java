package dev.overtake.control.page;

/**
 * What follows from the slots for a device: its floor, the lowest priority that may run on it now,
 * and its span, the range of priorities that its queues have. Everybody computes them alike.
 * Thread-safe, and safe against other processes.
 *
 * <p>Whoever changes what they follow from changes it first and computes then. The computed word is
 * set by compare-and-set against the word that was read before computing, and its version rises
 * even where its value stays: so of two that compute at once, the one that comes second sees that
 * it does, and computes again with what the first has changed. Leaving an equal word as it is would
 * break this: a computation that is older, and waits for its compare-and-set, would succeed.
 */
public final class Floor {
  private final DaemonLine daemon;
  private final Devices devices;
  private final Slots slots;

  Floor(DaemonLine daemon, Devices devices, Slots slots) {
    this.daemon = daemon;
    this.devices = devices;
    this.slots = slots;
  }

  /** A floor, and how many ready queues it leaves out because they make no progress. */
  private record Computed(int floor, int escaping) {}

  /** Sets floor and span of all devices right. */
  public void recomputeAll() {
    for (int device = 0; device < PageLayout.DEVICES; device++) {
      if (devices.valid(device)) {
        recompute(device);
        recomputeSpan(device);
      }
    }
  }

  /** Sets a device's floor right, and wakes who waits for that. */
  public void recompute(int device) {
    while (true) {
      long word = devices.floorWord(device);
      Computed computed = compute(device);
      int value = PageLayout.MIN_PRIORITY - computed.floor();
      long next = nextWord(word, value);
      if (devices.compareAndSetFloorWord(device, word, next)) {
        devices.escaping(device, computed.escaping());
        if (value > (int) word || (value < (int) word && devices.takeRiseWaiters(device))) {
          Futex.wakeAll(devices.floorFutex(device));
        }
        if (devices.floorWord(device) == next) {
          return;
        } // Else somebody who came later may have stored how many are escaping before.
      }
    }
  }

  /** Whether the floor that the page has is the one that its slots give, at this moment. */
  public boolean agrees(int device) {
    return devices.floor(device) == compute(device).floor();
  }

  private Computed compute(int device) {
    int floor = PageLayout.MIN_PRIORITY;
    int escaping = 0;
    if (daemon.policyMode() != PolicyMode.HPF) {
      return new Computed(floor, escaping); // Nobody is held by it, and so nobody escapes it.
    }
    for (int slot = slots.nextActive(0); slot >= 0; slot = slots.nextActive(slot + 1)) {
      if (!slots.live(slot)
          || slots.device(slot) != device
          || !slots.ready(slot)
          || slots.suspended(slot)) {
        continue;
      }
      if (slots.stuck(slot)) {
        escaping++;
      } else {
        floor = Math.max(floor, clamped(slots.priority(slot)));
      }
    }
    return new Computed(floor, escaping);
  }

  /** Sets a device's span right; one without queues has the span 0 to 0. */
  public void recomputeSpan(int device) {
    while (true) {
      long word = devices.spanWord(device);
      int value = computeSpan(device);
      if (devices.compareAndSetSpanWord(device, word, nextWord(word, value))) {
        // Who is held may be of a higher priority now, and who had nobody above may have somebody.
        Futex.wakeAll(devices.floorFutex(device));
        return;
      }
    }
  }

  private int computeSpan(int device) {
    int top = Integer.MIN_VALUE;
    int bottom = Integer.MAX_VALUE;
    for (int slot = slots.nextActive(0); slot >= 0; slot = slots.nextActive(slot + 1)) {
      if (slots.live(slot) && slots.device(slot) == device) {
        int priority = clamped(slots.priority(slot));
        top = Math.max(top, priority);
        bottom = Math.min(bottom, priority);
      }
    }
    return top < bottom ? 0 : (top & 0xffff) | bottom << 16;
  }

  /** A damaged slot must not shut everybody out for ever. */
  private static int clamped(int priority) {
    return Math.clamp(priority, PageLayout.MIN_PRIORITY, PageLayout.MAX_PRIORITY);
  }

  private static long nextWord(long word, int value) {
    return ((word >>> 32) + 1) << 32 | Integer.toUnsignedLong(value);
  }
}
