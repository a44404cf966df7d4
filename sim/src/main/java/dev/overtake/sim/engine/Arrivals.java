package dev.overtake.sim.engine;

import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.Load;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/** Sends a client's requests to its queue, from its start to its end. */
abstract sealed class Arrivals {
  private final SimulatedQueue queue;
  private final long endNanos;
  private final Timers.Timer due;

  private Arrivals(SimulatedQueue queue, Client client, Timers timers) {
    this.queue = queue;
    endNanos = client.endNanos();
    due = timers.make(this::due);
  }

  static Arrivals of(Client client, SimulatedQueue queue, SplittableRandom random, Timers timers) {
    return switch (client.load()) {
      case Load.OpenLoop load -> new Open(load, queue, client, random, timers);
      case Load.ClosedLoop load -> new Closed(load, queue, client, random, timers);
      case Load.Replay load -> new Recorded(load, queue, client, timers);
    };
  }

  /** The client comes. */
  abstract void begin(long now);

  /** Its queue has finished a request. */
  void requestFinished(long now) {}

  /** A request was sent: what comes next does. */
  void sent(long now) {}

  /** The next request comes then, if the client is still there. */
  final void next(long dueNanos) {
    if (dueNanos < endNanos) {
      due.set(dueNanos);
    }
  }

  /** A request comes. */
  final void due(long now) {
    if (now < endNanos) {
      sent(now);
      queue.requestDue(now, now);
    }
  }

  private static final class Open extends Arrivals {
    private final DoubleSupplier gaps;
    private final DoubleSupplier firstGap;

    /** Not rounded, so that the rate is met. */
    private double nextDue;

    Open(
        Load.OpenLoop load,
        SimulatedQueue queue,
        Client client,
        SplittableRandom random,
        Timers timers) {
      super(queue, client, timers);
      gaps = Sampling.gaps(load.arrivals(), load.ratePerSecond(), random);
      firstGap =
          // A random phase keeps periodic clients from meeting one another in step.
          load.arrivals() == Load.Arrivals.PERIODIC
              ? () -> gaps.getAsDouble() * random.nextDouble()
              : gaps;
    }

    @Override
    void begin(long now) {
      advance(now + firstGap.getAsDouble());
    }

    @Override
    void sent(long now) {
      advance(nextDue + gaps.getAsDouble());
    }

    private void advance(double dueNanos) {
      nextDue = dueNanos;
      next((long) dueNanos);
    }
  }

  private static final class Closed extends Arrivals {
    private final DoubleSupplier thinkNanos;
    private final int requestsAhead;

    Closed(
        Load.ClosedLoop load,
        SimulatedQueue queue,
        Client client,
        SplittableRandom random,
        Timers timers) {
      super(queue, client, timers);
      thinkNanos = Sampling.of(load.thinkNanos(), random);
      requestsAhead = client.work().requestsAhead();
    }

    @Override
    void begin(long now) {
      // All but one at once; of a client that pauses there is only one.
      for (int i = 1; i < requestsAhead; i++) {
        due(now);
      }
      next(now + Sampling.nanos(thinkNanos.getAsDouble()));
    }

    @Override
    void requestFinished(long now) {
      long think = Sampling.nanos(thinkNanos.getAsDouble());
      if (think == 0) {
        due(now); // In the same moment: nobody sees the queue idle between.
      } else {
        next(now + think);
      }
    }
  }

  private static final class Recorded extends Arrivals {
    private final List<Load.TraceRequest> requests;
    private long beginNanos;
    private int sent;

    Recorded(Load.Replay load, SimulatedQueue queue, Client client, Timers timers) {
      super(queue, client, timers);
      requests = load.requests();
    }

    @Override
    void begin(long now) {
      beginNanos = now;
      advance();
    }

    @Override
    void sent(long now) {
      sent++;
      advance();
    }

    private void advance() {
      if (sent < requests.size()) {
        next(beginNanos + requests.get(sent).dueNanos());
      }
    }
  }
}
