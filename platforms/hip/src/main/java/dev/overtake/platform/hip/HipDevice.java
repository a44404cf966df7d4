package dev.overtake.platform.hip;

import dev.overtake.driver.CompletionWatch;
import dev.overtake.driver.Domain;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A HIP device. There is one object for each in a process, nothing to close, and no context that
 * somebody could forget to make: the device is made current in a thread when it is needed there,
 * and whatever was current is so again afterwards.
 *
 * <p>Thread-safe.
 */
public final class HipDevice {
  private static final Pattern LABEL = Pattern.compile("hip(?::(\\d{1,4}))?");
  private static final Map<Integer, HipDevice> DEVICES = new ConcurrentHashMap<>();

  private final int ordinal;
  private final String name;
  private final String pciBusId;
  private final CompletionWatch watch;
  private final Domain domain;

  // Made when first needed, under this.
  private @Nullable SignalPool signals;
  private boolean signalsRefused;
  private long memoryStream;

  private HipDevice(int ordinal) {
    this.ordinal = ordinal;
    name = Hip.deviceName(ordinal);
    pciBusId = Hip.devicePciBusId(ordinal);
    watch =
        CompletionWatch.named(
            "overtake-hip-watch-" + ordinal, CompletionWatch.SPIN_NANOS, Hip::ignoreCaptures);
    domain = new Domain("hip:" + ordinal, watch, "overtake-hip-janitor-" + ordinal);
  }

  /**
   * All devices, by their ordinals; at least one.
   *
   * @throws HipUnavailableException if there is no runtime, an older one than ROCm 5.2's, or no
   *     device
   */
  public static List<HipDevice> all() {
    return IntStream.range(0, count()).mapToObj(HipDevice::known).toList();
  }

  /**
   * The device of this ordinal, as HIP_VISIBLE_DEVICES leaves them.
   *
   * @throws HipUnavailableException as {@link #all} does, or if there are fewer devices
   */
  public static HipDevice get(int ordinal) {
    int count = count();
    if (ordinal < 0 || ordinal >= count) {
      throw new HipUnavailableException(
          "there is no device hip:%d: the runtime has %d, the first of which is hip:0"
              .formatted(ordinal, count));
    }
    return known(ordinal);
  }

  /**
   * The device of this label: {@code hip:1}, or {@code hip} for the first.
   *
   * @throws IllegalArgumentException if it is no such label
   * @throws HipUnavailableException as {@link #get} does
   */
  public static HipDevice named(String label) {
    Matcher matcher = LABEL.matcher(label);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no HIP device: they are called hip:0, hip:1 and so on".formatted(label));
    }
    return get(matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1)));
  }

  /** The calling thread's; in one that has never chosen any, the first. */
  static HipDevice current() {
    return get(Hip.currentDevice());
  }

  private static HipDevice known(int ordinal) {
    return DEVICES.computeIfAbsent(ordinal, HipDevice::new);
  }

  private static int count() {
    HardwareQueues.settle();
    try {
      int version = Hip.version();
      if (version < Hip.OLDEST_VERSION) {
        throw new HipUnavailableException(
            "the HIP runtime is too old: it is HIP %s, and ROCm 5.2 or later is needed"
                .formatted(versionText(version)));
      }
      int count = Hip.deviceCount();
      if (count > 0) {
        return count;
      }
    } catch (HipStatusException e) {
      if (e.status() != HipStatusException.NO_DEVICE) {
        throw new HipUnavailableException("HIP cannot be used: " + e.getMessage(), e);
      }
    }
    throw new HipUnavailableException(
        "the HIP runtime finds no device: see whether rocminfo does, whether you may open /dev/kfd"
            + " (groups render and video), and whether HIP_VISIBLE_DEVICES hides it");
  }

  private static String versionText(int version) {
    return version / 10_000_000 + "." + version / 100_000 % 100;
  }

  /** The version of the runtime, such as {@code 6.3}. */
  public static String runtimeVersion() {
    return versionText(Hip.version());
  }

  /** The runtime's number of the device in this process, from 0 on. */
  public int ordinal() {
    return ordinal;
  }

  /** The label, such as {@code hip:0}. */
  public String label() {
    return "hip:" + ordinal;
  }

  /** The product's name. */
  public String name() {
    return name;
  }

  /** Where it is in the machine, such as {@code 0000:03:00.0}: the same in every process. */
  public String pciBusId() {
    return pciBusId;
  }

  /** Memory of the device, bytes. */
  public long totalBytes() {
    return Hip.deviceTotalBytes(ordinal);
  }

  /** Bytes of it that nobody has allocated, whichever process. */
  public long freeBytes() {
    return call(Hip::freeBytes);
  }

  // ---- what belongs to it

  /**
   * Allocates memory on the device; its contents are undefined.
   *
   * @param bytes at least 1
   * @throws HipStatusException if there is too little left; {@link
   *     HipStatusException#isOutOfMemory} tells
   */
  public HipBuffer allocate(long bytes) {
    return HipBuffer.allocate(this, bytes);
  }

  /**
   * Allocates memory of the host that devices can reach: what copies from and to the host need.
   *
   * @param bytes at least 1
   */
  public HipHostBuffer allocateHost(long bytes) {
    return HipHostBuffer.allocate(this, bytes);
  }

  /** Creates a stream that does not wait for the default stream, nor that for it. */
  public HipStream newStream() {
    return newStream(0);
  }

  /**
   * Creates such a stream with a priority of the runtime's own: lower numbers are more urgent, 0 is
   * normal, and what is beyond the device's range is its end.
   */
  public HipStream newStream(int priority) {
    return HipStream.create(this, priority);
  }

  /** The default stream: what programs launch to that name no stream. */
  public HipStream defaultStream() {
    return HipStream.defaultOf(this);
  }

  public HipEvent newEvent() {
    return HipEvent.create(this);
  }

  /**
   * Loads kernels. The runtime may wait for the device before it does: not while a queue on it is
   * suspended at level 2.
   *
   * @param image a code object, or a bundle of them with one for this device
   */
  public HipModule loadModule(byte[] image) {
    return HipModule.load(this, image);
  }

  /**
   * Compiles kernels for this device and loads them. Needs hipRTC, which comes with ROCm.
   *
   * @param name for messages, such as a file's
   * @param source HIP C++; kernels are declared {@code extern "C"}, so that they keep their names
   * @param options of the compiler, such as {@code -ffast-math}
   * @throws KernelCompilationException if it has errors
   * @throws HipUnavailableException if hipRTC is not to be found
   */
  public HipModule compile(String name, String source, String... options) {
    return loadModule(call(() -> Hiprtc.compile(name, source, options)));
  }

  /**
   * Waits until all work of the device has been done; for ever, if a suspended queue holds some.
   */
  public void synchronize() {
    run(Hip::synchronizeDevice);
  }

  // ---- being current

  /**
   * Makes the device current in the calling thread; of a virtual one, in what carries it. So
   * nothing may block from here to {@link #leave}.
   *
   * @return what {@link #leave} takes
   */
  int enter() {
    int before = Hip.currentDevice();
    if (before != ordinal) {
      Hip.setDevice(ordinal);
    }
    return before;
  }

  /** The thread has again what it had. */
  void leave(int before) {
    if (before != ordinal) {
      Hip.setDevice(before);
    }
  }

  void run(Runnable action) {
    int before = enter();
    try {
      action.run();
    } finally {
      leave(before);
    }
  }

  <T> T call(Supplier<T> action) {
    int before = enter();
    try {
      return action.get();
    } finally {
      leave(before);
    }
  }

  // ---- what its parts share

  CompletionWatch watch() {
    return watch;
  }

  Domain domain() {
    return domain;
  }

  /** A stream that nothing waits in: memory is allocated and freed by it. */
  synchronized long memoryStream() {
    if (memoryStream == 0) {
      memoryStream = call(() -> Hip.createStream(0));
    }
    return memoryStream;
  }

  /**
   * Words that the device can write and wait for; null if it cannot, or if it cannot be tried since
   * a queue is suspended.
   */
  synchronized @Nullable SignalPool signals() {
    if (signals == null && !signalsRefused) {
      boolean tried = domain.gates().makeNow(() -> signals = SignalPool.open(this));
      signalsRefused = tried && signals == null;
    }
    return signals;
  }

  /** Does something with a device that may have failed: then it has nothing left to be done. */
  static void unlessLost(Runnable action) {
    try {
      action.run();
    } catch (HipStatusException e) {
      if (!e.isLasting()) {
        throw e;
      }
    }
  }

  @Override
  public String toString() {
    return "%s (%s)".formatted(label(), name);
  }
}
