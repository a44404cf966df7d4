package dev.overtake.bench.pytorch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ChannelTest {
  @TempDir Path folder;

  private Channel channel;
  private SocketChannel other;

  @BeforeEach
  void connect() throws IOException {
    var address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    try (var door = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address)) {
      other = SocketChannel.open(address);
      channel = new Channel(door.accept());
    }
  }

  @AfterEach
  void close() throws IOException {
    channel.close();
    other.close();
  }

  private void write(String text) throws IOException {
    ByteBuffer bytes = UTF_8.encode(text);
    while (bytes.hasRemaining()) {
      other.write(bytes);
    }
  }

  @Test
  void linesOfOneReadComeOneByOne() throws IOException {
    write("ready\n\ndone 1 é\n");
    assertThat(channel.readLine()).isEqualTo("ready");
    assertThat(channel.readLine()).isEmpty();
    assertThat(channel.readLine()).isEqualTo("done 1 é");
  }

  @Test
  void lineThatIsLongerThanTheBufferIsWhole() throws IOException {
    String line = "é".repeat(10_000);
    var written =
        CompletableFuture.runAsync(
            () -> {
              try {
                write(line + "\n");
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    assertThat(channel.readLine()).isEqualTo(line);
    written.join();
  }

  @Test
  void lineThatIsCutOffIsNone() throws IOException {
    write("done 1\ndone");
    other.close();
    assertThat(channel.readLine()).isEqualTo("done 1");
    assertThat(channel.readLine()).isNull();
  }

  @Test
  void endlessLineIsRefused() {
    var written =
        CompletableFuture.runAsync(
            () -> {
              try {
                while (true) {
                  write("x".repeat(1 << 16));
                }
              } catch (IOException e) {
                // The other end closed, as it should.
              }
            });
    assertThatThrownBy(() -> channel.readLine()).hasMessageContaining("a line of more than");
    assertThatThrownBy(
            () -> {
              channel.close();
              written.join();
              channel.say("more");
            })
        .isInstanceOf(IOException.class);
  }

  @Test
  void lineIsSentWithItsEnd() throws IOException {
    channel.say("request 1");
    var read = ByteBuffer.allocate(100);
    other.read(read);
    assertThat(UTF_8.decode(read.flip()).toString()).isEqualTo("request 1\n");
  }
}
