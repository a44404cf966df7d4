package dev.overtake.platform.hip;

import dev.overtake.driver.FailureReport;
import dev.overtake.driver.HostCalls;
import java.util.List;

/** A command that calls Java. */
final class HostFunction extends HipCommand {
  private final Runnable function;
  private long call;

  HostFunction(Runnable function) {
    super(List.of());
    this.function = function;
  }

  @Override
  void enqueue(HipStream stream, FailureReport failures) {
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
      Hip.launchHostFunction(stream.handle(), HostCalls.function(), call);
    } catch (RuntimeException e) {
      HostCalls.forget(call);
      throw e;
    }
  }

  /** The runtime forgets those of a device that has failed. */
  @Override
  protected void finished() {
    super.finished();
    HostCalls.forget(call);
  }
}
