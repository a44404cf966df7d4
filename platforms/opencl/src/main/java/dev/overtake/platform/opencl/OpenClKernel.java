package dev.overtake.platform.opencl;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.platform.opencl.OpenCl.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A kernel with its arguments, to be launched any number of times. Its arguments are set once, so
 * any thread may launch it (clSetKernelArg is the one call of OpenCL that is not thread-safe).
 */
public final class OpenClKernel extends OpenClObject {
  private final String name;

  /** The kernel, and what its arguments refer to: for what waits to be launched. */
  private final List<OpenClObject> uses = new ArrayList<>();

  OpenClKernel(OpenClProgram program, String name, Object... arguments) {
    super(Kind.KERNEL, OpenCl.createKernel(program.handle(), name));
    this.name = name;
    uses.add(this);
    try (Arena arena = Arena.ofConfined()) {
      for (int i = 0; i < arguments.length; i++) {
        OpenCl.setArgument(handle(), i, value(arena, arguments[i]));
        if (arguments[i] instanceof OpenClBuffer buffer) {
          uses.add(buffer);
        }
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static MemorySegment value(Arena arena, Object argument) {
    return switch (argument) {
      case Integer value -> arena.allocateFrom(JAVA_INT, value);
      case Long value -> arena.allocateFrom(JAVA_LONG, value);
      case Float value -> arena.allocateFrom(JAVA_FLOAT, value);
      case Double value -> arena.allocateFrom(JAVA_DOUBLE, value);
      case OpenClBuffer buffer -> arena.allocateFrom(JAVA_LONG, buffer.handle());
      default ->
          throw new IllegalArgumentException(
              "a kernel takes numbers and buffers, but was given a "
                  + argument.getClass().getName());
    };
  }

  /** A command that launches it. */
  public OpenClCommand launch(NdRange range) {
    return new OpenClCommand(uses) {
      @Override
      long enqueue(long queue, int waits, long waitList) {
        return OpenCl.enqueueKernel(queue, retained(), range, waits, waitList);
      }

      @Override
      public String toString() {
        return OpenClKernel.this.toString();
      }
    };
  }

  @Override
  public String toString() {
    return "kernel " + name;
  }
}
