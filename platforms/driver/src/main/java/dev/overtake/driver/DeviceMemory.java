package dev.overtake.driver;

/** Memory that a kernel is given the address of. */
public interface DeviceMemory {
  /**
   * Where kernels find it.
   *
   * @throws IllegalStateException if it is closed
   */
  long address();
}
