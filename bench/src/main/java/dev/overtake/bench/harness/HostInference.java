package dev.overtake.bench.harness;

import dev.overtake.bench.model.Pass;
import dev.overtake.bench.model.SegmentedModel;
import dev.overtake.platform.host.HostCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One pass through a model as commands for the host device, one a segment, to be submitted in
 * order. The last one releases what the pass holds; {@link #close} does so if it never runs.
 */
final class HostInference implements Inference {
  private final Pass pass;
  private final List<HostCommand> commands;

  /**
   * @param afterSegments told on the engine's thread, after each segment, that it was one
   * @param times hears on the engine's thread, after the last segment, how many nanoseconds each
   *     took; null for nobody
   */
  HostInference(SegmentedModel model, IntConsumer afterSegments, @Nullable Consumer<long[]> times) {
    pass = model.newPass();
    var nanos = new long[times == null ? 0 : model.segmentCount()];
    commands = new ArrayList<>(model.segmentCount());
    int last = model.segmentCount() - 1;
    for (int i = 0; i <= last; i++) {
      int segment = i;
      commands.add(
          HostCommand.of(
              () -> {
                long start = times == null ? 0 : System.nanoTime();
                pass.runSegment(segment);
                if (times != null) {
                  nanos[segment] = System.nanoTime() - start;
                }
                if (segment == last) {
                  pass.close();
                  if (times != null) {
                    times.accept(nanos);
                  }
                }
                afterSegments.accept(1);
              }));
    }
  }

  @Override
  public List<HostCommand> commands() {
    return commands;
  }

  @Override
  public void close() {
    pass.close();
  }
}
