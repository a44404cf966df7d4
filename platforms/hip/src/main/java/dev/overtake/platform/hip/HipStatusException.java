package dev.overtake.platform.hip;

import dev.overtake.driver.DriverStatus;
import java.util.Set;

/**
 * The runtime refused a call, or tells with it that earlier work has failed. The message has its
 * own name and text of the status (hipGetErrorName, hipGetErrorString).
 */
public final class HipStatusException extends HipException implements DriverStatus {
  static final int INVALID_VALUE = 1;
  static final int NO_DEVICE = 100;
  static final int NOT_READY = 600;
  static final int NOT_SUPPORTED = 801;
  private static final int OUT_OF_MEMORY = 2;

  /**
   * After these the device does nothing any more for this process: deinitialized, an uncorrectable
   * ECC error, an illegal address, a launch that timed out, a failed assertion, and a launch that
   * failed. After most faults AMD's runtime ends the process itself. What CUDA says of a destroyed
   * context is not among them: AMD's runtime says it of a stream that is gone.
   */
  private static final Set<Integer> LASTING = Set.of(4, 214, 700, 702, 710, 719);

  private static final int FIRST_OF_CAPTURE = 900;
  private static final int LAST_OF_CAPTURE = 908;

  private final String function;
  private final int status;
  private final String statusName;

  HipStatusException(String function, int status, String statusName, String text) {
    super(function + ": " + statusName + (text.equals(statusName) ? "" : " (" + text + ")"), null);
    this.function = function;
    this.status = status;
    this.statusName = statusName;
  }

  /**
   * The runtime's function that returned the status, such as {@code hipModuleLaunchKernel}; {@code
   * hipStreamIsCapturing}, where another call was not made because of what it said.
   */
  public String function() {
    return function;
  }

  /** The number of the status in the enumeration hipError_t. */
  public int status() {
    return status;
  }

  /** Its name there, such as {@code hipErrorIllegalAddress}. */
  public String statusName() {
    return statusName;
  }

  /** Whether the device has too little memory left. */
  public boolean isOutOfMemory() {
    return status == OUT_OF_MEMORY;
  }

  /** Whether nothing will run any more on the device that the call was about. */
  @Override
  public boolean isLasting() {
    return LASTING.contains(status);
  }

  @Override
  public boolean isOfCapture() {
    return status >= FIRST_OF_CAPTURE && status <= LAST_OF_CAPTURE;
  }
}
