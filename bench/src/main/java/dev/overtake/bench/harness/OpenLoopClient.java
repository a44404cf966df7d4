package dev.overtake.bench.harness;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The latency-critical side: requests that are sent when they are due, whether or not earlier ones
 * have been answered. One thread sends, another takes the time of each answer; latency counts from
 * when a request was due, so that a stalled device cannot hide (coordinated omission).
 */
final class OpenLoopClient {
  /**
   * What the client saw.
   *
   * @param warmUps how many requests came before those that are recorded
   * @param dueNanos when each request was due, from the begin of measuring
   * @param latencyNanos how long each took; of an unfinished one, how long it had taken so far
   * @param unfinished how many had no answer when the trial was ended; the last ones
   * @param busyNanos how long at least one request was due and not answered
   */
  @SuppressWarnings("ArrayRecordComponent") // Thousands of numbers that nobody compares.
  record Recording(
      int warmUps, long[] dueNanos, long[] latencyNanos, int unfinished, long busyNanos) {}

  /** Of a request that was due, and could not be sent before the trial was over. */
  private static final Requests.Answer NEVER_SENT =
      () -> {
        throw new IllegalStateException("not sent before the trial was over");
      };

  private record Outstanding(long dueNanos, Requests.Answer answer) {}

  private final Requests requests;
  private final long[] dueNanos;
  private final int warmUps;
  private final long spinNanos;
  private final LinkedBlockingQueue<Optional<Outstanding>> outstanding =
      new LinkedBlockingQueue<>();
  private final Thread sender = Thread.ofPlatform().name("bench-high-sender").unstarted(this::send);
  private final Thread receiver =
      Thread.ofPlatform().name("bench-high-receiver").unstarted(this::receive);

  private volatile long startNanos;
  private volatile long stopNanos;
  private volatile boolean stopping;
  private volatile boolean ending;

  // Written by the receiver, read after it has ended.
  private final long[] latencyNanos;
  private int received;
  private int unfinished;
  private long busyNanos;

  private volatile @Nullable Throwable failure;

  /**
   * @param dueNanos when requests are due, from the begin of measuring; rising. Those below 0 warm
   *     up what is compiled or loaded when it is first used, and are not recorded
   * @param spinNanos see {@link Testbed#spinNanos}
   */
  OpenLoopClient(Requests requests, long[] dueNanos, long spinNanos) {
    this.requests = requests;
    this.dueNanos = dueNanos;
    warmUps = (int) LongStream.of(dueNanos).filter(due -> due < 0).count();
    this.spinNanos = spinNanos;
    latencyNanos = new long[dueNanos.length - warmUps];
  }

  /**
   * Starts to send.
   *
   * @param startNanos when measuring begins, by {@link System#nanoTime()}: due times count from it
   */
  void start(long startNanos) {
    this.startNanos = startNanos;
    sender.start();
    receiver.start();
  }

  /** Sends what is due by now, even if the sender is late, and nothing more. */
  synchronized void stop() {
    if (!stopping) {
      stopNanos = System.nanoTime();
      stopping = true;
    }
    LockSupport.unpark(sender);
  }

  /** Waits for the answers to what was sent; false if some are missing after this time. */
  boolean awaitAnswers(long timeoutNanos) throws InterruptedException {
    receiver.join(Duration.ofNanos(timeoutNanos));
    return !receiver.isAlive();
  }

  /** Whether a request failed while the trial was going on; {@link #end} then throws. */
  boolean hasFailed() {
    return failure != null;
  }

  /** From now on a request that fails is one that the trial's end cut off. */
  void expectEnd() {
    ending = true;
  }

  /**
   * The recording, once the device has answered or given up every request.
   *
   * @throws LoadException if a request failed while the trial was going on
   */
  Recording end() throws InterruptedException {
    join();
    if (failure != null) {
      throw LoadException.because("a high-priority request failed", failure);
    }
    return new Recording(
        warmUps,
        Arrays.copyOfRange(dueNanos, warmUps, warmUps + received),
        Arrays.copyOf(latencyNanos, received),
        unfinished,
        busyNanos);
  }

  /** Waits for the client's end, as {@link #end} does, and throws nothing that went wrong. */
  void join() throws InterruptedException {
    stop();
    sender.join();
    receiver.join();
  }

  private void send() {
    try {
      for (long due : dueNanos) {
        if (!sleepUntil(startNanos + due) || failure != null) {
          break;
        }
        outstanding.add(Optional.of(new Outstanding(startNanos + due, sendUnlessEnding())));
      }
    } catch (RuntimeException | Error e) { // Any: a thread that ends unnoticed makes fine figures.
      fail(e);
    } finally {
      outstanding.add(Optional.empty());
    }
  }

  /** A stalled device may keep the sender from sending: what it could not send waits as well. */
  private Requests.Answer sendUnlessEnding() {
    try {
      return ending ? NEVER_SENT : requests.send();
    } catch (RuntimeException e) {
      if (ending) {
        return NEVER_SENT;
      }
      throw e;
    }
  }

  /** Sleeps until then, unless the client is stopped before: false. */
  private boolean sleepUntil(long timeNanos) {
    long remaining = timeNanos - System.nanoTime();
    while (remaining > 0 && !stopping) {
      if (remaining > spinNanos) {
        LockSupport.parkNanos(this, remaining - spinNanos);
      } else {
        Thread.onSpinWait();
      }
      remaining = timeNanos - System.nanoTime();
    }
    return !stopping || timeNanos - stopNanos <= 0;
  }

  private void receive() {
    try {
      long lastAnswer = startNanos;
      for (var next = outstanding.take(); next.isPresent(); next = outstanding.take()) {
        Outstanding request = next.get();
        awaitAnswer(request);
        long now = System.nanoTime();
        if (request.dueNanos() < startNanos) {
          continue;
        }
        latencyNanos[received++] = now - request.dueNanos();
        busyNanos += now - Math.max(request.dueNanos(), lastAnswer);
        lastAnswer = now;
      }
    } catch (RuntimeException | Error e) {
      fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitAnswer(Outstanding request) throws InterruptedException {
    try {
      request.answer().await();
    } catch (RuntimeException | Error e) {
      if (!ending) {
        fail(e);
      }
      if (request.dueNanos() >= startNanos) {
        unfinished++;
      }
    }
  }

  private synchronized void fail(Throwable e) {
    if (failure == null) {
      failure = e;
    }
    stop();
  }
}
