package dev.overtake.platform.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Memory of the host through which a context's device and the host tell each other things, in slots
 * for queues of level 2. It is more than the open ones can take, which are fewer than the driver's
 * connections: a slot is reused once the device is done with what its closed queue launched. It is
 * shown to the device until the context is closed, and is the JVM's: a thread that still looks at a
 * slot when its context is gone reads an old value and does no harm.
 *
 * <p>Thread-safe.
 */
final class SignalPool {
  static final int SLOT_BYTES = 512;
  private static final int BYTES = 64 << 10;
  private static final int PAGE_BYTES = 4096;

  /** CUDA_ERROR_INVALID_VALUE, _NOT_PERMITTED and _NOT_SUPPORTED: how drivers say "never here". */
  private static final Set<Integer> REFUSALS = Set.of(1, 800, 801);

  /**
   * One queue's part.
   *
   * @param memory zeros at first
   * @param deviceAddress where the device finds it
   */
  record Slot(MemorySegment memory, long deviceAddress) {}

  private final CudaContext context;
  private final MemorySegment memory = Arena.ofAuto().allocate(BYTES, PAGE_BYTES);

  // Guarded by this.
  private final ArrayDeque<Slot> free = new ArrayDeque<>();
  private final ArrayDeque<BatchedSignals> retired = new ArrayDeque<>();
  private boolean shown;

  private SignalPool(CudaContext context) {
    this.context = context;
  }

  /**
   * Shows the device memory, and tries whether the driver takes writes and waits there; null if it
   * refuses. May wait for all work of the context.
   */
  static @Nullable SignalPool open(CudaContext context) {
    var pool = new SignalPool(context);
    BatchedSignals trial;
    try {
      pool.show();
      trial = new BatchedSignals(pool.free.removeFirst(), context, context.memoryStream(), 0);
      var _ = trial.place();
    } catch (CudaStatusException e) {
      try {
        context.run(pool::close); // Whoever asks again tries again.
      } catch (CudaStatusException notLetGo) {
        e.addSuppressed(notLetGo);
      }
      if (!REFUSALS.contains(e.status())) {
        throw e;
      }
      return null;
    }
    pool.giveBack(trial);
    return pool;
  }

  /** Null if none is free. */
  synchronized @Nullable Slot take() {
    for (var each = retired.iterator(); each.hasNext(); ) {
      BatchedSignals signals = each.next();
      if (signals.isQuiet()) {
        each.remove();
        signals.slot().memory().fill((byte) 0);
        free.addFirst(signals.slot());
      }
    }
    return free.pollFirst();
  }

  /** Its slot is taken again once the device does not write to it any more. */
  synchronized void giveBack(BatchedSignals progress) {
    retired.add(progress);
  }

  private synchronized void show() {
    long deviceAddress =
        context.call(
            () -> {
              CudaDriver.registerHost(memory.address(), BYTES);
              shown = true; // Before anything can fail: it is let go at the end.
              return CudaDriver.deviceAddress(memory.address());
            });
    for (long offset = 0; offset < BYTES; offset += SLOT_BYTES) {
      free.add(new Slot(memory.asSlice(offset, SLOT_BYTES), deviceAddress + offset));
    }
  }

  /** With the context current. */
  synchronized void close() {
    if (shown) {
      shown = false;
      CudaDriver.unregisterHost(memory.address());
    }
    free.clear();
    retired.clear();
  }
}
