package dev.overtake.control.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Of the daemons that want a page, one gets it: a locked file beside the page, with the pid of who
 * has it. The kernel lets go of it however its owner ends; the file stays, since deleting it would
 * let two daemons lock two files of one name.
 */
final class PageLock implements AutoCloseable {
  private final FileChannel channel;

  private PageLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes it, or fails at once.
   *
   * @throws DaemonException if another daemon has it
   */
  @SuppressWarnings("MustBeClosedChecker") // the lock that is given out closes the channel
  static PageLock take(Path page) throws IOException {
    Path file = page.resolveSibling(page.getFileName() + ".lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (tryLock(channel) == null) {
      channel.close();
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
