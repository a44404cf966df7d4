package dev.overtake.control.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Of the daemons that want a page, one gets it: a locked file beside the page, with the pid of who
 * has it. The kernel lets go of it however its owner ends; the file stays, since deleting it would
 * let two daemons lock two files of one name.
 */
public final class PageLock implements AutoCloseable {
  private static final long PATIENCE_NANOS = 2 * PresenceAgent.INTERVAL_NANOS;
  private static final long LOOK_NANOS = 50_000_000;

  private final FileChannel channel;

  private PageLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes it, or fails after a while: the daemon of a page that was removed notices only then.
   *
   * @throws DaemonException if another daemon has it
   */
  @SuppressWarnings("MustBeClosedChecker") // the lock that is given out closes the channel
  static PageLock take(Path page) throws IOException {
    Path file = file(page);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    try {
      if (!lock(channel)) {
        throw new DaemonException(
            "a daemon runs already on %s: process %s; end that one, or give another page (--page)"
                .formatted(page, Files.readString(file).strip()),
            null);
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
      return new PageLock(channel);
    } catch (IOException | RuntimeException e) {
      channel.close(); // And with it the lock.
      throw e;
    }
  }

  /** What is locked. */
  public static Path file(Path page) {
    return page.resolveSibling(page.getFileName() + ".lock");
  }

  private static boolean lock(FileChannel channel) throws IOException {
    for (long waited = 0; tryLock(channel) == null; waited += LOOK_NANOS) {
      if (waited >= PATIENCE_NANOS) {
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // A daemon in this very process.
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
