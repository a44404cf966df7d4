package dev.overtake.core.testing;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;

/** Does nothing about what it is told. */
public final class SilentListener implements HwQueue.Listener {
  @Override
  public void completed(long marker) {}

  @Override
  public void failed(Command command, Throwable cause) {}

  @Override
  public void lost(Throwable cause) {}
}
