package dev.overtake.control.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Pages;
import dev.overtake.control.status.StatusJson;
import dev.overtake.control.status.StatusReport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client beside a daemon that answers as the test says. */
class DaemonClientTest {
  static {
    HttpApi.limitServers(); // This may be the first in the process, and the JDK reads them once.
  }

  @TempDir Path folder;
  private Path file;
  private HttpServer server;
  private int status = 200;
  private String answer = "";

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("page");
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] body = answer.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    new PortFile(file).write(server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** The status of a page with a queue, as the daemon reports it. */
  private String report() throws IOException {
    try (var page = ControlPage.openOrCreate(file)) {
      Pages.queue(page, Pages.device(page), 7);
      return StatusJson.write(StatusReport.of(page, System.nanoTime(), queue -> null));
    }
  }

  @Test
  void aReportIsRead() throws IOException {
    answer = report();
    assertThat(new DaemonClient(file).status().queues().getFirst().priority()).isEqualTo(7);
  }

  @Test
  void aPolicyThatCannotBeIsToldFromADaemonThatCannot() {
    answer = "{\"error\": \"there is no policy 'FAST'\"}";
    status = 400;
    assertThatExceptionOfType(DaemonException.class)
        .isThrownBy(() -> new DaemonClient(file).policy("FAST"))
        .withMessage("there is no policy 'FAST'")
        .satisfies(failure -> assertThat(failure.isWrongRequest()).isTrue());
    status = 500;
    assertThatExceptionOfType(DaemonException.class)
        .isThrownBy(() -> new DaemonClient(file).policy("FAST"))
        .satisfies(failure -> assertThat(failure.isWrongRequest()).isFalse());
    server.stop(0);
    assertThatExceptionOfType(DaemonException.class)
        .isThrownBy(() -> new DaemonClient(file).policy("FAST"))
        .withMessageContaining("does not answer")
        .satisfies(failure -> assertThat(failure.isWrongRequest()).isFalse());
  }

  /** A number, a name, and an object that this version has and another has not. */
  @ParameterizedTest
  @ValueSource(strings = {"escapes", "state", "hints", "queues"})
  void aReportOfAnotherVersionIsToldAsThat(String field) throws IOException {
    answer = report().replace("\"" + field + "\"", "\"another\"");
    assertThatExceptionOfType(DaemonException.class)
        .isThrownBy(() -> new DaemonClient(file).status())
        .withMessage(
            "the daemon of %s is of another version: end it, and start it again (overtake daemon)",
            file);
  }
}
