package dev.overtake.bench.harness;

import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.scheduler.LocalScheduler;
import dev.overtake.core.xqueue.XQueue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A trial whose two sides are clients in this JVM: each with a queue of its own, straight into the
 * hardware or through an XQueue, as the mode says.
 */
public final class ClientSetup implements Testbed.Setup {
  static final Policy POLICY = new HighestPriorityFirst();
  private static final Hints HIGH = Hints.priority(10);
  private static final Hints LOW = Hints.priority(1);

  private final Mode mode;
  private final ClientDevice device;
  private final LocalScheduler scheduler = new LocalScheduler(POLICY);
  private final List<Submission> submissions = new ArrayList<>();
  private final @Nullable Requests requests;
  private final @Nullable ClientBatch batch;

  /**
   * Opens the queues; the device is closed with it.
   *
   * @param times hears how long commands take where nothing is scheduled
   */
  public ClientSetup(Sharing sharing, ClientDevice device, CommandTimes times) {
    this.device = device;
    mode = sharing.mode();
    try {
      requests = sharing.high() ? requests(device.high(times.ofHigh(sharing))) : null;
      batch = sharing.low() ? batch(device.low(times.ofLow(sharing))) : null;
    } catch (RuntimeException e) { // A level perhaps that the hardware queue does not have.
      close();
      throw e;
    }
  }

  private Requests requests(ClientDevice.Client client) {
    return new ClientRequests(client.computed(), submission("high", HIGH, client));
  }

  private ClientBatch batch(List<ClientDevice.Client> places) {
    var meter = new WorkMeter(places.getFirst().computed().commandCount());
    var clients = new ArrayList<ClosedLoopClient>();
    for (ClientDevice.Client place : places) {
      clients.add(
          new ClosedLoopClient(
              place.computed(),
              submission("low-" + clients.size(), LOW, place),
              device.passesInFlight(),
              meter));
    }
    return new ClientBatch(clients, meter);
  }

  private Submission submission(String name, Hints hints, ClientDevice.Client client) {
    Submission submission =
        switch (mode) {
          // Under the shim the whole JVM is, and its clients know nothing of it.
          case Mode.Baseline _, Mode.Shim _ -> client.direct().get();
          case Mode.Queues queues ->
              new XQueueSubmission(
                  XQueue.on(client.hwQueue().get())
                      .name(name)
                      .scheduler(scheduler)
                      .hints(hints)
                      .launchConfig(queues.launchConfig())
                      .level(queues.level())
                      .open());
        };
    submissions.add(submission);
    return submission;
  }

  @Override
  public @Nullable Requests requests() {
    return requests;
  }

  @Override
  public @Nullable BatchSide batch() {
    return batch;
  }

  @Override
  public void giveUp() {
    submissions.forEach(Submission::giveUp);
    device.giveUp();
  }

  @Override
  public void close() {
    submissions.forEach(Submission::close);
    scheduler.close();
    device.close();
  }
}
