package dev.overtake.driver;

/** What an exception tells a queue that stands for a driver's status. */
public interface DriverStatus {
  /** Whether nothing will run any more where the call was made. */
  boolean isLasting();

  /** Whether the call was refused only because a stream is being captured. */
  boolean isOfCapture();
}
