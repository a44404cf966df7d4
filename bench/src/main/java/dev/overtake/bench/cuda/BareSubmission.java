package dev.overtake.bench.cuda;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Submission;
import dev.overtake.core.xqueue.Command;
import dev.overtake.platform.cuda.BareStream;
import dev.overtake.platform.cuda.CudaCommand;
import dev.overtake.platform.cuda.CudaEvent;
import dev.overtake.platform.cuda.CudaException;
import dev.overtake.platform.cuda.CudaStream;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Launches by the driver's own calls in the client's thread, and waits for an event: what a program
 * does that knows nothing of queues.
 */
final class BareSubmission implements Submission {
  private final CudaStream stream;

  /** As many as passes were ever in flight; any thread brings back the one that it waited for. */
  private final Queue<CudaEvent> events = new ConcurrentLinkedQueue<>();

  /** Never closed: its thread ends with the trial, and what is current there with it. */
  private @Nullable BareStream bare;

  BareSubmission(CudaStream stream) {
    this.stream = stream;
  }

  @Override
  public Ticket submit(List<? extends Command> commands) {
    if (bare == null) {
      bare = BareStream.enter(stream);
    }
    CudaEvent event = events.poll();
    if (event == null) {
      event = stream.context().newEvent();
    }
    try {
      for (Command command : commands) {
        bare.launch((CudaCommand) command);
      }
      bare.launch(CudaCommand.record(event));
    } catch (CudaException e) {
      return failed(e);
    }
    return waiting(event);
  }

  private Ticket waiting(CudaEvent event) {
    return () -> {
      try {
        event.synchronize();
      } catch (CudaException e) {
        throw LoadException.because("a command failed on the device", e);
      }
      events.add(event);
    };
  }

  /** Some of the commands may have been launched before the one that could not be. */
  private Ticket failed(CudaException cause) {
    return () -> {
      try {
        stream.synchronize();
      } catch (CudaException e) {
        cause.addSuppressed(e); // Nothing runs in a context that has failed.
      }
      throw LoadException.because("a command could not be launched", cause);
    };
  }

  @Override
  public void close() {
    events.forEach(CudaEvent::close);
  }
}
