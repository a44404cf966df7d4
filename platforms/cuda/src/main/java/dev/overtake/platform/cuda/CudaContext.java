package dev.overtake.platform.cuda;

import dev.overtake.core.xqueue.DeviceLostException;
import dev.overtake.driver.CompletionWatch;
import dev.overtake.driver.Domain;
import dev.overtake.driver.Gates;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A context: what a process has on a device. It is made current in a thread when it is needed
 * there, and whatever was current is so again afterwards.
 *
 * <p>Thread-safe. Close everything that belongs to it before it; queues that are still open then
 * lose their device, and buffers on the device are freed. Closing what is left does nothing.
 */
public final class CudaContext implements AutoCloseable {
  private enum Origin {
    PRIMARY,
    CREATED,
    FOREIGN
  }

  /** What is lost and waited for as one, however many objects stand for it. */
  private record Key(long handle) {}

  /** What tells a context from a later one that has the same handle. */
  private record Identity(long handle, long id) {}

  private static final Map<Identity, CudaContext> FOREIGN = new ConcurrentHashMap<>();

  /** By a device's number. */
  private static final Map<Integer, CudaContext> OF_DEFAULT_STREAMS = new ConcurrentHashMap<>();

  private final CudaDevice device;
  private final long handle;
  private final Origin origin;
  private final Domain domain;

  // Made when first needed, under this.
  private @Nullable SignalPool signals;
  private boolean signalsRefused;
  private long memoryStream;

  /** What the driver does not free with the context: it came in the order of a stream. */
  private final Set<DeviceBuffer> buffers = ConcurrentHashMap.newKeySet();

  private boolean closed;
  private volatile boolean gone;

  private CudaContext(CudaDevice device, long handle, Origin origin) {
    this.device = device;
    this.handle = handle;
    this.origin = origin;
    domain = new Domain(new Key(handle), watch(device), "overtake-cuda-janitor");
  }

  static CudaContext primary(CudaDevice device) {
    return new CudaContext(
        device, CudaDriver.retainPrimaryContext(device.ordinal()), Origin.PRIMARY);
  }

  static CudaContext create(CudaDevice device) {
    return new CudaContext(device, CudaDriver.createContext(device.ordinal()), Origin.CREATED);
  }

  /**
   * A context that somebody else made, as a library that brought a stream has. It is closed with
   * the process.
   */
  static CudaContext foreign(long handle) {
    long id = CudaDriver.has("cuCtxGetId") ? CudaDriver.contextId(handle) : 0;
    return FOREIGN.computeIfAbsent(
        new Identity(handle, id),
        _ -> {
          long before = CudaDriver.currentContext();
          CudaDriver.setCurrentContext(handle);
          try {
            return new CudaContext(
                CudaDevice.get(CudaDriver.currentDevice()), handle, Origin.FOREIGN);
          } finally {
            restore(before);
          }
        });
  }

  /**
   * The device's primary context, for default streams that are used where none is current. It is
   * opened once, as nobody closes those streams, and stays open.
   */
  static CudaContext ofDefaultStreams(CudaDevice device) {
    return OF_DEFAULT_STREAMS.computeIfAbsent(device.ordinal(), _ -> device.openPrimaryContext());
  }

  public CudaDevice device() {
    return device;
  }

  long handle() {
    return handle;
  }

  /** Who looks how far the queues of a device have come, in whichever context. */
  static CompletionWatch watch(CudaDevice device) {
    return CompletionWatch.named(
        "overtake-cuda-watch-" + device.ordinal(),
        CompletionWatch.SPIN_NANOS,
        CudaDriver::ignoreCaptures);
  }

  Domain domain() {
    return domain;
  }

  Gates gates() {
    return domain.gates();
  }

  /** Whether it is the one that the CUDA runtime uses, whoever opened it. */
  boolean isPrimary() {
    long primary = CudaDriver.retainPrimaryContext(device.ordinal());
    CudaDriver.releasePrimaryContext(device.ordinal());
    return primary == handle;
  }

  // ---- what belongs to it

  /**
   * Allocates memory on the device; its contents are undefined.
   *
   * @param bytes at least 1
   * @throws CudaStatusException if there is too little left; {@link
   *     CudaStatusException#isOutOfMemory} tells
   */
  public DeviceBuffer allocate(long bytes) {
    DeviceBuffer buffer = DeviceBuffer.allocate(this, bytes);
    buffers.add(buffer);
    return buffer;
  }

  /**
   * Allocates memory of the host that devices can reach: what copies from and to the host need.
   *
   * @param bytes at least 1
   */
  public HostBuffer allocateHost(long bytes) {
    return HostBuffer.allocate(this, bytes);
  }

  /** Creates a stream that does not wait for the default stream, nor that for it. */
  public CudaStream newStream() {
    return newStream(0);
  }

  /**
   * Creates such a stream with a priority of the driver's own: lower numbers are more urgent, 0 is
   * the least, and what is beyond the device's range is its end.
   */
  public CudaStream newStream(int priority) {
    return CudaStream.create(this, priority);
  }

  /** The legacy default stream: what programs launch to that name no stream. */
  public CudaStream defaultStream() {
    return CudaStream.legacyDefault(this);
  }

  public CudaEvent newEvent() {
    return CudaEvent.create(this);
  }

  /**
   * Loads kernels. The driver may wait for all work of the context before it does: not while a
   * queue in it is suspended at level 2.
   *
   * @param image PTX, a cubin or a fatbin
   */
  public CudaModule loadModule(byte[] image) {
    return CudaModule.load(this, image);
  }

  /**
   * Compiles kernels for this device and loads them. Needs NVRTC, which comes with the CUDA toolkit
   * and with the Python package nvidia-cuda-nvrtc.
   *
   * @param name for messages, such as a file's
   * @param source CUDA C++; kernels are declared {@code extern "C"}, so that they keep their names
   * @param options of the compiler, such as {@code --use_fast_math}
   * @throws KernelCompilationException if it has errors
   * @throws CudaUnavailableException if NVRTC is not to be found
   */
  public CudaModule compile(String name, String source, String... options) {
    return loadModule(Nvrtc.compile(name, source, device.computeCapability(), options));
  }

  /** Bytes of the device's memory that nobody has allocated, whichever process. */
  public long freeBytes() {
    return call(CudaDriver::freeBytes);
  }

  /** Waits until all work of the context has been done; for ever, if a closed queue holds some. */
  public void synchronize() {
    run(CudaDriver::synchronizeContext);
  }

  // ---- being current

  /**
   * Makes the context current in the calling thread; of a virtual one, in what carries it. So
   * nothing may block from here to {@link #leave}.
   *
   * @return what {@link #leave} takes
   */
  long enter() {
    long before = CudaDriver.currentContext();
    if (before != handle) {
      CudaDriver.setCurrentContext(handle);
    }
    return before;
  }

  /** The thread has again what it had, none included. */
  void leave(long before) {
    if (before != handle) {
      restore(before);
    }
  }

  /** Makes a context current again, unless it was destroyed meanwhile, by whichever thread. */
  private static void restore(long before) {
    try {
      CudaDriver.setCurrentContext(before);
    } catch (CudaStatusException e) {
      CudaDriver.setCurrentContext(0);
    }
  }

  void run(Runnable action) {
    long before = enter();
    try {
      action.run();
    } finally {
      leave(before);
    }
  }

  <T> T call(Supplier<T> action) {
    long before = enter();
    try {
      return action.get();
    } finally {
      leave(before);
    }
  }

  // ---- what its parts share

  /** Whether this has been the buffer's memory, which is to be freed now. */
  boolean forget(DeviceBuffer buffer) {
    return buffers.remove(buffer);
  }

  /** Whether it was closed, and what belonged to it is no more. */
  boolean isGone() {
    return gone;
  }

  /** Has something done by a thread that may wait for the device; nothing, once it is closed. */
  void later(Runnable action) {
    domain.later(action);
  }

  /** A stream that nothing waits in: memory is allocated and freed by it. */
  synchronized long memoryStream() {
    if (memoryStream == 0) {
      memoryStream = call(() -> CudaDriver.createStream(CudaDriver.STREAM_NON_BLOCKING, 0));
    }
    return memoryStream;
  }

  /**
   * Words that the device can write and wait for; null if it can do neither, or if a queue of
   * another {@link CudaContext} of the same context is suspended.
   */
  synchronized @Nullable SignalPool signals() {
    if (signals == null && !signalsRefused) {
      boolean tried = gates().makeNow(() -> signals = SignalPool.open(this));
      signalsRefused = tried && signals == null;
    }
    return signals;
  }

  /** Whether the device was asked for them, and refused. */
  synchronized boolean refusesSignals() {
    return signalsRefused;
  }

  /**
   * Closes it, see above.
   *
   * @throws CudaStatusException if a queue is open whose work cannot be waited for, as while a
   *     stream of the context is being captured: close it again afterwards
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed || origin == Origin.FOREIGN) {
        return;
      }
      closed = true;
    }
    try {
      domain.close(
          new DeviceLostException(
              "the context on " + device.label() + " was closed: close its queues before it"));
    } catch (RuntimeException e) {
      synchronized (this) {
        closed = false;
      }
      throw e;
    }
    // Later, if it is somebody else's too, who has suspended a queue in it.
    gates().make(this::end);
  }

  private void end() {
    gone = true; // First: what another object's queues of the same context launch is refused now.
    try {
      unlessLost(() -> run(this::closeParts));
    } finally {
      unlessLost(this::giveBack);
    }
  }

  private void giveBack() {
    if (origin == Origin.PRIMARY) {
      CudaDriver.releasePrimaryContext(device.ordinal());
    } else {
      domain.forget();
      CudaDriver.destroyContext(handle);
    }
  }

  /** Gives something back to the driver; of a context that has failed it has it already. */
  static void unlessLost(Runnable release) {
    try {
      release.run();
    } catch (CudaStatusException e) {
      if (!e.isLasting()) {
        throw e;
      }
    }
  }

  /**
   * Nothing may be left that the device does to words of the host's when it is shown them no more.
   */
  private synchronized void closeParts() {
    unlessLost(CudaDriver::synchronizeContext);
    if (signals != null) {
      signals.close();
    }
    buffers.forEach(DeviceBuffer::free);
    if (memoryStream != 0) {
      CudaDriver.synchronizeStream(memoryStream);
      CudaDriver.destroyStream(memoryStream);
    }
  }

  @Override
  public String toString() {
    return "context %x on %s".formatted(handle, device.label());
  }
}
