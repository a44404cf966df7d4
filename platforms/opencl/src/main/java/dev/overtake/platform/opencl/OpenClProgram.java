package dev.overtake.platform.opencl;

import dev.overtake.platform.opencl.OpenCl.Kind;

/** Kernels that were compiled together. */
public final class OpenClProgram extends OpenClObject {
  private static final int BUILD_PROGRAM_FAILURE = -11;

  private OpenClProgram(long handle) {
    super(Kind.PROGRAM, handle);
  }

  static OpenClProgram build(OpenClContext context, String source) {
    OpenClDevice device = context.device();
    var program = new OpenClProgram(OpenCl.createProgram(context.handle(), source));
    try {
      OpenCl.buildProgram(program.handle(), device.handle());
      return program;
    } catch (OpenClStatusException e) {
      String log = OpenCl.buildLog(program.handle(), device.handle());
      program.close();
      throw e.status() == BUILD_PROGRAM_FAILURE
          ? new ProgramBuildException(device.label(), log, e)
          : e;
    }
  }

  /**
   * A kernel of the program with its arguments: each an {@link Integer}, {@link Long}, {@link
   * Float}, {@link Double} or an {@link OpenClBuffer}.
   *
   * @throws IllegalArgumentException if one is of another type
   * @throws OpenClStatusException if there is no such kernel, or it takes no such argument
   */
  public OpenClKernel kernel(String name, Object... arguments) {
    return new OpenClKernel(this, name, arguments);
  }

  @Override
  public String toString() {
    return "a program";
  }
}
