package dev.overtake.bench.cuda;

import dev.overtake.bench.products.BareSubmission;
import dev.overtake.core.xqueue.Command;
import dev.overtake.platform.cuda.BareStream;
import dev.overtake.platform.cuda.CudaCommand;
import dev.overtake.platform.cuda.CudaEvent;
import dev.overtake.platform.cuda.CudaStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The driver's own calls for a client of CUDA's. */
final class CudaCalls implements BareSubmission.Calls {
  private final CudaStream stream;

  /** Never closed: its thread ends with the trial, and what is current there with it. */
  private @Nullable BareStream bare;

  CudaCalls(CudaStream stream) {
    this.stream = stream;
  }

  @Override
  public void enter() {
    bare = BareStream.enter(stream);
  }

  @Override
  public void launch(Command command) {
    Objects.requireNonNull(bare).launch((CudaCommand) command);
  }

  @Override
  public BareSubmission.Event newEvent() {
    CudaEvent event = stream.context().newEvent();
    return new BareSubmission.Event() {
      @Override
      public void record() {
        launch(CudaCommand.record(event));
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
