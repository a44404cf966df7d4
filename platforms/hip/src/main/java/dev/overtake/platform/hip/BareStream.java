package dev.overtake.platform.hip;

/**
 * A stream as the runtime offers it: what is launched goes there in the calling thread, with
 * nothing between, and nobody can stop it. What a queue costs is measured against this.
 *
 * <p>Confined to the thread that entered it, a platform thread: the stream's device is current
 * there until {@link #close}. Nothing looks whether what a command uses is still open.
 */
public final class BareStream implements AutoCloseable {
  private final HipStream stream;
  private final int before;

  private BareStream(HipStream stream, int before) {
    this.stream = stream;
    this.before = before;
  }

  /** Makes the stream's device current in the calling thread. */
  public static BareStream enter(HipStream stream) {
    return new BareStream(stream, stream.device().enter());
  }

  /**
   * Makes the calls of the runtime that the command stands for. A command can be launched so any
   * number of times. What a host function throws is told to nobody.
   *
   * @throws HipStatusException if the runtime refuses
   */
  public void launch(HipCommand command) {
    command.enqueue(stream, (_, _) -> {});
  }

  /** The thread has the device again that it had; what is in the stream runs on. */
  @Override
  public void close() {
    stream.device().leave(before);
  }
}
