package dev.overtake.platform.cuda;

import dev.overtake.driver.FailureReport;
import dev.overtake.driver.HostCalls;
import java.util.List;

/** A command that calls Java. */
final class HostFunction extends CudaCommand {
  private final Runnable function;
  private long call;

  HostFunction(Runnable function) {
    super(List.of());
    this.function = function;
  }

  @Override
  boolean fitsGraph() {
    return false;
  }

  @Override
  void enqueue(CudaStream stream, FailureReport failures) {
    call =
        HostCalls.expect(
            () -> {
              try {
                function.run();
              } catch (Throwable e) {
                failures.failed(this, e);
              }
            });
    try {
      CudaDriver.launchHostFunction(stream.handle(), HostCalls.function(), call);
    } catch (RuntimeException e) {
      HostCalls.forget(call);
      throw e;
    }
  }

  /** The driver forgets those of a context that has failed. */
  @Override
  protected void finished() {
    super.finished();
    HostCalls.forget(call);
  }
}
