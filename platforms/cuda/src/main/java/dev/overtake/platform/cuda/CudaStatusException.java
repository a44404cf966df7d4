package dev.overtake.platform.cuda;

import dev.overtake.driver.DriverStatus;
import java.util.Set;

/**
 * The driver refused a call, or tells with it that earlier work has failed. The message has the
 * driver's own name and text of the status (cuGetErrorName, cuGetErrorString).
 */
public final class CudaStatusException extends CudaException implements DriverStatus {
  static final int OUT_OF_MEMORY = 2;

  /**
   * After these the context, or the device, does nothing any more: every later call returns the
   * same status (CUresult's descriptions in cuda.h: "this leaves the process in an inconsistent
   * state").
   */
  private static final Set<Integer> LASTING =
      Set.of(4, 46, 214, 220, 226, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 721, 809, 911);

  private static final int FIRST_OF_CAPTURE = 900;
  private static final int LAST_OF_CAPTURE = 908;

  private final String function;
  private final int status;
  private final String statusName;

  CudaStatusException(String function, int status, String statusName, String text) {
    super(message(function, statusName, text), null);
    this.function = function;
    this.status = status;
    this.statusName = statusName;
  }

  private static String message(String function, String name, String text) {
    return function + ": " + name + (text.equals(name) ? "" : " (" + text + ")");
  }

  /**
   * The driver's function that returned the status, such as {@code cuLaunchKernel}; {@code
   * cuStreamIsCapturing}, where another call was not made because of what it said.
   */
  public String function() {
    return function;
  }

  /** The number of the status in the enumeration CUresult. */
  public int status() {
    return status;
  }

  /** Its name there, such as {@code CUDA_ERROR_ILLEGAL_ADDRESS}. */
  public String statusName() {
    return statusName;
  }

  /** Whether the device has too little memory left. */
  public boolean isOutOfMemory() {
    return status == OUT_OF_MEMORY;
  }

  /** Whether nothing will run any more in the context that the call was about. */
  @Override
  public boolean isLasting() {
    return LASTING.contains(status);
  }

  /** Whether the call was refused only because a stream is being captured. */
  @Override
  public boolean isOfCapture() {
    return status >= FIRST_OF_CAPTURE && status <= LAST_OF_CAPTURE;
  }
}
