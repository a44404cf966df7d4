package dev.overtake.platform.opencl;

import dev.overtake.driver.CompletionWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An OpenCL device. It is a value: there is nothing to close, and nothing is done to the device
 * before a context is opened on it.
 *
 * @param ordinal its place among all devices of all platforms, in the order of the ICD loader, from
 *     0 on
 * @param name the product's name
 * @param platform the driver's name, such as {@code Portable Computing Language}
 * @param handle the cl_device_id
 */
public record OpenClDevice(int ordinal, String name, String platform, long handle) {
  private static final Pattern LABEL = Pattern.compile("opencl(?::(\\d{1,4}))?");

  /**
   * All devices, by their ordinals; at least one.
   *
   * @throws OpenClUnavailableException if there is no ICD loader, no driver, or no device
   */
  public static List<OpenClDevice> all() {
    var devices = new ArrayList<OpenClDevice>();
    long[] platforms = OpenCl.platforms();
    for (long platform : platforms) {
      for (long device : OpenCl.devices(platform)) {
        devices.add(
            new OpenClDevice(
                devices.size(),
                OpenCl.deviceName(device).strip(),
                OpenCl.platformName(platform),
                device));
      }
    }
    if (devices.isEmpty()) {
      throw new OpenClUnavailableException(
          platforms.length == 0
              ? "the OpenCL ICD loader finds no driver: install the device's, or PoCL for this"
                  + " processor (apt-get install pocl-opencl-icd); clinfo shows what it finds"
              : "OpenCL has %d drivers and no device: see what clinfo shows"
                  .formatted(platforms.length));
    }
    return devices;
  }

  /**
   * The device of this label: {@code opencl:1}, or {@code opencl} for the first.
   *
   * @throws IllegalArgumentException if it is no such label
   * @throws OpenClUnavailableException as {@link #all} does, or if there are fewer devices
   */
  public static OpenClDevice named(String label) {
    Matcher matcher = LABEL.matcher(label);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no OpenCL device: they are called opencl:0, opencl:1 and so on"
              .formatted(label));
    }
    int ordinal = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
    List<OpenClDevice> all = all();
    if (ordinal >= all.size()) {
      throw new OpenClUnavailableException(
          "there is no device opencl:%d: the drivers have %d, the first of which is opencl:0"
              .formatted(ordinal, all.size()));
    }
    return all.get(ordinal);
  }

  /** Opens a context on it. */
  public OpenClContext openContext() {
    return new OpenClContext(this);
  }

  /** The label, such as {@code opencl:0}. */
  public String label() {
    return "opencl:" + ordinal;
  }

  /** A device that is the processor itself has none of it to spare for who waits for it. */
  long spinNanos() {
    return OpenCl.isProcessor(handle) ? 0 : CompletionWatch.SPIN_NANOS;
  }

  CompletionWatch watch() {
    return CompletionWatch.named("overtake-opencl-watch-" + ordinal, spinNanos(), () -> {});
  }
}
