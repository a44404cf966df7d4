package dev.overtake.bench.harness;

import dev.overtake.core.xqueue.Command;
import java.util.List;

/**
 * One pass through what a client computes, as commands that are to be submitted in order. What it
 * holds is released when its last command has run, or by {@link #close} if that never happens.
 */
public interface Inference extends AutoCloseable {
  List<? extends Command> commands();

  /** The client has seen that all of it has run. */
  default void ended() {}

  /** Only when no command of the pass is running or will. */
  @Override
  void close();
}
