package dev.overtake.platform.opencl;

import dev.overtake.platform.opencl.OpenCl.Kind;

/** Memory of a device. */
public final class OpenClBuffer extends OpenClObject {
  private final long bytes;

  OpenClBuffer(OpenClContext context, long bytes) {
    super(Kind.BUFFER, OpenCl.createBuffer(context.handle(), bytes));
    this.bytes = bytes;
  }

  public long bytes() {
    return bytes;
  }

  @Override
  public String toString() {
    return "buffer of %d bytes".formatted(bytes);
  }
}
