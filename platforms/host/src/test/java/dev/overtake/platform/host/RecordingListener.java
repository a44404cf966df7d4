package dev.overtake.platform.host;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** What a host queue reports, one event after another. */
final class RecordingListener implements HwQueue.Listener {
  private static final long LIMIT_SECONDS = 10;

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

  static RecordingListener on(HostQueue queue) {
    var listener = new RecordingListener();
    queue.attach(listener);
    return listener;
  }

  /** Waits for the next event. */
  String next() throws InterruptedException {
    String event = events.poll(LIMIT_SECONDS, SECONDS);
    assertThat(event).as("an event in time").isNotNull();
    return event;
  }

  boolean heardNothing() {
    return events.isEmpty();
  }

  @Override
  public void completed(long marker) {
    events.add("completed " + marker);
  }

  @Override
  public void failed(Command command, Throwable cause) {
    events.add("failed " + cause.getMessage());
  }

  @Override
  public void lost(Throwable cause) {
    events.add("lost " + cause.getMessage());
  }
}
