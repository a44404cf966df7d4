package dev.overtake.bench.pytorch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The connection with one side of a worker: lines to it and lines from it. One thread may write
 * while another reads.
 */
final class Channel implements AutoCloseable {
  private static final int BUFFER_BYTES = 4096;

  /** Far more than any message; what is longer does not come from the workers' program. */
  private static final int LONGEST_LINE_BYTES = 1 << 20;

  private final SocketChannel socket;
  private final ByteBuffer input = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

  /**
   * @param socket connected and blocking
   */
  Channel(SocketChannel socket) {
    this.socket = socket;
  }

  /** Sends a line; the line feed is added. */
  void say(String line) throws IOException {
    ByteBuffer bytes = UTF_8.encode(line + "\n");
    while (bytes.hasRemaining()) {
      socket.write(bytes);
    }
  }

  /**
   * Waits for a line.
   *
   * @return without the line feed; null if the other end has closed
   */
  @Nullable String readLine() throws IOException {
    var line = new ByteArrayOutputStream();
    while (true) {
      while (input.hasRemaining()) {
        byte next = input.get();
        if (next == '\n') {
          return line.toString(UTF_8);
        }
        line.write(next);
      }
      if (line.size() > LONGEST_LINE_BYTES) {
        throw new IOException("a line of more than " + LONGEST_LINE_BYTES + " bytes");
      }
      input.clear();
      int read = socket.read(input);
      input.flip();
      if (read < 0) {
        return null;
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
