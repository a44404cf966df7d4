package dev.overtake.control.page;

import dev.overtake.control.page.PageLayout.Header;
import dev.overtake.control.page.PageLayout.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The slots of the page, each known by its index: what stands in them, field by field. What has to
 * follow from a change, on floors and at gates, is {@link Claims}' and {@link Controls}' part.
 * Thread-safe.
 */
public final class Slots {
  private static final long HEADER = 0;

  private final Words words;
  private final HintWords hints;

  Slots(Words words) {
    this.words = words;
    this.hints = new HintWords(words);
  }

  /** All live queues, in the order of their slots. */
  public List<SlotStatus> status() {
    var all = new ArrayList<SlotStatus>();
    for (int slot = nextActive(0); slot >= 0; slot = nextActive(slot + 1)) {
      status(slot).ifPresent(all::add);
    }
    return all;
  }

  /** The queue in this slot, if a live one is there. */
  public Optional<SlotStatus> status(int slot) {
    if (slot < 0 || slot >= PageLayout.SLOTS || !live(slot)) {
      return Optional.empty();
    }
    SlotStatus status = read(slot);
    // The same before and after: it was not released and claimed anew meanwhile.
    return live(slot) && id(slot) == status.id() ? Optional.of(status) : Optional.empty();
  }

  /**
   * All queues whose slots are claimed; also those, missing in {@link #status()}, whose owners died
   * before all the others could see them.
   */
  public List<SlotStatus> claimed() {
    var all = new ArrayList<SlotStatus>();
    for (int slot = 0; slot < PageLayout.SLOTS; slot++) {
      status(slot).ifPresent(all::add);
    }
    return all;
  }

  /** Slots that somebody is just claiming or giving up. */
  public Set<Integer> unfinishedClaims() {
    var slots = new TreeSet<Integer>();
    for (int slot = 0; slot < PageLayout.SLOTS; slot++) {
      if (claim(slot) == PageLayout.CLAIM_WRITING) {
        slots.add(slot);
      }
    }
    return slots;
  }

  private SlotStatus read(int slot) {
    long base = base(slot);
    return new SlotStatus(
        slot,
        id(slot),
        owner(slot),
        device(slot),
        Scope.ofCode(words.u32(base, Slot.SCOPE)),
        words.u64(base, Slot.KEY),
        words.text(base, Slot.NAME),
        ready(slot),
        words.u32(base, Slot.HELD) != 0,
        words.u32(base, Slot.LEVEL),
        words.u32(base, Slot.IN_FLIGHT),
        words.u64(base, Slot.SUBMITTED),
        words.u64(base, Slot.COMPLETED),
        words.u64(base, Slot.READY_SINCE),
        words.u64(base, Slot.BUSY_NANOS),
        words.u64(base, Slot.HELD_NANOS),
        words.u32(base, Slot.THRESHOLD),
        words.u32(base, Slot.BATCH),
        gateClosed(slot),
        priority(slot),
        hints.policy(base),
        hints.launch(base),
        suspended(slot),
        stuck(slot),
        words.u64(base, Slot.ESCAPES));
  }

  /** The first slot from this one on whose bit is set, or -1. */
  int nextActive(int from) {
    for (int word = from >>> 6; word < Header.ACTIVE_SLOTS.count(); word++) {
      long bits = words.element(HEADER, Header.ACTIVE_SLOTS, word);
      if (word == from >>> 6) {
        bits &= -1L << from;
      }
      if (bits != 0) {
        return (word << 6) + Long.numberOfTrailingZeros(bits);
      }
    }
    return -1;
  }

  void activate(int slot) {
    words.setBits(HEADER, Header.ACTIVE_SLOTS, slot >>> 6, 1L << slot);
  }

  void deactivate(int slot) {
    words.clearBits(HEADER, Header.ACTIVE_SLOTS, slot >>> 6, 1L << slot);
  }

  boolean active(int slot) {
    return (words.element(HEADER, Header.ACTIVE_SLOTS, slot >>> 6) >>> slot & 1) != 0;
  }

  int claim(int slot) {
    return words.u32(base(slot), Slot.CLAIM);
  }

  void claim(int slot, int state) {
    words.u32(base(slot), Slot.CLAIM, state);
  }

  boolean compareAndSetClaim(int slot, int expected, int state) {
    return words.compareAndSet(base(slot), Slot.CLAIM, expected, state);
  }

  boolean live(int slot) {
    return claim(slot) == PageLayout.CLAIM_LIVE;
  }

  /** Whose the slot is, or was if it is free. */
  public Owner owner(int slot) {
    return new Owner(words.u32(base(slot), Slot.PID), words.u64(base(slot), Slot.START_TIME));
  }

  /** Of the queue that has the slot: no other ever had it, nor will. */
  private long id(int slot) {
    return words.u64(base(slot), Slot.CLAIMS) * PageLayout.SLOTS + slot;
  }

  int device(int slot) {
    return words.u32(base(slot), Slot.DEVICE);
  }

  int priority(int slot) {
    return words.u32(base(slot), Slot.PRIORITY);
  }

  boolean ready(int slot) {
    return words.u32(base(slot), Slot.RUN) == PageLayout.RUN_READY;
  }

  boolean suspended(int slot) {
    return words.u32(base(slot), Slot.SUSPENDED) != 0;
  }

  boolean gateClosed(int slot) {
    return words.u32(base(slot), Slot.GATE) != PageLayout.GATE_OPEN;
  }

  /** Marked as stuck, and no command came or went since. */
  boolean stuck(int slot) {
    long base = base(slot);
    long mark = words.u64(base, Slot.ESCAPE_MARK);
    return mark != 0
        && mark == words.u64(base, Slot.SUBMITTED) + words.u64(base, Slot.COMPLETED) + 1;
  }

  void escapeMark(int slot, long mark) {
    words.u64(base(slot), Slot.ESCAPE_MARK, mark);
  }

  /** All of a new queue, but for the claim and the bit. */
  void fill(int slot, QueueClaim claim) {
    long base = base(slot);
    for (Field field : Slot.FIELDS) {
      if (!field.equals(Slot.CLAIM) && !field.equals(Slot.CLAIMS)) {
        words.bytes(base, field, new byte[field.bytes()]);
      }
    }
    words.u32(base, Slot.PID, claim.owner().pid());
    words.u64(base, Slot.START_TIME, claim.owner().startTime());
    words.u32(base, Slot.DEVICE, claim.device());
    words.u32(base, Slot.SCOPE, claim.scope().code());
    words.u64(base, Slot.KEY, claim.key());
    words.text(base, Slot.NAME, claim.name());
    words.u32(base, Slot.LEVEL, 1);
    words.u32(base, Slot.PRIORITY, claim.priority());
    words.u32(base, Slot.IN_FLIGHT_MICROS, Wishes.DEFAULT.inFlightMicros());
    words.u32(base, Slot.LINGER_MICROS, Wishes.DEFAULT.lingerMicros());
    // Last: who reads the new number reads nothing of the former queue.
    words.u64(base, Slot.CLAIMS, words.u64(base, Slot.CLAIMS) + 1);
  }

  void ready(int slot, long nowNanos) {
    words.u64(base(slot), Slot.READY_SINCE, nowNanos);
    words.u32(base(slot), Slot.RUN, PageLayout.RUN_READY);
  }

  void idle(int slot, long nowNanos) {
    long base = base(slot);
    long ready = Math.max(0, nowNanos - words.u64(base, Slot.READY_SINCE));
    words.u64(base, Slot.BUSY_NANOS, words.u64(base, Slot.BUSY_NANOS) + ready);
    words.u32(base, Slot.RUN, PageLayout.RUN_IDLE);
  }

  void stop(int slot) {
    words.u32(base(slot), Slot.RUN, PageLayout.RUN_IDLE);
  }

  void suspended(int slot, boolean suspended) {
    words.u32(base(slot), Slot.SUSPENDED, suspended ? 1 : 0);
  }

  void closeGate(int slot) {
    words.u32(base(slot), Slot.GATE, PageLayout.GATE_CLOSED);
  }

  void openGate(int slot) {
    words.u32(base(slot), Slot.GATE, PageLayout.GATE_OPEN);
    Futex.wakeAll(words.futex(base(slot), Slot.GATE));
  }

  void hint(int slot, QueueHints change) {
    hints.change(base(slot), change.policy());
    hints.change(base(slot), change.launch());
  }

  private static long base(int slot) {
    return PageLayout.SLOTS_OFFSET + (long) slot * PageLayout.SLOT_BYTES;
  }
}
