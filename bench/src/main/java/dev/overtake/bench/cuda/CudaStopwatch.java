package dev.overtake.bench.cuda;

import dev.overtake.bench.harness.Stopwatch;
import dev.overtake.core.xqueue.Command;
import dev.overtake.platform.cuda.CudaCommand;
import dev.overtake.platform.cuda.CudaContext;
import dev.overtake.platform.cuda.CudaEvent;
import java.util.ArrayList;
import java.util.List;

/** Two events for each command, which serve one pass after another. */
final class CudaStopwatch implements Stopwatch {
  private record Interval(CudaEvent begin, CudaEvent end) {}

  private final CudaContext context;

  /** As many as a pass has commands, once there was one. */
  private final List<Interval> intervals = new ArrayList<>();

  CudaStopwatch(CudaContext context) {
    this.context = context;
  }

  @Override
  public Command timed(int place, Command command) {
    while (intervals.size() <= place) {
      intervals.add(new Interval(context.newEvent(), context.newEvent()));
    }
    Interval interval = intervals.get(place);
    return CudaCommand.timed((CudaCommand) command, interval.begin, interval.end);
  }

  @Override
  public long nanos(int place) {
    Interval interval = intervals.get(place);
    return interval.begin.nanosUntil(interval.end);
  }

  @Override
  public void close() {
    for (Interval interval : intervals) {
      interval.begin.close();
      interval.end.close();
    }
  }
}
