package dev.overtake.platform.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A CUDA device. It is a value: there is nothing to close, and nothing is done to the device before
 * a context is opened on it.
 *
 * @param ordinal the driver's number of the device in this process, from 0 on, as
 *     CUDA_VISIBLE_DEVICES leaves them
 * @param name the product's name
 * @param pciBusId where it is in the machine, such as {@code 0000:01:00.0}: the same in every
 *     process
 * @param computeCapability 10 * major + minor
 */
public record CudaDevice(int ordinal, String name, String pciBusId, int computeCapability) {
  private static final Pattern LABEL = Pattern.compile("cuda(?::(\\d{1,4}))?");
  private static final int NO_DEVICE = 100;

  /**
   * All devices, by their ordinals; at least one.
   *
   * @throws CudaUnavailableException if there is no driver, an older one than CUDA 11.8's, or no
   *     device
   */
  public static List<CudaDevice> all() {
    requireDriver();
    var devices = new ArrayList<CudaDevice>();
    for (int ordinal = 0; ordinal < CudaDriver.deviceCount(); ordinal++) {
      devices.add(describe(ordinal));
    }
    return devices;
  }

  /**
   * The device of this ordinal.
   *
   * @throws CudaUnavailableException as {@link #all} does, or if there are fewer devices
   */
  public static CudaDevice get(int ordinal) {
    requireDriver();
    int count = CudaDriver.deviceCount();
    if (ordinal < 0 || ordinal >= count) {
      throw new CudaUnavailableException(
          "there is no device cuda:%d: the driver has %d, the first of which is cuda:0"
              .formatted(ordinal, count));
    }
    return describe(ordinal);
  }

  /**
   * The device of this label: {@code cuda:1}, or {@code cuda} for the first.
   *
   * @throws IllegalArgumentException if it is no such label
   * @throws CudaUnavailableException as {@link #get} does
   */
  public static CudaDevice named(String label) {
    Matcher matcher = LABEL.matcher(label);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no CUDA device: they are called cuda:0, cuda:1 and so on".formatted(label));
    }
    return get(matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1)));
  }

  private static CudaDevice describe(int ordinal) {
    return new CudaDevice(
        ordinal,
        CudaDriver.deviceName(ordinal),
        CudaDriver.devicePciBusId(ordinal),
        10 * CudaDriver.deviceAttribute(ordinal, CudaDriver.ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
            + CudaDriver.deviceAttribute(ordinal, CudaDriver.ATTRIBUTE_COMPUTE_CAPABILITY_MINOR));
  }

  private static void requireDriver() {
    int version = CudaDriver.version();
    if (version < CudaDriver.OLDEST_VERSION) {
      throw new CudaUnavailableException(
          "the CUDA driver is too old: it supports CUDA %s, and %s is needed"
              .formatted(versionText(version), versionText(CudaDriver.OLDEST_VERSION)));
    }
    Connections.settle();
    try {
      CudaDriver.initialize();
    } catch (CudaStatusException e) {
      throw e.status() == NO_DEVICE
          ? new CudaUnavailableException(
              "the CUDA driver finds no device: see whether nvidia-smi does, and whether"
                  + " CUDA_VISIBLE_DEVICES hides it",
              e)
          : new CudaUnavailableException("CUDA cannot be used: " + e.getMessage(), e);
    }
  }

  private static String versionText(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  /** The version of CUDA that the driver supports, such as {@code 13.0}. */
  public static String driverVersion() {
    return versionText(CudaDriver.version());
  }

  /** Memory of the device, bytes. */
  public long totalBytes() {
    return CudaDriver.deviceTotalBytes(ordinal);
  }

  /**
   * Opens the device's primary context, which the CUDA runtime uses, and with it every library on
   * top of that.
   */
  public CudaContext openPrimaryContext() {
    return CudaContext.primary(this);
  }

  /**
   * Creates a context of its own. That does not confine a fault: after most of them NVIDIA wants
   * the whole process ended.
   */
  public CudaContext createContext() {
    return CudaContext.create(this);
  }

  /** The label, such as {@code cuda:0}. */
  public String label() {
    return "cuda:" + ordinal;
  }
}
