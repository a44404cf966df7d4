package dev.overtake.bench.pytorch;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.overtake.bench.harness.LoadException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a process with two sides that does not get ready. */
@Timeout(60)
class WorkerTest {
  @TempDir Path folder;

  /** Ends after one of its sides, or none, has said something; the other may connect or not. */
  static final class Program {
    public static void main(String[] arguments) throws IOException {
      List<String> words = List.of(arguments);
      String speaker = "--%s-socket".formatted(words.get(0));
      boolean othersConnect = words.get(1).equals("connect");
      for (int i = 3; i + 1 < words.size(); i += 2) {
        boolean speaks = words.get(i).equals(speaker);
        if (speaks || othersConnect) {
          var socket = SocketChannel.open(UnixDomainSocketAddress.of(words.get(i + 1)));
          if (speaks) {
            socket.write(StandardCharsets.UTF_8.encode(words.get(2) + "\n"));
          }
        }
      }
      System.out.println("the last words");
      Runtime.getRuntime().halt(1);
    }
  }

  private Worker start(String speaker, String others, String line) {
    return Worker.start(
        "both",
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Program.class.getName(),
            speaker,
            others,
            line),
        Map.of(),
        EnumSet.allOf(Side.class),
        folder);
  }

  private void assertThatItFails(Worker worker, String message) {
    try (worker) {
      assertThatExceptionOfType(LoadException.class)
          .isThrownBy(() -> worker.awaitReady(Duration.ofSeconds(50)))
          .withMessage(message);
    }
  }

  @ParameterizedTest
  @CsvSource({"high, connect", "low, connect", "high, stay away", "low, stay away"})
  void aSideSaysWhyThoughTheOtherEndsWithoutAWord(String speaker, String others) {
    assertThatItFails(
        start(speaker, others, "failed ImportError: no torch"),
        "worker both failed: ImportError: no torch");
  }

  @Test
  void whereNoSideSaysWhyTheEndOfTheProcessIsTold() {
    assertThatItFails(
        start("nobody", "connect", ""),
        "worker both ended with status 1; it wrote at last: the last words");
  }
}
