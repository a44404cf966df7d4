package dev.overtake.platform.cuda;

import dev.overtake.core.xqueue.Command;
import dev.overtake.driver.FailureReport;
import java.util.Arrays;
import java.util.List;

/**
 * A command for a CUDA stream. What it uses stays alive from when it is submitted until it has
 * finished, also if it is closed meanwhile. A launch of a kernel comes from {@link
 * BoundKernel#launch}; the others are made here.
 */
public abstract class CudaCommand extends Command {
  /** A call of a library that takes the stream that it is to work in. */
  @FunctionalInterface
  public interface StreamCall {
    /**
     * Puts work into the stream and does not wait for it. The stream's context is current. It runs
     * under the queue's lock, so it must not call the queue. It must not block either, on a lock
     * for one: the context is current in the thread that carries the caller, and a virtual thread
     * that blocks may go on upon another. A capture of the stream that it begins it has to end: the
     * queue launches nothing into one.
     */
    void enqueue(CudaStream stream) throws Exception;
  }

  /** An array, since going through a list allocates an iterator. */
  private final CudaResource[] resources;

  CudaCommand(List<? extends CudaResource> resources) {
    this.resources = resources.toArray(CudaResource[]::new);
  }

  /**
   * Whatever a library puts into a stream: cuBLAS, cuDNN, a model's run function.
   *
   * @param uses what has to stay alive until it is done
   */
  public static CudaCommand call(StreamCall call, CudaResource... uses) {
    return new CudaCommand(List.of(uses)) {
      @Override
      void enqueue(CudaStream stream, FailureReport failures) {
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
  public static CudaCommand copy(HostBuffer from, DeviceBuffer to) {
    requireRoom(from.bytes(), to.bytes());
    return call(
        stream ->
            CudaDriver.copyToDevice(to.pointer(), from.pointer(), from.bytes(), stream.handle()),
        from,
        to);
  }

  /** Copies the whole buffer to the start of one of the host's. */
  public static CudaCommand copy(DeviceBuffer from, HostBuffer to) {
    requireRoom(from.bytes(), to.bytes());
    return call(
        stream ->
            CudaDriver.copyToHost(to.pointer(), from.pointer(), from.bytes(), stream.handle()),
        from,
        to);
  }

  /** Copies the whole buffer to the start of another, which may lie on another device. */
  public static CudaCommand copy(DeviceBuffer from, DeviceBuffer to) {
    requireRoom(from.bytes(), to.bytes());
    return from.context().handle() == to.context().handle()
        ? call(
            stream ->
                CudaDriver.copyOnDevice(
                    to.pointer(), from.pointer(), from.bytes(), stream.handle()),
            from,
            to)
        : new PeerCopy(from, to);
  }

  private static void requireRoom(long from, long to) {
    if (from > to) {
      throw new IllegalArgumentException(
          "%d bytes are to be copied to a buffer of %d bytes".formatted(from, to));
    }
  }

  /** Sets every byte of the buffer. */
  public static CudaCommand fill(DeviceBuffer buffer, byte value) {
    return call(
        stream -> CudaDriver.fillBytes(buffer.pointer(), value, buffer.bytes(), stream.handle()),
        buffer);
  }

  /**
   * Sets every int of the buffer.
   *
   * @throws IllegalArgumentException if its size is no multiple of 4 bytes
   */
  public static CudaCommand fill(DeviceBuffer buffer, int value) {
    if (buffer.bytes() % Integer.BYTES != 0) {
      throw new IllegalArgumentException(
          "%d bytes cannot be filled with ints of 4".formatted(buffer.bytes()));
    }
    long count = buffer.bytes() / Integer.BYTES;
    return call(
        stream -> CudaDriver.fillInts(buffer.pointer(), value, count, stream.handle()), buffer);
  }

  /** Runs a whole graph: to the queue it is one command. */
  public static CudaCommand launch(CudaGraph graph) {
    return call(stream -> CudaDriver.launchGraph(graph.executable(), stream.handle()), graph);
  }

  /** Makes this place in the queue the event's. */
  public static CudaCommand record(CudaEvent event) {
    return new CudaCommand(List.of(event)) {
      @Override
      boolean fitsGraph() {
        return false;
      }

      @Override
      void enqueue(CudaStream stream, FailureReport failures) {
        CudaDriver.recordEvent(event.handle(), stream.handle());
      }
    };
  }

  /**
   * The command, and on both sides of it events that tell how long the device took for it: {@code
   * begin.nanosUntil(end)}. Threads that launch such commands into one {@link CudaStream} do so one
   * after another, so that nothing of another's is within the time.
   *
   * @param command part of the new one from here on, and not to be submitted by itself
   */
  public static CudaCommand timed(CudaCommand command, CudaEvent begin, CudaEvent end) {
    return new TimedCommand(command, begin, end);
  }

  /**
   * What comes behind this waits until what stood before the event, when it was last recorded, has
   * been done. The event may be another device's.
   */
  public static CudaCommand awaitEvent(CudaEvent event) {
    return new CudaCommand(List.of(event)) {
      @Override
      boolean fitsGraph() {
        return false;
      }

      @Override
      void requireUsableIn(CudaContext user) {}

      @Override
      void enqueue(CudaStream stream, FailureReport failures) {
        CudaDriver.streamWaitEvent(stream.handle(), event.handle());
      }
    };
  }

  /**
   * Calls a function of the host's when everything before it is done; what comes behind it waits.
   * It runs on a thread of the driver's and must not call CUDA. What it throws is the command's
   * failure.
   */
  public static CudaCommand host(Runnable function) {
    return new HostFunction(function);
  }

  /**
   * Puts the work into the stream, whose context is current, and does not wait for it.
   *
   * @throws RuntimeException if it cannot be put there
   */
  abstract void enqueue(CudaStream stream, FailureReport failures);

  /** Whether it means the same each time that a graph runs of which it is a part. */
  boolean fitsGraph() {
    return true;
  }

  /** Does {@link #enqueue} if what it uses is there and belongs to the stream's context. */
  final void launch(CudaStream stream, FailureReport failures) {
    for (CudaResource resource : resources) {
      resource.requireAlive();
    }
    requireUsableIn(stream.context());
    enqueue(stream, failures);
  }

  void requireUsableIn(CudaContext user) {
    for (CudaResource resource : resources) {
      resource.requireUsableIn(user);
    }
  }

  List<CudaResource> resources() {
    return List.of(resources);
  }

  @Override
  protected void accepted() {
    for (int i = 0; i < resources.length; i++) {
      try {
        resources[i].retain();
      } catch (IllegalStateException e) {
        Arrays.stream(resources, 0, i).forEach(CudaResource::release);
        throw e;
      }
    }
  }

  @Override
  protected void finished() {
    for (CudaResource resource : resources) {
      resource.release();
    }
  }
}
