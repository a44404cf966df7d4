package dev.overtake.platform.cuda;

import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A stream: where the driver takes commands, which run in their order. Several queues may share
 * one, at level 1. At level 2 a queue has its stream for itself: a wait in a stream stops
 * everything behind it, whoever's it is.
 */
public final class CudaStream extends CudaResource {
  private final long handle;
  private final boolean owned;

  /** Of a stream that somebody else made, to find its context by. */
  private final CudaDevice device;

  private volatile @Nullable CudaContext context;

  private final Lock timing = new ReentrantLock();

  // Guarded by this: the queues that are open on it.
  private int queues;
  private boolean exclusive;

  private CudaStream(long handle, boolean owned, CudaDevice device, @Nullable CudaContext context) {
    this.handle = handle;
    this.owned = owned;
    this.device = device;
    this.context = context;
  }

  static CudaStream create(CudaContext context, int priority) {
    long handle =
        context.call(() -> CudaDriver.createStream(CudaDriver.STREAM_NON_BLOCKING, priority));
    return new CudaStream(handle, true, context.device(), context);
  }

  static CudaStream legacyDefault(CudaContext context) {
    return new CudaStream(CudaDriver.LEGACY_STREAM, false, context.device(), context);
  }

  /**
   * A stream that somebody else made, such as a library. It must not be destroyed while it is used
   * here. Nothing is asked of the driver before a command is launched; then its context is the one
   * that the driver says or, of a default stream, the one that is current in the launching thread,
   * or else the device's primary context.
   *
   * @param handle the CUstream; 0 or 1 for the legacy default stream
   * @throws IllegalArgumentException if it is 2, the calling thread's default stream: a queue's
   *     commands are launched by several threads, and would not keep their order
   */
  public static CudaStream ofHandle(long handle, CudaDevice device) {
    if (handle == CudaDriver.PER_THREAD_STREAM) {
      throw new IllegalArgumentException(
          "the per-thread default stream is another one in each thread, and a queue launches from"
              + " several: create a stream");
    }
    return new CudaStream(handle, false, device, null);
  }

  /** The CUstream, for libraries that take one. */
  public long handle() {
    requireAlive();
    return handle;
  }

  /** Looked up once, when it is first needed. */
  @Override
  public CudaContext context() {
    CudaContext known = context;
    if (known == null) {
      known =
          isDefault() ? currentOrPrimary() : CudaContext.foreign(CudaDriver.streamContext(handle));
      context = known;
    }
    return known;
  }

  /** Null if it has not been looked up. */
  @Nullable CudaContext knownContext() {
    return context;
  }

  private boolean isDefault() {
    return handle >= 0 && handle <= CudaDriver.LEGACY_STREAM;
  }

  private CudaContext currentOrPrimary() {
    long current = CudaDriver.currentContext();
    return current == 0 ? CudaContext.ofDefaultStreams(device) : CudaContext.foreign(current);
  }

  CudaDevice device() {
    return device;
  }

  /** Opens a queue of level 1, beside others that the stream may have. */
  public CudaHwQueue openQueue() {
    return openQueue(PreemptionLevel.L1);
  }

  /**
   * Opens a queue that reaches this level. Level 2 costs a wait on the device before every command.
   * Where too many queues of the context have it already (see {@link CudaHwQueue}), the queue's
   * {@link CudaHwQueue#maxLevel} is level 1. May wait for work of the context.
   *
   * @throws IllegalStateException if a queue of level 2 would share the stream, or would be the
   *     first of a {@link CudaContext} while one of another that is the same context is suspended,
   *     or if too many that were closed have not come to their end
   * @throws UnsupportedOperationException if the level is out of reach: of the device, or on a
   *     stream that others may use as well, as the default stream
   */
  public CudaHwQueue openQueue(PreemptionLevel level) {
    boolean stalls = level.compareTo(PreemptionLevel.L2) >= 0;
    if (level == PreemptionLevel.L3) {
      throw new UnsupportedOperationException(
          "a running command of CUDA cannot be interrupted: ask for L1 or L2");
    }
    if (stalls && !owned) {
      throw new UnsupportedOperationException(
          "level 2 needs a stream of its own, and others may use " + this + ": create a stream");
    }
    if (stalls && context().signals() == null) {
      if (!context().refusesSignals()) {
        throw new IllegalStateException(
            "no queue of level 2 can be the first of its context while another's is suspended"
                + " there: open it before");
      }
      throw new UnsupportedOperationException(
          device.label() + " cannot wait for a word of host memory: ask for L1");
    }
    boolean gated = enter(stalls);
    try {
      return new CudaHwQueue(this, gated);
    } catch (RuntimeException e) {
      leave();
      throw e;
    }
  }

  /** Held by who puts a {@link TimedCommand} into it. */
  Lock timing() {
    return timing;
  }

  /** Whether it was made here, so that its context is known. */
  boolean isOwned() {
    return owned;
  }

  /** Returns whether the queue gets a gate. */
  private synchronized boolean enter(boolean stalls) {
    if (exclusive || (stalls && queues > 0)) {
      throw new IllegalStateException(
          "a queue of level 2 has its stream for itself, and this one is shared: create a stream"
              + " for each");
    }
    retain();
    queues++;
    exclusive = stalls && context().gates().admit(Connections.mostGates());
    return exclusive;
  }

  /** A queue of it was closed. */
  void leave() {
    synchronized (this) {
      queues--;
      if (exclusive) {
        exclusive = false;
        context().gates().dismiss();
      }
    }
    release();
  }

  /** Waits until everything in it is done; for ever, if a suspended queue holds it. */
  public void synchronize() {
    context().run(() -> CudaDriver.synchronizeStream(handle()));
  }

  /** Whether everything in it is done. */
  public boolean isDone() {
    return context().call(() -> CudaDriver.isStreamDone(handle()));
  }

  /** What is in it still runs. */
  @Override
  void free() {
    if (owned) {
      CudaDriver.destroyStream(handle);
    }
  }

  @Override
  public String toString() {
    return (isDefault() ? "the default stream on " : "a stream on ") + device.label();
  }
}
