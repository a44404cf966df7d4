package dev.overtake.bench.preemption;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.platform.host.HostCommand;
import dev.overtake.platform.host.HostDevice;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** This machine's CPU as a device. What goes "bare" there goes straight to its hardware queue. */
class HostSpinDevice implements SpinDevice {
  private final HostDevice device = HostDevice.open(1);
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();

  @Override
  public String name() {
    return "host";
  }

  @Override
  public HwQueue openQueue(PreemptionLevel level) {
    return device.openQueue();
  }

  @Override
  public Supplier<HostCommand> spinning(long nanos) {
    return () -> HostCommand.of(() -> spin(nanos));
  }

  @Override
  public Supplier<HostCommand> counted(long nanos) {
    return () ->
        HostCommand.of(
            () -> {
              begun.incrementAndGet();
              spin(nanos);
              ended.incrementAndGet();
            });
  }

  private static void spin(long nanos) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < nanos) {
      Thread.onSpinWait();
    }
  }

  @Override
  public int begun() {
    return begun.get();
  }

  @Override
  public int ended() {
    return ended.get();
  }

  @Override
  public long launchBare(Supplier<? extends Command> commands, int count)
      throws InterruptedException {
    var done = new CountDownLatch(1);
    HwQueue queue = device.openQueue();
    queue.attach(new LastMarker(done));
    try {
      long start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        queue.launch(commands.get());
      }
      queue.marker(1);
      done.await();
      return System.nanoTime() - start;
    } finally {
      queue.close();
    }
  }

  private record LastMarker(CountDownLatch done) implements HwQueue.Listener {
    @Override
    public void completed(long marker) {
      done.countDown();
    }

    @Override
    public void failed(Command command, Throwable cause) {}

    @Override
    public void lost(Throwable cause) {
      done.countDown();
    }
  }

  @Override
  public void close() {
    device.close();
  }
}
