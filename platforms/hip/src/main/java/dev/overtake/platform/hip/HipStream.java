package dev.overtake.platform.hip;

import dev.overtake.core.xqueue.PreemptionLevel;
import org.jspecify.annotations.Nullable;

/**
 * A stream: where the runtime takes commands, which run in their order. Several queues may share
 * one, at level 1. At level 2 a queue has its stream for itself: a wait in a stream stops
 * everything behind it, whoever's it is.
 */
public final class HipStream extends HipResource {
  private final long handle;
  private final boolean owned;
  private volatile @Nullable HipDevice device;

  // Guarded by this: the queues that are open on it.
  private int queues;
  private boolean exclusive;

  private HipStream(long handle, boolean owned, @Nullable HipDevice device) {
    this.handle = handle;
    this.owned = owned;
    this.device = device;
  }

  static HipStream create(HipDevice device, int priority) {
    return new HipStream(device.call(() -> Hip.createStream(priority)), true, device);
  }

  static HipStream defaultOf(HipDevice device) {
    return new HipStream(Hip.DEFAULT_STREAM, false, device);
  }

  /**
   * A stream that somebody else made, such as a library. It must not be destroyed while it is used
   * here. Nothing is asked of the runtime before its device is needed; then that is the one that
   * the runtime says or, of a default stream and by a runtime that cannot say (early ROCm 5), the
   * one that is current in the asking thread, which is the first in a thread that has chosen none.
   *
   * @param handle the hipStream_t; 0 for the default stream
   * @throws IllegalArgumentException if it is 2, the calling thread's default stream: a queue's
   *     commands are launched by several threads, and would not keep their order
   */
  public static HipStream ofHandle(long handle) {
    if (handle == Hip.PER_THREAD_STREAM) {
      throw new IllegalArgumentException(
          "the per-thread default stream is another one in each thread, and a queue launches from"
              + " several: create a stream");
    }
    return new HipStream(handle, false, null);
  }

  /** The hipStream_t, for libraries that take one. */
  public long handle() {
    lifetime.requireAlive();
    return handle;
  }

  /** Looked up once, when it is first needed. */
  @Override
  public HipDevice device() {
    HipDevice known = device;
    if (known == null) {
      known =
          isDefault() || !Hip.knowsStreamsDevice()
              ? HipDevice.current()
              : HipDevice.get(Hip.streamDevice(handle));
      device = known;
    }
    return known;
  }

  /** Null if it has not been looked up. */
  @Nullable HipDevice knownDevice() {
    return device;
  }

  boolean isDefault() {
    return handle == Hip.DEFAULT_STREAM || handle == Hip.LEGACY_STREAM;
  }

  /** Opens a queue of level 1, beside others that the stream may have. */
  public HipHwQueue openQueue() {
    return openQueue(PreemptionLevel.L1);
  }

  /**
   * Opens a queue that reaches this level. Level 2 costs a wait on the device before every command.
   * Where too many queues of the device have it already (see {@link HipHwQueue}), the queue's
   * {@link HipHwQueue#maxLevel} is level 1. May wait for work of the device.
   *
   * @throws IllegalStateException if a queue of level 2 would share the stream
   * @throws UnsupportedOperationException if the level is out of reach: of the device, or on a
   *     stream that others may use as well, as the default stream
   */
  public HipHwQueue openQueue(PreemptionLevel level) {
    boolean stalls = level.compareTo(PreemptionLevel.L2) >= 0;
    if (level == PreemptionLevel.L3) {
      throw new UnsupportedOperationException(
          "a running command of HIP cannot be interrupted: ask for L1 or L2");
    }
    if (stalls && !owned) {
      throw new UnsupportedOperationException(
          "level 2 needs a stream of its own, and others may use " + this + ": create a stream");
    }
    if (stalls && device().signals() == null) {
      throw new UnsupportedOperationException(
          device().label() + " cannot wait for a word of host memory: ask for L1");
    }
    boolean gated = enter(stalls);
    try {
      return new HipHwQueue(this, gated);
    } catch (RuntimeException e) {
      leave();
      throw e;
    }
  }

  /** Returns whether the queue gets a gate. */
  private synchronized boolean enter(boolean stalls) {
    if (exclusive || (stalls && queues > 0)) {
      throw new IllegalStateException(
          "a queue of level 2 has its stream for itself, and this one is shared: create a stream"
              + " for each");
    }
    lifetime.retain();
    queues++;
    exclusive = stalls && device().domain().gates().admit(HardwareQueues.mostGates());
    return exclusive;
  }

  /** A queue of it was closed. */
  void leave() {
    synchronized (this) {
      queues--;
      if (exclusive) {
        exclusive = false;
        device().domain().gates().dismiss();
      }
    }
    lifetime.release();
  }

  /** Waits until everything in it is done; for ever, if a suspended queue holds it. */
  public void synchronize() {
    device().run(() -> Hip.synchronizeStream(handle()));
  }

  /** Whether everything in it is done. */
  public boolean isDone() {
    return device().call(() -> Hip.isStreamDone(handle()));
  }

  /** What is in it still runs. */
  @Override
  void free() {
    if (owned) {
      Hip.destroyStream(handle);
    }
  }

  @Override
  public String toString() {
    HipDevice known = device;
    return (isDefault() ? "the default stream" : "a stream")
        + (known == null ? "" : " on " + known.label());
  }
}
