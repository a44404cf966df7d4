package dev.overtake.bench.hip;

import dev.overtake.bench.products.BareSubmission;
import dev.overtake.core.xqueue.Command;
import dev.overtake.platform.hip.BareStream;
import dev.overtake.platform.hip.HipCommand;
import dev.overtake.platform.hip.HipEvent;
import dev.overtake.platform.hip.HipStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The runtime's own calls for a client of HIP's. */
final class HipCalls implements BareSubmission.Calls {
  private final HipStream stream;

  /** Never closed: its thread ends with the trial, and what is current there with it. */
  private @Nullable BareStream bare;

  HipCalls(HipStream stream) {
    this.stream = stream;
  }

  @Override
  public void enter() {
    bare = BareStream.enter(stream);
  }

  @Override
  public void launch(Command command) {
    Objects.requireNonNull(bare).launch((HipCommand) command);
  }

  @Override
  public BareSubmission.Event newEvent() {
    HipEvent event = stream.device().newEvent();
    return new BareSubmission.Event() {
      @Override
      public void record() {
        launch(HipCommand.record(event));
      }

      @Override
      public void await() {
        event.synchronize();
      }

      @Override
      public void close() {
        event.close();
      }
    };
  }

  @Override
  public void synchronize() {
    stream.synchronize();
  }
}
