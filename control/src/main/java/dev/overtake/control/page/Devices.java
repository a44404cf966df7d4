package dev.overtake.control.page;

import dev.overtake.control.page.PageLayout.Device;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The devices of the page, each known by its index. Thread-safe. */
public final class Devices {
  private static final int MAX_SPINS = 1_000_000;

  private final Words words;

  Devices(Words words) {
    this.words = words;
  }

  /** Whether there is a device with this index, whole. */
  public boolean valid(int device) {
    return device >= 0
        && device < PageLayout.DEVICES
        && words.u32(base(device), Device.STATE) == PageLayout.DEVICE_VALID;
  }

  /**
   * Finds the device, and adds it where the page does not have it yet.
   *
   * @param pciBusId "0000:3b:00.0"; what a device is known by
   * @param uuid 16 bytes
   * @return its index
   * @throws PageException if there is no room for another
   */
  public int findOrAdd(String pciBusId, byte[] uuid, String name) throws PageException {
    for (int device = 0; device < PageLayout.DEVICES; device++) {
      long base = base(device);
      if (words.compareAndSet(
          base, Device.STATE, PageLayout.DEVICE_FREE, PageLayout.DEVICE_WRITING)) {
        words.bytes(base, Device.UUID, uuid);
        words.text(base, Device.PCI_BUS_ID, pciBusId);
        words.text(base, Device.NAME, name);
        words.u32(base, Device.STATE, PageLayout.DEVICE_VALID);
        return device;
      }
      awaitWritten(base); // It may be the one that is looked for.
      if (words.text(base, Device.PCI_BUS_ID).equals(pciBusId)) {
        return device;
      }
    }
    throw new PageException(
        "device %s finds no room: the control page has %d devices already; end what uses it and delete it"
            .formatted(pciBusId, PageLayout.DEVICES));
  }

  /** Writing is three copies of some bytes; who takes longer than this is dead. */
  private void awaitWritten(long base) {
    for (int spins = 0; spins < MAX_SPINS; spins++) {
      if (words.u32(base, Device.STATE) != PageLayout.DEVICE_WRITING) {
        return;
      }
      Thread.onSpinWait();
    }
  }

  /** All that are there. */
  public List<DeviceStatus> status() {
    var status = new ArrayList<DeviceStatus>();
    for (int device = 0; device < PageLayout.DEVICES; device++) {
      if (valid(device)) {
        status.add(status(device));
      }
    }
    return status;
  }

  private DeviceStatus status(int device) {
    long base = base(device);
    long span = spanWord(device);
    return new DeviceStatus(
        device,
        words.text(base, Device.NAME),
        words.text(base, Device.PCI_BUS_ID),
        HexFormat.of().formatHex(words.bytes(base, Device.UUID)),
        floor(device),
        (short) span,
        (short) (span >>> 16),
        words.u32(base, Device.ESCAPING),
        words.u64(base, Device.ESCAPES),
        words.u64(base, Device.INTERRUPTIONS));
  }

  /** The lowest priority that may run on it now. */
  public int floor(int device) {
    return PageLayout.MIN_PRIORITY - (int) floorWord(device);
  }

  long floorWord(int device) {
    return words.u64(base(device), Device.FLOOR);
  }

  boolean compareAndSetFloorWord(int device, long expected, long value) {
    return words.compareAndSet(base(device), Device.FLOOR, expected, value);
  }

  /** What those held by the floor wait on. */
  MemorySegment floorFutex(int device) {
    return words.futex(base(device), Device.FLOOR);
  }

  /** Whether somebody waits for the floor to rise; from now on nobody does. */
  boolean takeRiseWaiters(int device) {
    return words.compareAndSet(base(device), Device.RISE_WAITERS, 1, 0);
  }

  long spanWord(int device) {
    return words.u64(base(device), Device.SPAN);
  }

  boolean compareAndSetSpanWord(int device, long expected, long value) {
    return words.compareAndSet(base(device), Device.SPAN, expected, value);
  }

  void escaping(int device, int queues) {
    words.u32(base(device), Device.ESCAPING, queues);
  }

  private static long base(int device) {
    return PageLayout.DEVICES_OFFSET + (long) device * PageLayout.DEVICE_BYTES;
  }
}
