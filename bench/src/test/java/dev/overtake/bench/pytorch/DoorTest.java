package dev.overtake.bench.pytorch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoorTest {
  @TempDir private Path folder;

  private Path socket() {
    return folder.resolve("side.sock");
  }

  /** Whether or not the door's thread has got there: many times, since mostly it has. */
  @RepeatedTest(50)
  void whoCameBeforeItWasClosedIsHeard() throws IOException {
    Door door = Door.open(socket());
    try (SocketChannel side = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
      side.write(ByteBuffer.wrap("failed, and why\n".getBytes(UTF_8)));
    }
    door.close();
    try (Channel channel = door.connection()) {
      assertThat(channel.readLine()).isEqualTo("failed, and why");
    }
  }

  @Test
  void whereNobodyCameThereIsNothingToRead() throws IOException {
    Door door = Door.open(socket());
    door.close();
    door.close();
    try (Channel channel = door.connection()) {
      assertThat(channel.readLine()).isNull();
    }
  }
}
