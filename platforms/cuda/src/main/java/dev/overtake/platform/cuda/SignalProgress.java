package dev.overtake.platform.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Progress that the device itself writes into memory of the host (cuStreamBatchMemOp), so that
 * nobody calls the driver to learn of it. Where the queue can be stopped, a gate stands at each
 * place: the device waits there until the gate's word says that it is open. Closing the word
 * thereby stops what has been launched and has not started.
 *
 * <p>A place is up to three operations, which cost one call:
 *
 * <pre>{@code
 * write  progress = 2 * place          everything before is done
 * wait   gate == OPEN                  (only with a gate)
 * write  progress = 2 * place + 1      what comes behind may be running (only with a gate)
 * }</pre>
 *
 * <p>So an even number means that nothing runs, an odd one that something may. The device's numbers
 * are 32 bits wide and wrap, and are compared by their difference; places do not.
 *
 * <pre>{@code
 * slot:    0 progress     written by the device
 *        128 gate         written by the host; on a line of its own
 *        256 operations   three CUstreamBatchMemOpParams, read by the driver
 * }</pre>
 */
final class SignalProgress implements Progress {
  private static final long GATE = 128;
  private static final long OPERATIONS = 256;

  // CUstreamBatchMemOpParams: operation, address, value, flags, each at a multiple of 8 bytes.
  private static final long OPERATION_BYTES = 48;
  private static final long ADDRESS = 8;
  private static final long VALUE = 16;
  private static final long FLAGS = 24;
  private static final int WAIT_VALUE_32 = 1;
  private static final int WRITE_VALUE_32 = 2;
  private static final int WAIT_VALUE_EQ = 1;

  private static final int CLOSED = 0;
  private static final int OPEN = 1;

  private static final VarHandle INT = JAVA_INT.varHandle();

  private final SignalPool.Slot slot;
  private final MemorySegment memory;
  private final CudaContext context;
  private final long stream;
  private final int operations;
  private long placed;

  /**
   * Starts at place 1.
   *
   * @param slot all zeros
   */
  SignalProgress(SignalPool.Slot slot, CudaContext context, long stream, boolean gated) {
    this(slot, context, stream, gated, 0);
  }

  /**
   * Starts behind a place, so that a test need not put four thousand million of them.
   *
   * @param slot all zeros
   */
  SignalProgress(
      SignalPool.Slot slot, CudaContext context, long stream, boolean gated, long placed) {
    this.placed = placed;
    this.slot = slot;
    this.context = context;
    this.stream = stream;
    memory = slot.memory();
    operations = gated ? 3 : 1;
    describe(0, WRITE_VALUE_32, 0);
    describe(1, WAIT_VALUE_32, GATE);
    memory.set(JAVA_INT, OPERATIONS + OPERATION_BYTES + VALUE, OPEN);
    memory.set(JAVA_INT, OPERATIONS + OPERATION_BYTES + FLAGS, WAIT_VALUE_EQ);
    describe(2, WRITE_VALUE_32, 0);
    INT.setVolatile(memory, 0L, lastWord());
    setGate(true);
  }

  private void describe(int index, int operation, long word) {
    long at = OPERATIONS + index * OPERATION_BYTES;
    memory.set(JAVA_INT, at, operation);
    memory.set(JAVA_LONG, at + ADDRESS, slot.deviceAddress() + word);
  }

  @Override
  public long place() {
    long place = placed + 1;
    memory.set(JAVA_INT, OPERATIONS + VALUE, word(place));
    memory.set(JAVA_INT, OPERATIONS + 2 * OPERATION_BYTES + VALUE, word(place) + 1);
    long before = context.enter();
    try {
      CudaDriver.batchMemOp(stream, operations, memory.address() + OPERATIONS);
    } finally {
      context.leave(before);
    }
    placed = place;
    return place;
  }

  @Override
  public boolean hasReached(long place) {
    return progress() - word(place) >= 0;
  }

  /** What the device writes at this place. */
  private static int word(long place) {
    return (int) (2 * place);
  }

  /** What it writes last. */
  private int lastWord() {
    return word(placed) + (operations > 1 && placed > 0 ? 1 : 0);
  }

  /** Whether the device has done all that was placed, and will not touch the slot any more. */
  boolean isQuiet() {
    return progress() == lastWord();
  }

  /** Whether the device says that it stands at a gate, or before any. */
  boolean standsStill() {
    return progress() % 2 == 0;
  }

  void setGate(boolean open) {
    INT.setVolatile(memory, GATE, open ? OPEN : CLOSED);
  }

  private int progress() {
    return (int) INT.getAcquire(memory, 0L);
  }

  SignalPool.Slot slot() {
    return slot;
  }
}
