package dev.overtake.core.xqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Hardware that a test drives by hand: it writes down what it is told, and commands finish when the
 * test says so. Only the {@linkplain #finishesAtOnce synchronous} variety does anything by itself.
 */
public final class FakeHwQueue implements HwQueue {
  /** A command that {@link #calls} tells by its name. */
  public static class Named extends Command {
    private final String name;

    public Named(String name) {
      this.name = name;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private record Marker(long number, long behind) {}

  private final List<String> calls = new ArrayList<>();
  private final Deque<Command> unfinished = new ArrayDeque<>();
  private final Deque<Marker> markers = new ArrayDeque<>();
  private Listener listener;
  private PreemptionLevel maxLevel = PreemptionLevel.L3;
  private boolean finishesAtOnce;
  private long spinNanos;
  private Runnable duringNextLaunch = () -> {};
  private Throwable launchFailure;
  private Throwable markerFailure;
  private Throwable deactivateFailure;
  private long launched;
  private int mostUnfinished;

  /** Hardware that reaches no further than this level. */
  static FakeHwQueue upTo(PreemptionLevel maxLevel) {
    var hw = new FakeHwQueue();
    hw.maxLevel = maxLevel;
    return hw;
  }

  /** Hardware that has finished a command, and reports it, before launch or marker returns. */
  static FakeHwQueue finishesAtOnce() {
    var hw = new FakeHwQueue();
    hw.finishesAtOnce = true;
    return hw;
  }

  /** All that it was told since the last call of this method, such as {@code launch a}. */
  public synchronized List<String> calls() {
    var taken = List.copyOf(calls);
    calls.clear();
    return taken;
  }

  /** Launched commands that the hardware has not finished. */
  public synchronized int unfinished() {
    return unfinished.size();
  }

  synchronized int mostUnfinished() {
    return mostUnfinished;
  }

  /** For how long who waits for a command spins. */
  void spinFor(long nanos) {
    spinNanos = nanos;
  }

  /** The next launch does this before it returns. */
  void duringNextLaunch(Runnable action) {
    duringNextLaunch = action;
  }

  /** The next launch is refused with this. */
  void refuseNextLaunch(Throwable failure) {
    launchFailure = failure;
  }

  void refuseNextMarker(Throwable failure) {
    markerFailure = failure;
  }

  void refuseNextDeactivate(Throwable failure) {
    deactivateFailure = failure;
  }

  /** The oldest commands run to their end, and the last marker that this reaches is reported. */
  public void finish(int commands) {
    long reached = 0;
    synchronized (this) {
      assertThat(unfinished).as("launched and unfinished").hasSizeGreaterThanOrEqualTo(commands);
      for (int i = 0; i < commands; i++) {
        unfinished.removeFirst();
      }
      long finished = launched - unfinished.size();
      while (!markers.isEmpty() && markers.getFirst().behind <= finished) {
        reached = markers.removeFirst().number;
      }
    }
    if (reached != 0) {
      listener.completed(reached);
    }
  }

  public void finishAll() {
    while (unfinished() > 0) {
      finish(unfinished());
    }
  }

  /** The oldest command ends with an error. */
  void fail(Throwable cause) {
    listener.failed(oldestUnfinished(), cause);
    finish(1);
  }

  /** The oldest command has ended with an error; no marker behind it has been reached. */
  void reportFailure(Throwable cause) {
    listener.failed(oldestUnfinished(), cause);
  }

  void lose(Throwable cause) {
    listener.lost(cause);
  }

  private synchronized Command oldestUnfinished() {
    return unfinished.getFirst();
  }

  @Override
  public void attach(Listener listener) {
    if (this.listener != null) {
      throw new IllegalStateException("the fake has a queue already");
    }
    this.listener = listener;
  }

  @Override
  public String device() {
    return "fake";
  }

  @Override
  public Class<? extends Command> commandType() {
    return Named.class;
  }

  @Override
  public PreemptionLevel maxLevel() {
    return maxLevel;
  }

  @Override
  public void launch(Command command) {
    record("launch " + command);
    Runnable action = duringNextLaunch;
    duringNextLaunch = () -> {};
    action.run();
    Throwable failure = launchFailure;
    launchFailure = null;
    throwIfAny(failure);
    synchronized (this) {
      launched++;
      unfinished.addLast(command);
      mostUnfinished = Math.max(mostUnfinished, unfinished.size());
    }
    if (finishesAtOnce) {
      finishAll();
    }
  }

  @Override
  public void marker(long number) {
    record("marker " + number);
    Throwable failure = markerFailure;
    markerFailure = null;
    throwIfAny(failure);
    boolean reached;
    synchronized (this) {
      reached = unfinished.isEmpty();
      if (!reached) {
        markers.addLast(new Marker(number, launched));
      }
    }
    if (reached) {
      listener.completed(number);
    }
  }

  @Override
  public long spinNanos() {
    return spinNanos;
  }

  @Override
  public void synchronize() {
    record("synchronize");
  }

  @Override
  public void deactivate() {
    record("deactivate");
    throwIfAny(deactivateFailure);
  }

  @Override
  public void reactivate() {
    record("reactivate");
  }

  @Override
  public void interrupt() {
    record("interrupt");
  }

  @Override
  public void restore() {
    record("restore");
  }

  @Override
  public void close() {
    record("close");
  }

  private synchronized void record(String call) {
    if (!finishesAtOnce) { // Which is used with millions of commands.
      calls.add(call);
    }
  }

  private static void throwIfAny(Throwable failure) {
    switch (failure) {
      case null -> {}
      case RuntimeException exception -> throw exception;
      case Error error -> throw error;
      default -> throw new AssertionError("hardware cannot throw this", failure);
    }
  }
}
