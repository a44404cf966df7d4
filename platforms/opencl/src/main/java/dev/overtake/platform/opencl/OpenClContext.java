package dev.overtake.platform.opencl;

import dev.overtake.platform.opencl.OpenCl.Kind;

/** A context on one device: what is made in it can be used together. */
public final class OpenClContext extends OpenClObject {
  private final OpenClDevice device;

  OpenClContext(OpenClDevice device) {
    super(Kind.CONTEXT, OpenCl.createContext(device.handle()));
    this.device = device;
  }

  public OpenClDevice device() {
    return device;
  }

  /** A command queue of the driver's whose commands run in their order. */
  public OpenClQueue newQueue() {
    return new OpenClQueue(this, false);
  }

  /**
   * One whose commands run in any order that their events allow, so that queues which share it do
   * not wait for one another.
   *
   * @throws OpenClStatusException CL_INVALID_QUEUE_PROPERTIES if the device has none
   */
  public OpenClQueue newOutOfOrderQueue() {
    return new OpenClQueue(this, true);
  }

  /**
   * Compiles OpenCL C.
   *
   * @throws ProgramBuildException if it has errors
   */
  public OpenClProgram compile(String source) {
    return OpenClProgram.build(this, source);
  }

  /** Memory of the device. */
  public OpenClBuffer allocate(long bytes) {
    return new OpenClBuffer(this, bytes);
  }

  @Override
  public String toString() {
    return "a context on " + device.label();
  }
}
