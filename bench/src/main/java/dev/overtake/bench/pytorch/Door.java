package dev.overtake.bench.pytorch;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Where one side of a worker connects, once. It is let in from the start, or what a process that
 * fails at once has to say would be lost.
 */
final class Door implements AutoCloseable {
  private final ServerSocketChannel socket;
  private final CompletableFuture<Channel> connection = new CompletableFuture<>();

  private Door(ServerSocketChannel socket) {
    this.socket = socket;
  }

  /**
   * Opens a door and waits at it, on a thread of its own.
   *
   * @param file of the socket, which is not there yet
   */
  static Door open(Path file) throws IOException {
    var door =
        new Door(
            ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(file)));
    Thread.ofPlatform().daemon().name("bench-accept-" + file.getFileName()).start(door::accept);
    return door;
  }

  private void accept() {
    try (socket) {
      connection.complete(new Channel(socket.accept()));
    } catch (IOException e) {
      connection.completeExceptionally(e);
    }
  }

  /**
   * Waits for the side.
   *
   * @return at whose end there is nothing to read if the door was closed before it came
   * @throws IOException if it cannot come
   */
  Channel connection() throws IOException {
    try {
      return connection.join();
    } catch (CompletionException e) {
      throw new IOException(e.getCause());
    }
  }

  /**
   * Lets nobody in any more but a side that has come already, and may have said why it ended. Done
   * by coming last; a connection that stands is not affected.
   */
  @Override
  public void close() throws IOException {
    try {
      SocketChannel.open(socket.getLocalAddress()).close();
    } catch (IOException e) {
      socket.close(); // It has been, or nobody can come to it any more.
    }
  }
}
