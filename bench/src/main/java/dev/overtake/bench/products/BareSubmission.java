package dev.overtake.bench.products;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Submission;
import dev.overtake.core.xqueue.Command;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Launches by the driver's own calls in the client's thread, and waits for an event: what a program
 * does that knows nothing of queues.
 */
public final class BareSubmission implements Submission {
  /**
   * A driver's stream, with nothing of ours between. What a call throws is the driver's refusal.
   */
  public interface Calls {
    /** Has the calling thread launch there, until it ends. */
    void enter();

    /** Puts the command into the stream. */
    void launch(Command command);

    /** Makes an event of the stream. */
    Event newEvent();

    /** Waits until the stream is empty. */
    void synchronize();
  }

  /** A place in the stream. */
  public interface Event extends AutoCloseable {
    /** Makes it the one behind everything that was launched. */
    void record();

    /** Waits until all before it is done; by any thread. */
    void await();

    @Override
    void close();
  }

  private final Calls calls;

  /** As many as passes were ever in flight; any thread brings back the one that it waited for. */
  private final Queue<Event> events = new ConcurrentLinkedQueue<>();

  private boolean entered;

  public BareSubmission(Calls calls) {
    this.calls = calls;
  }

  @Override
  public Ticket submit(List<? extends Command> commands) {
    if (!entered) {
      calls.enter();
      entered = true;
    }
    Event spare = events.poll();
    Event event = spare == null ? calls.newEvent() : spare;
    try {
      commands.forEach(calls::launch);
      event.record();
    } catch (RuntimeException e) {
      return failed(e);
    }
    return waiting(event);
  }

  private Ticket waiting(Event event) {
    return () -> {
      try {
        event.await();
      } catch (RuntimeException e) {
        throw LoadException.because("a command failed on the device", e);
      }
      events.add(event);
    };
  }

  /** Some of the commands may have been launched before the one that could not be. */
  private Ticket failed(RuntimeException cause) {
    return () -> {
      try {
        calls.synchronize();
      } catch (RuntimeException e) {
        cause.addSuppressed(e); // Nothing runs on a device that has failed.
      }
      throw LoadException.because("a command could not be launched", cause);
    };
  }

  @Override
  public void close() {
    events.forEach(Event::close);
  }
}
