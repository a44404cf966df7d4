package dev.overtake.microbench;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A hardware queue that takes no time to do nothing. Whatever a benchmark measures on it is the
 * XQueue's. Subclasses say when a marker is reported; this one leaves that to the benchmark.
 */
class IdleHardware implements HwQueue {
  private @Nullable Listener listener;
  private long marked;

  @Override
  public void attach(Listener listener) {
    this.listener = listener;
  }

  /** Reports everything launched so far as finished. */
  final void complete() {
    listener().completed(marked);
  }

  final Listener listener() {
    return Objects.requireNonNull(listener, "an XQueue attaches itself when it is opened");
  }

  @Override
  public void launch(Command command) {}

  @Override
  public void marker(long number) {
    marked = number;
  }

  @Override
  public String device() {
    return "idle";
  }

  @Override
  public Class<NoOpCommand> commandType() {
    return NoOpCommand.class;
  }

  @Override
  public PreemptionLevel maxLevel() {
    return PreemptionLevel.L1;
  }

  @Override
  public void synchronize() {}

  @Override
  public void close() {}
}
