package dev.overtake.platform.hip;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Memory through which a device and the host tell each other things, in slots for queues of level
 * 2. Slots are used again, and stay until the process ends, as the device does.
 *
 * <p>Some runtimes of ROCm 5 wait for signals only, memory that it makes for the purpose, 8 bytes
 * at a time; others wait for any memory of the host that the device can reach. Which it is here is
 * tried.
 *
 * <p>Thread-safe.
 */
final class SignalPool {
  /** Of a slot; each word has a line of its own. */
  private static final long SLOT_BYTES = 256;

  private static final long GATE = 128;
  private static final int SLOTS_AT_A_TIME = 64;

  /** One queue's words, for the host and for the device. */
  record Slot(MemorySegment progress, MemorySegment gate, long progressAddress, long gateAddress) {}

  private final HipDevice device;
  private final boolean bySignals;

  // Guarded by this.
  private final ArrayDeque<Slot> free = new ArrayDeque<>();
  private final ArrayDeque<GatedSignals> retired = new ArrayDeque<>();
  private int slots;

  private SignalPool(HipDevice device, boolean bySignals) {
    this.device = device;
    this.bySignals = bySignals;
  }

  /**
   * Tries whether the device writes and waits as it should, with either memory; null if it does
   * with neither. May wait for all work of the device.
   */
  static @Nullable SignalPool open(HipDevice device) {
    if (!isSupported(device)) {
      return null;
    }
    var plain = new SignalPool(device, false);
    if (plain.works()) {
      return plain;
    }
    var signals = new SignalPool(device, true);
    return signals.works() ? signals : null;
  }

  private static boolean isSupported(HipDevice device) {
    try {
      return Hip.deviceAttribute(device.ordinal(), Hip.CAN_USE_STREAM_WAIT_VALUE) != 0;
    } catch (HipStatusException e) { // It does not know such an attribute.
      return false;
    }
  }

  private boolean works() {
    try {
      HipStream stream = device.newStream();
      GatedSignals trial = open(stream);
      boolean works = trial.works();
      trial.close();
      if (works) { // Or who knows how long closing it would take.
        stream.close();
      }
      return works;
    } catch (HipStatusException e) {
      if (e.isLasting()) {
        throw e;
      }
      return false;
    } catch (HipUnavailableException e) { // A runtime without such calls.
      return false;
    }
  }

  /** Signals for a queue of this stream. */
  GatedSignals open(HipStream stream) {
    return new GatedSignals(this, take(), stream, 0);
  }

  synchronized Slot take() {
    for (var each = retired.iterator(); each.hasNext(); ) {
      GatedSignals signals = each.next();
      if (signals.isQuiet()) {
        each.remove();
        free.addFirst(signals.slot());
      }
    }
    if (free.isEmpty()) {
      device.run(this::addSlots);
    }
    return free.removeFirst();
  }

  /** Its slot is taken again once the device does not write to it any more. */
  synchronized void giveBack(GatedSignals signals) {
    retired.add(signals);
  }

  private void addSlots() {
    long slab = Hip.allocateHost(SLOTS_AT_A_TIME * SLOT_BYTES);
    long deviceSlab = Hip.deviceAddress(slab);
    for (long offset = 0; offset < SLOTS_AT_A_TIME * SLOT_BYTES; offset += SLOT_BYTES) {
      long gate = bySignals ? Hip.allocateSignal() : slab + offset + GATE;
      free.add(
          new Slot(
              memory(slab + offset),
              memory(gate),
              deviceSlab + offset,
              bySignals ? gate : deviceSlab + offset + GATE));
      slots++;
    }
  }

  @SuppressWarnings("restricted") // the runtime gave as much
  private static MemorySegment memory(long address) {
    return MemorySegment.ofAddress(address).reinterpret(Hip.SIGNAL_BYTES).fill((byte) 0);
  }

  synchronized int slotCount() {
    return slots;
  }
}
