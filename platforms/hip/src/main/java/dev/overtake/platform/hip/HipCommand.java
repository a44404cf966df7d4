package dev.overtake.platform.hip;

import dev.overtake.core.xqueue.Command;
import dev.overtake.driver.FailureReport;
import java.util.Arrays;
import java.util.List;

/**
 * A command for a HIP stream. What it uses stays alive from when it is submitted until it has
 * finished, also if it is closed meanwhile. A launch of a kernel comes from {@link
 * BoundKernel#launch}; the others are made here.
 */
public abstract class HipCommand extends Command {
  /** A call of a library that takes the stream that it is to work in. */
  @FunctionalInterface
  public interface StreamCall {
    /**
     * Puts work into the stream and does not wait for it. The stream's device is current. It runs
     * under the queue's lock, so it must not call the queue. It must not block either, on a lock
     * for one: the device is current in the thread that carries the caller, and a virtual thread
     * that blocks may go on upon another.
     */
    void enqueue(HipStream stream) throws Exception;
  }

  /** An array, since going through a list allocates an iterator. */
  private final HipResource[] resources;

  HipCommand(List<? extends HipResource> resources) {
    this.resources = resources.toArray(HipResource[]::new);
  }

  /**
   * Whatever a library puts into a stream: hipBLAS, MIOpen, a model's run function.
   *
   * @param uses what has to stay alive until it is done
   */
  public static HipCommand call(StreamCall call, HipResource... uses) {
    return new HipCommand(List.of(uses)) {
      @Override
      void enqueue(HipStream stream, FailureReport failures) {
        try {
          call.enqueue(stream);
        } catch (RuntimeException e) {
          throw e;
        } catch (Exception e) {
          throw new IllegalStateException("a library call failed: " + e.getMessage(), e);
        }
      }
    };
  }

  /** Copies the whole buffer to the start of one on the device. */
  public static HipCommand copy(HipHostBuffer from, HipBuffer to) {
    requireRoom(from.bytes(), to.bytes());
    return call(
        stream -> Hip.copy(to.pointer(), from.pointer(), from.bytes(), stream.handle()), from, to);
  }

  /** Copies the whole buffer to the start of one of the host's. */
  public static HipCommand copy(HipBuffer from, HipHostBuffer to) {
    requireRoom(from.bytes(), to.bytes());
    return call(
        stream -> Hip.copy(to.pointer(), from.pointer(), from.bytes(), stream.handle()), from, to);
  }

  /** Copies the whole buffer to the start of another, which may lie on another device. */
  public static HipCommand copy(HipBuffer from, HipBuffer to) {
    requireRoom(from.bytes(), to.bytes());
    return new HipCommand(List.of(from, to)) {
      @Override // The queue may be of either side.
      void requireUsableOn(HipDevice user) {
        if (!from.device().equals(user)) {
          to.requireUsableOn(user);
        }
      }

      @Override
      void enqueue(HipStream stream, FailureReport failures) {
        Hip.copy(to.pointer(), from.pointer(), from.bytes(), stream.handle());
      }
    };
  }

  private static void requireRoom(long from, long to) {
    if (from > to) {
      throw new IllegalArgumentException(
          "%d bytes are to be copied to a buffer of %d bytes".formatted(from, to));
    }
  }

  /** Sets every byte of the buffer. */
  public static HipCommand fill(HipBuffer buffer, byte value) {
    return call(
        stream -> Hip.fillBytes(buffer.pointer(), value, buffer.bytes(), stream.handle()), buffer);
  }

  /**
   * Sets every int of the buffer.
   *
   * @throws IllegalArgumentException if its size is no multiple of 4 bytes
   */
  public static HipCommand fill(HipBuffer buffer, int value) {
    if (buffer.bytes() % Integer.BYTES != 0) {
      throw new IllegalArgumentException(
          "%d bytes cannot be filled with ints of 4".formatted(buffer.bytes()));
    }
    long count = buffer.bytes() / Integer.BYTES;
    return call(stream -> Hip.fillInts(buffer.pointer(), value, count, stream.handle()), buffer);
  }

  /** Makes this place in the queue the event's. */
  public static HipCommand record(HipEvent event) {
    return call(stream -> Hip.recordEvent(event.handle(), stream.handle()), event);
  }

  /**
   * What comes behind this waits until what stood before the event, when it was last recorded, has
   * been done. The event may be another device's.
   */
  public static HipCommand awaitEvent(HipEvent event) {
    return new HipCommand(List.of(event)) {
      @Override
      void requireUsableOn(HipDevice user) {}

      @Override
      void enqueue(HipStream stream, FailureReport failures) {
        Hip.streamWaitEvent(stream.handle(), event.handle());
      }
    };
  }

  /**
   * Calls a function of the host's when everything before it is done; what comes behind it waits.
   * It runs on a thread of the runtime's and must not call HIP. What it throws is the command's
   * failure. Needs ROCm 5.3.
   */
  public static HipCommand host(Runnable function) {
    return new HostFunction(function);
  }

  /**
   * Puts the work into the stream, whose device is current, and does not wait for it.
   *
   * @throws RuntimeException if it cannot be put there
   */
  abstract void enqueue(HipStream stream, FailureReport failures);

  /** Does {@link #enqueue} if what it uses is there and belongs to the stream's device. */
  final void launch(HipStream stream, FailureReport failures) {
    for (HipResource resource : resources) {
      resource.lifetime.requireAlive();
    }
    requireUsableOn(stream.device());
    enqueue(stream, failures);
  }

  void requireUsableOn(HipDevice user) {
    for (HipResource resource : resources) {
      resource.requireUsableOn(user);
    }
  }

  @Override
  protected final void accepted() {
    for (int i = 0; i < resources.length; i++) {
      try {
        resources[i].lifetime.retain();
      } catch (IllegalStateException e) {
        Arrays.stream(resources, 0, i).forEach(resource -> resource.lifetime.release());
        throw e;
      }
    }
  }

  @Override
  protected void finished() {
    for (HipResource resource : resources) {
      resource.lifetime.release();
    }
  }
}
