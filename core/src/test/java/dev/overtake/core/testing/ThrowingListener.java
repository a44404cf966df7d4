package dev.overtake.core.testing;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;

/** Throws when it is told of completions or of loss. */
public final class ThrowingListener implements HwQueue.Listener {
  @Override
  public void completed(long marker) {
    throw new IllegalStateException("of a test");
  }

  @Override
  public void failed(Command command, Throwable cause) {}

  @Override
  public void lost(Throwable cause) {
    throw new IllegalStateException("of a test");
  }
}
