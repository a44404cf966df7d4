package dev.overtake.platform.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Memory of the host through which a context's device and the host tell each other things, in slots
 * for queues. It is taken in slabs, since a page is the least that a device is shown; slots are
 * reused, and slabs stay until the context is closed. The memory itself is the JVM's: a thread that
 * still looks at a slot when its context is gone reads an old value and does no harm.
 *
 * <p>Thread-safe.
 */
final class SignalPool {
  static final int SLOT_BYTES = 512;
  private static final int SLAB_BYTES = 64 << 10;
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

  // Guarded by this.
  private final List<MemorySegment> slabs = new ArrayList<>();
  private final ArrayDeque<Slot> free = new ArrayDeque<>();
  private final ArrayDeque<BatchedSignals> retired = new ArrayDeque<>();

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
      pool.addSlab();
      trial = new BatchedSignals(pool.free.removeFirst(), context, context.memoryStream(), true, 0);
      var _ = trial.place();
    } catch (CudaStatusException e) {
      try {
        context.run(pool::close); // Whoever asks again takes a slab again.
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

  /** Null if none is free and none can be had while a queue of the context is suspended. */
  synchronized @Nullable Slot take() {
    while (!retired.isEmpty() && retired.getFirst().isQuiet()) {
      Slot slot = retired.removeFirst().slot();
      slot.memory().fill((byte) 0);
      free.addFirst(slot);
    }
    if (free.isEmpty()) {
      boolean _ = context.gates().makeNow(this::addSlab);
    }
    return free.pollFirst();
  }

  /** Its slot is taken again once the device does not write to it any more. */
  synchronized void giveBack(BatchedSignals progress) {
    retired.add(progress);
  }

  private synchronized void addSlab() {
    MemorySegment slab = Arena.ofAuto().allocate(SLAB_BYTES, PAGE_BYTES);
    long deviceAddress =
        context.call(
            () -> {
              CudaDriver.registerHost(slab.address(), SLAB_BYTES);
              slabs.add(slab); // Before anything can fail: what is registered is let go at the end.
              return CudaDriver.deviceAddress(slab.address());
            });
    for (long offset = 0; offset < SLAB_BYTES; offset += SLOT_BYTES) {
      free.add(new Slot(slab.asSlice(offset, SLOT_BYTES), deviceAddress + offset));
    }
  }

  synchronized int slabCount() {
    return slabs.size();
  }

  /** With the context current. */
  synchronized void close() {
    slabs.forEach(slab -> CudaDriver.unregisterHost(slab.address()));
    slabs.clear();
    free.clear();
    retired.clear();
  }
}
