package dev.overtake.sim.model;

import dev.overtake.core.policy.Hints;
import java.util.function.Consumer;

/**
 * Programs, or threads, that send requests to a device, each by a queue of its own. A queue is
 * there from {@code startNanos} on. After {@code endNanos} it is sent no more requests, and it goes
 * when those that it has are finished.
 *
 * @param name no other client of its machine has it
 * @param count how many clients of this kind there are, at least 1; results are over all of them
 * @param device the name of a device of its machine
 * @param process the pid that a policy sees, above 0, of all clients of this kind; {@link
 *     #OWN_PROCESS} for one of its own each
 * @param nice of the process: -20 to 19, smaller is more urgent
 * @param hints what the policy is told of the queue
 * @param inFlight how much of its work it launches ahead
 * @param lingerNanos how long the queue still counts as ready after its last command, 0 or more
 * @param load when it sends requests
 * @param work what a request is
 * @param startNanos when it comes, 0 or more
 * @param endNanos when it leaves, after {@code startNanos}; {@link #STAYS} if it does not
 */
public record Client(
    String name,
    int count,
    String device,
    long process,
    int nice,
    Hints hints,
    InFlight inFlight,
    long lingerNanos,
    Load load,
    Work work,
    long startNanos,
    long endNanos) {
  public static final long OWN_PROCESS = 0;
  public static final long STAYS = Long.MAX_VALUE;

  /**
   * @throws IllegalArgumentException if a value is out of range; the message says what to give
   */
  public Client {
    Check.given("a client", name);
    Check.positive("the count of client " + name, count);
    Check.given("the device of client " + name, device);
    Check.notNegative("the linger of client " + name, lingerNanos);
    Check.notNegative("the start of client " + name, startNanos);
    if (process < 0) {
      throw new IllegalArgumentException(
          "the process of client %s is %d: give a pid, or %d for one of its own each"
              .formatted(name, process, OWN_PROCESS));
    }
    if (nice < -20 || nice > 19) {
      throw new IllegalArgumentException(
          "client %s has nice %d: give -20 to 19".formatted(name, nice));
    }
    if (endNanos <= startNanos) {
      throw new IllegalArgumentException(
          "client %s starts at %d ns and ends at %d ns: give a later end"
              .formatted(name, startNanos, endNanos));
    }
    if (load instanceof Load.ClosedLoop(Distribution think)
        && think.mean() > 0
        && work.requestsAhead() > 1) {
      throw new IllegalArgumentException(
          "client %s pauses between requests, and launches %d of them ahead: give one of the two"
              .formatted(name, work.requestsAhead()));
    }
    if (load instanceof Load.ClosedLoop && work.requestsAhead() == Work.ALL_AHEAD) {
      throw new IllegalArgumentException(
          "client %s is a loop that never waits: give how many requests it launches ahead"
              .formatted(name));
    }
    if (load instanceof Load.ClosedLoop(Distribution think)
        && think.mean() == 0
        && work.meanDeviceNanos() + work.hostNanos().mean() == 0) {
      throw new IllegalArgumentException(
          "client %s sends requests that take no time without a pause: give either a duration"
              .formatted(name));
    }
  }

  /** One client without hints that is there from the beginning to the end. */
  public static Client of(String name, String device, Load load, Work work) {
    return new Client(
        name, 1, device, OWN_PROCESS, 0, Hints.NONE, InFlight.DEFAULT, 0, load, work, 0, STAYS);
  }

  public Client withCount(int count) {
    return with(changed -> changed.count = count);
  }

  public Client withProcess(long process, int nice) {
    return with(
        changed -> {
          changed.process = process;
          changed.nice = nice;
        });
  }

  public Client withHints(Hints hints) {
    return with(changed -> changed.hints = hints);
  }

  public Client withInFlight(InFlight inFlight) {
    return with(changed -> changed.inFlight = inFlight);
  }

  public Client withLingerNanos(long lingerNanos) {
    return with(changed -> changed.lingerNanos = lingerNanos);
  }

  /** The same client, there for a part of the time. */
  public Client during(long startNanos, long endNanos) {
    return with(
        changed -> {
          changed.startNanos = startNanos;
          changed.endNanos = endNanos;
        });
  }

  private Client with(Consumer<Changed> change) {
    var changed = new Changed(this);
    change.accept(changed);
    return changed.client();
  }

  /** The same client while something of it changes, so that the rest is listed once. */
  private static final class Changed {
    private final Client client;
    private int count;
    private long process;
    private int nice;
    private Hints hints;
    private InFlight inFlight;
    private long lingerNanos;
    private long startNanos;
    private long endNanos;

    private Changed(Client client) {
      this.client = client;
      count = client.count;
      process = client.process;
      nice = client.nice;
      hints = client.hints;
      inFlight = client.inFlight;
      lingerNanos = client.lingerNanos;
      startNanos = client.startNanos;
      endNanos = client.endNanos;
    }

    private Client client() {
      return new Client(
          client.name,
          count,
          client.device,
          process,
          nice,
          hints,
          inFlight,
          lingerNanos,
          client.load,
          client.work,
          startNanos,
          endNanos);
    }
  }
}
