package dev.overtake.platform.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.driver.SignalProgress;
import java.lang.foreign.MemorySegment;

/**
 * Signals whose operations cost one call for each place (cuStreamBatchMemOp).
 *
 * <pre>{@code
 * slot:    0 progress     written by the device
 *        128 gate         written by the host; on a line of its own
 *        256 operations   three CUstreamBatchMemOpParams, read by the driver
 * }</pre>
 */
final class BatchedSignals extends SignalProgress {
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

  private final SignalPool.Slot slot;
  private final MemorySegment memory;
  private final CudaContext context;
  private final long stream;

  /**
   * @param slot all zeros; its pool has it again when this is closed
   * @param placed behind which place it starts
   */
  BatchedSignals(SignalPool.Slot slot, CudaContext context, long stream, long placed) {
    super(slot.memory(), slot.memory().asSlice(GATE), placed);
    this.slot = slot;
    this.context = context;
    this.stream = stream;
    memory = slot.memory();
    describe(0, WRITE_VALUE_32, 0);
    describe(1, WAIT_VALUE_32, GATE);
    memory.set(JAVA_INT, OPERATIONS + OPERATION_BYTES + VALUE, OPEN);
    memory.set(JAVA_INT, OPERATIONS + OPERATION_BYTES + FLAGS, WAIT_VALUE_EQ);
    describe(2, WRITE_VALUE_32, 0);
  }

  private void describe(int index, int operation, long word) {
    long at = OPERATIONS + index * OPERATION_BYTES;
    memory.set(JAVA_INT, at, operation);
    memory.set(JAVA_LONG, at + ADDRESS, slot.deviceAddress() + word);
  }

  @Override
  protected void put(int reached) {
    memory.set(JAVA_INT, OPERATIONS + VALUE, reached);
    memory.set(JAVA_INT, OPERATIONS + 2 * OPERATION_BYTES + VALUE, reached + 1);
    long before = context.enter();
    try {
      CudaDriver.requireNoCapture(stream);
      CudaDriver.batchMemOp(stream, 3, memory.address() + OPERATIONS);
    } finally {
      context.leave(before);
    }
  }

  SignalPool.Slot slot() {
    return slot;
  }

  @Override
  public void close() {
    SignalPool pool = context.signals();
    if (pool != null) {
      pool.giveBack(this);
    }
  }
}
