package dev.overtake.platform.cuda;

import dev.overtake.driver.FailureReport;
import java.util.List;
import java.util.concurrent.locks.Lock;

/** A command between two events. */
final class TimedCommand extends CudaCommand {
  private final CudaCommand command;
  private final CudaEvent begin;
  private final CudaEvent end;

  TimedCommand(CudaCommand command, CudaEvent begin, CudaEvent end) {
    super(List.of(begin, end));
    this.command = command;
    this.begin = begin;
    this.end = end;
  }

  @Override
  boolean fitsGraph() {
    return false;
  }

  @Override
  void enqueue(CudaStream stream, FailureReport failures) {
    Lock turn = stream.timing();
    while (!turn.tryLock()) {
      Thread.onSpinWait(); // Nothing may block here: see StreamCall.
    }
    try {
      CudaDriver.recordEvent(begin.handle(), stream.handle());
      command.launch(stream, (_, cause) -> failures.failed(this, cause));
      CudaDriver.recordEvent(end.handle(), stream.handle());
    } finally {
      turn.unlock();
    }
  }

  @Override
  protected void accepted() {
    super.accepted();
    try {
      command.accepted();
    } catch (RuntimeException e) {
      super.finished();
      throw e;
    }
  }

  @Override
  protected void finished() {
    command.finished();
    super.finished();
  }
}
