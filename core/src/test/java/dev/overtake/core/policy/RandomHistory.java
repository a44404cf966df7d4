package dev.overtake.core.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Queues that come and go, become ready and idle, and are given other hints, in random order and at
 * random times: the same for the same seed. Every kind of hint occurs, as well as steps of the
 * clock from none to hours, and clocks that wrap.
 */
final class RandomHistory {
  private static final int MAX_QUEUES = 8;

  private final Random random;
  private final List<QueueStatus> queues = new ArrayList<>();
  private long nextId = 1;
  private long nowNanos;

  RandomHistory(long seed) {
    random = new Random(seed);
    nowNanos = random.nextInt(10) == 0 ? Long.MAX_VALUE - 1_000_000_000 : random.nextInt();
  }

  /** Goes on by one step of the clock and a few changes. */
  void advance() {
    nowNanos += step();
    for (int changes = random.nextInt(3); changes >= 0; changes--) {
      change();
    }
  }

  /** The queues now, in the order in which they came. */
  List<QueueStatus> queues() {
    return List.copyOf(queues);
  }

  long nowNanos() {
    return nowNanos;
  }

  private long step() {
    return switch (random.nextInt(8)) {
      case 0 -> 0;
      case 1 -> random.nextLong(10_000_000_000_000L);
      case 2, 3 -> random.nextLong(1_000_000_000);
      default -> random.nextLong(10_000_000);
    };
  }

  private void change() {
    if (queues.isEmpty() || (queues.size() < MAX_QUEUES && random.nextInt(10) == 0)) {
      queues.add(status(nextId++, random.nextBoolean(), hints()));
      return;
    }
    int index = random.nextInt(queues.size());
    QueueStatus queue = queues.get(index);
    switch (random.nextInt(12)) {
      case 0 -> queues.remove(index);
      case 1 -> queues.set(index, status(queue.id(), queue.ready(), hints()));
      default -> queues.set(index, status(queue.id(), !queue.ready(), queue.hints()));
    }
  }

  /** What does not change of a queue follows from its id. */
  private QueueStatus status(long id, boolean ready, Hints hints) {
    int nice = (int) (id % 40) - 20;
    String device = id % 3 == 0 ? "a" : "b";
    long sinceNanos = nowNanos - (random.nextBoolean() ? 0 : random.nextInt(1000));
    return new QueueStatus(id, "q" + id, device, id % 5, nice, ready, sinceNanos, hints);
  }

  private Hints hints() {
    return new Hints(
        random.nextBoolean() ? 0 : random.nextInt(-3, 4),
        random.nextInt(3) * 30,
        random.nextBoolean() ? 0 : random.nextLong(10_000_000),
        nanos(),
        laxity(),
        random.nextInt(4) == 0,
        target());
  }

  /** 0, some milliseconds, or the largest number there is. */
  private long nanos() {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> 0;
      case 3 -> Long.MAX_VALUE;
      default -> 1 + random.nextLong(20_000_000);
    };
  }

  private @Nullable Laxity laxity() {
    long nanos = nanos();
    int lax = random.nextInt(-3, 4);
    return nanos == 0 ? null : new Laxity(nanos, lax, lax + random.nextInt(4));
  }

  private @Nullable LatencyTarget target() {
    long nanos = nanos();
    return nanos == 0 ? null : new LatencyTarget(nanos, 50 + random.nextDouble(49.9));
  }
}
