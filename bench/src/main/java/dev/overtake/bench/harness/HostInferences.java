package dev.overtake.bench.harness;

import dev.overtake.bench.model.SegmentedModel;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes through a model on the host device.
 *
 * @param times see {@link HostInference}
 */
record HostInferences(SegmentedModel model, @Nullable Consumer<long[]> times)
    implements InferenceSource {
  /** Of whose commands nobody wants to know how long they took. */
  HostInferences(SegmentedModel model) {
    this(model, null);
  }

  @Override
  public int commandCount() {
    return model.segmentCount();
  }

  @Override
  public Inference next(IntConsumer afterCommands) {
    return new HostInference(model, afterCommands, times);
  }
}
