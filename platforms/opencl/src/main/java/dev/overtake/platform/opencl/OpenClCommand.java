package dev.overtake.platform.opencl;

import dev.overtake.core.xqueue.Command;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * A command for an OpenCL queue. What it uses stays alive from when it is submitted until it has
 * finished, also if it is closed meanwhile. A launch of a kernel comes from {@link
 * OpenClKernel#launch}; the others are made here.
 */
public abstract class OpenClCommand extends Command {
  private interface Call {
    long enqueue(long queue, int waits, long waitList);
  }

  /** An array, since going through a list allocates an iterator. */
  private final OpenClObject[] uses;

  OpenClCommand(List<OpenClObject> uses) {
    this.uses = uses.toArray(OpenClObject[]::new);
  }

  private static OpenClCommand of(Call call, OpenClObject... uses) {
    return new OpenClCommand(List.of(uses)) {
      @Override
      long enqueue(long queue, int waits, long waitList) {
        return call.enqueue(queue, waits, waitList);
      }
    };
  }

  /** Copies native memory, which must stay as it is until then, to the start of a buffer. */
  public static OpenClCommand copy(MemorySegment from, OpenClBuffer to) {
    requireNative(from);
    requireRoom(from.byteSize(), to.bytes());
    return of(
        (queue, waits, list) -> OpenCl.enqueueWrite(queue, from, to.retained(), waits, list), to);
  }

  /** Copies the start of a buffer to all of this native memory, which must stay until then. */
  public static OpenClCommand copy(OpenClBuffer from, MemorySegment to) {
    requireNative(to);
    requireRoom(to.byteSize(), from.bytes());
    return of(
        (queue, waits, list) -> OpenCl.enqueueRead(queue, from.retained(), to, waits, list), from);
  }

  /** Copies the whole buffer to the start of another. */
  public static OpenClCommand copy(OpenClBuffer from, OpenClBuffer to) {
    requireRoom(from.bytes(), to.bytes());
    return of(
        (queue, waits, list) ->
            OpenCl.enqueueCopy(queue, from.retained(), to.retained(), from.bytes(), waits, list),
        from,
        to);
  }

  /** Sets every byte of the buffer. */
  public static OpenClCommand fill(OpenClBuffer buffer, byte value) {
    return of(
        (queue, waits, list) ->
            OpenCl.enqueueFill(queue, buffer.retained(), value, buffer.bytes(), waits, list),
        buffer);
  }

  private static void requireNative(MemorySegment memory) {
    if (!memory.isNative()) {
      throw new IllegalArgumentException("a device copies from and to native memory: use an Arena");
    }
  }

  private static void requireRoom(long bytes, long room) {
    if (bytes > room) {
      throw new IllegalArgumentException(
          "%d bytes are to be copied from or to a buffer of %d bytes".formatted(bytes, room));
    }
  }

  /**
   * Puts it into the command queue, behind these events, and does not wait for it.
   *
   * @return its event, which the caller releases
   */
  abstract long enqueue(long queue, int waits, long waitList);

  @Override
  protected final void accepted() {
    for (int i = 0; i < uses.length; i++) {
      try {
        uses[i].retain();
      } catch (RuntimeException e) {
        Arrays.stream(uses, 0, i).forEach(OpenClObject::release);
        throw e;
      }
    }
  }

  @Override
  protected final void finished() {
    for (OpenClObject used : uses) {
      used.release();
    }
  }
}
