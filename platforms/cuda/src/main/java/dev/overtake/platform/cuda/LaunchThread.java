package dev.overtake.platform.cuda;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.driver.Uninterruptibly;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A thread that does the launching for hardware queues, so that whoever submits, or hears that a
 * command is done, does not. That is for commands which take the launching thread long, or whose
 * library keeps state for each thread: a model's call launches some hundred kernels, and PyTorch
 * has cuDNN's handles and plans for each thread, found out anew in each. It costs a hand-over
 * between threads for each command.
 *
 * <p>A command counts as launched when it has been handed over. A suspension at level 1 therefore
 * lets those run that have been handed over, as it lets those run that are in flight; at level 2
 * the gate is shut at once, and they are launched behind it.
 *
 * <p>Queues that a scheduler holds for one another need a thread each: one that is held at level 2
 * with its stream full keeps the thread in the driver, and so all that is to be launched behind it.
 *
 * <p>Thread-safe. Close the queues before it.
 */
public final class LaunchThread implements AutoCloseable {
  private final ExecutorService thread;

  /**
   * Starts the thread.
   *
   * @param name of the thread; Linux shows its first 15 characters
   */
  public LaunchThread(String name) {
    thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon().factory());
  }

  /** The queue, its launching done by this thread; it is closed with what is returned. */
  public HwQueue launching(CudaHwQueue queue) {
    return new Relay(queue);
  }

  /**
   * Has the thread do something, after what was handed to it before, and waits for it.
   *
   * @throws RuntimeException or an error, as it threw
   */
  public void run(Runnable action) throws InterruptedException {
    await(thread.submit(action));
  }

  private static void await(Future<?> done) throws InterruptedException {
    try {
      done.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  /** Ends the thread when it has done what was handed to it. */
  @Override
  public void close() {
    Uninterruptibly.close(thread);
  }

  private final class Relay implements HwQueue {
    private final CudaHwQueue queue;
    private volatile @Nullable Listener listener;

    /** What was launched stays where it is until it is let go, also what the thread has still. */
    private volatile boolean deactivated;

    Relay(CudaHwQueue queue) {
      this.queue = queue;
    }

    @Override
    public void attach(Listener listener) {
      queue.attach(listener);
      this.listener = listener;
    }

    @Override
    public String device() {
      return queue.device();
    }

    @Override
    public Class<CudaCommand> commandType() {
      return queue.commandType();
    }

    @Override
    public PreemptionLevel maxLevel() {
      return queue.maxLevel();
    }

    @Override
    public long spinNanos() {
      return queue.spinNanos();
    }

    @Override
    public void launch(Command command) {
      Listener told = attached();
      thread.execute(
          () -> {
            try {
              queue.launch(command);
            } catch (RuntimeException | Error e) { // The command's own failure.
              told.failed(command, e);
            }
          });
    }

    @Override
    public void marker(long number) {
      Listener told = attached();
      thread.execute(
          () -> {
            try {
              queue.marker(number);
            } catch (RuntimeException | Error e) { // Nobody would see the commands finish.
              told.lost(e);
            }
          });
    }

    private Listener attached() {
      Listener attached = listener;
      if (attached == null) {
        throw new IllegalStateException(
            "the CUDA queue has no XQueue: attach one before launching");
      }
      return attached;
    }

    @Override
    public void synchronize() throws InterruptedException {
      if (!deactivated) {
        run(() -> {});
      }
      queue.synchronize();
    }

    @Override
    public void deactivate() {
      queue.deactivate();
      deactivated = true;
    }

    @Override
    public void reactivate() {
      deactivated = false;
      queue.reactivate();
    }

    /** After what was handed over: all of it has finished, or the queue is lost. */
    @Override
    public void close() {
      Future<?> closed = thread.submit(queue::close);
      Uninterruptibly.run(() -> await(closed));
    }
  }
}
