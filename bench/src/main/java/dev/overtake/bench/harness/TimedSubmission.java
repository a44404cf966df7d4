package dev.overtake.bench.harness;

import dev.overtake.core.xqueue.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Another way to the device, and how long each command took there. Nothing is told of a pass that
 * failed. Await each ticket until it has told how its commands ended, and then no more.
 */
final class TimedSubmission implements Submission {
  private final Submission way;
  private final Supplier<? extends Stopwatch> maker;
  private final Consumer<long[]> times;

  /** The client's own thread makes them, and whoever closes this comes after it. */
  private final List<Stopwatch> made = new ArrayList<>();

  /** Whose pass is done; any thread brings back the one that it has read. */
  private final Queue<Stopwatch> idle = new ConcurrentLinkedQueue<>();

  /**
   * @param way closed with this
   * @param maker makes as many as passes are ever in flight
   * @param times hears, in the thread that awaits a pass, how many nanoseconds each of its commands
   *     took
   */
  TimedSubmission(Submission way, Supplier<? extends Stopwatch> maker, Consumer<long[]> times) {
    this.way = way;
    this.maker = maker;
    this.times = times;
  }

  @Override
  public Ticket submit(List<? extends Command> commands) {
    Stopwatch watch = idleOrNew();
    int count = commands.size();
    Ticket ticket =
        way.submit(
            IntStream.range(0, count).mapToObj(i -> watch.timed(i, commands.get(i))).toList());
    return () -> {
      ticket.await();
      times.accept(IntStream.range(0, count).mapToLong(watch::nanos).toArray());
      idle.add(watch);
    };
  }

  private Stopwatch idleOrNew() {
    Stopwatch watch = idle.poll();
    if (watch == null) {
      watch = maker.get();
      made.add(watch);
    }
    return watch;
  }

  @Override
  public void giveUp() {
    way.giveUp();
  }

  @Override
  public void close() {
    way.close();
    made.forEach(Stopwatch::close);
  }
}
