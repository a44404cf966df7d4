package dev.overtake.control.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.overtake.control.page.Claims;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Controls;
import dev.overtake.control.page.Owner;
import dev.overtake.control.page.Pages;
import dev.overtake.control.page.PolicyMode;
import dev.overtake.control.page.SlotStatus;
import dev.overtake.control.status.StatusJson;
import dev.overtake.control.status.StatusReport;
import dev.overtake.core.policy.Hints;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A daemon at work, on its own thread and with its API. */
class DaemonTest {
  @TempDir Path folder;
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private Path file;
  private ControlPage page;
  private Daemon daemon;
  private Thread thread;

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("page");
    page = ControlPage.openOrCreate(file);
    daemon = start(0, null);
    thread = Thread.ofPlatform().start(daemon::run);
  }

  @AfterEach
  void stop() throws Exception {
    daemon.stop();
    thread.join();
    daemon.close();
    page.close();
    http.close();
  }

  private Daemon start(Integer port, String policy) throws IOException {
    return start(file, port, policy);
  }

  private Daemon start(Path file, Integer port, String policy) throws IOException {
    return Daemon.start(new DaemonConfig(file, port, policy, List.of(), "test"), warnings::add);
  }

  @Test
  void aSecondOneIsToldWhoRuns() {
    assertThatExceptionOfType(DaemonException.class)
        .isThrownBy(() -> start(0, null))
        .withMessageContaining("a daemon runs already on " + file)
        .withMessageContaining("process " + ProcessHandle.current().pid());
  }

  @Test
  void aTakenPortIsTold() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      file = folder.resolve("another");
      assertThatExceptionOfType(DaemonException.class)
          .isThrownBy(() -> start(taken.getLocalPort(), null))
          .withMessage(
              "port %d is taken by another program: give another with --port, or --port 0 for any",
              taken.getLocalPort());
      start(0, null).close(); // What the failed one held is free.
    }
  }

  /** Of a file that it cannot write beside the page; what it held by then is free. */
  @ParameterizedTest
  @ValueSource(strings = {".token", ".port"})
  void aFileThatCannotBeWrittenLeavesNothingBehind(String suffix) throws Exception {
    file = folder.resolve("another");
    int port = freePort();
    Path obstacle = Files.createDirectories(folder.resolve("another" + suffix + ".part/full"));
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> start(port, null));
    assertThat(folder.resolve("another.token")).doesNotExist();
    Files.delete(obstacle);
    Files.delete(obstacle.getParent());
    start(port, null).close();
  }

  /** Of those that the system gives to nobody by itself, so that it stays free. */
  private static int freePort() throws IOException {
    for (int port = 20_000; ; port++) {
      try (var free = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
        return free.getLocalPort();
      } catch (BindException e) {
        // The next, then.
      }
    }
  }

  @Test
  void whereTheDefaultPortIsTakenItTakesAnother() throws Exception {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    try (var one = start(first, null, null); // It has the default port, or another program does.
        var other = start(second, null, null)) {
      assertThat(other.port()).isNotIn(0, one.port(), DaemonConfig.DEFAULT_PORT);
      assertThat(new PortFile(second).read()).hasValue(other.port());
    }
  }

  @Test
  void anUnknownPolicyIsToldWithThoseThatThereAre() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> start(0, "FAST"))
        .withMessageStartingWith("there is no policy 'FAST': give one of HPF, NONE, HPF-DAEMON");
  }

  @Test
  void toolsFindItByThePortFileAndThePage() throws Exception {
    assertThat(new PortFile(file).read()).hasValue(daemon.port());
    until(() -> page.daemon().alive(System.nanoTime()));
    assertThat(page.daemon().pid()).isEqualTo((int) ProcessHandle.current().pid());
  }

  @Test
  void statusIsWhatTheCommandShows() throws Exception {
    Pages.queue(page, Owner.self(), Pages.device(page), "serve", 7);
    StatusReport report;
    do { // Its heart may have stood still for a second.
      HttpResponse<String> reply = send("GET", "/v1/status", "");
      assertThat(reply.statusCode()).isEqualTo(200);
      assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/json");
      report = StatusJson.read(reply.body());
    } while (report.daemonPid() == null);
    assertThat(report.daemonPid()).isEqualTo((int) ProcessHandle.current().pid());
    assertThat(report.policy()).isEqualTo("HPF");
    assertThat(report.devices().getFirst().floor()).isNull();
    assertThat(report.queues().getFirst().name()).isEqualTo("serve");
    assertThat(report.queues().getFirst().inFlightMicros()).isEqualTo(300);
    assertThat(report.queues().getFirst().lingerMicros()).isNull();
  }

  @Test
  void hintsChangeTheQueue() throws Exception {
    int slot = Pages.queue(page, Pages.device(page), 0);
    String path = "/v1/queues/" + slot + "/hints";
    String body = "{\"priority\": 9, \"threshold\": 4, \"batch\": 2, \"lingerMicros\": 50}";
    assertThat(send("PUT", path, body).statusCode()).isEqualTo(200);
    SlotStatus queue = page.slots().status(slot).orElseThrow();
    assertThat(queue.priority()).isEqualTo(9);
    assertThat(queue.wishes().threshold()).isEqualTo(4);
    assertThat(queue.wishes().batch()).isEqualTo(2);
    assertThat(queue.wishes().lingerMicros()).isEqualTo(50);

    send("PUT", path, "{\"inFlightMicros\": 200, \"lingerMicros\": \"adaptive\"}");
    queue = page.slots().status(slot).orElseThrow();
    assertThat(queue.wishes().threshold()).isZero();
    assertThat(queue.wishes().inFlightMicros()).isEqualTo(200);
    assertThat(queue.wishes().lingerMicros()).isEqualTo(-1);
    assertThat(queue.priority()).isEqualTo(9);

    HttpResponse<String> reply = send("PUT", path, "{\"deadlineMicros\": 10}");
    assertThat(reply.body()).contains("\"deadlineMicros\" : 10");
    queue = page.slots().status(slot).orElseThrow();
    assertThat(queue.hints()).isEqualTo(Hints.priority(9).withDeadlineNanos(10_000));
  }

  @Test
  void aQueueIsSuspendedAndResumed() throws Exception {
    int slot = Pages.queue(page, Pages.device(page), 0);
    send("POST", "/v1/queues/" + slot + "/suspend", "");
    assertThat(page.slots().status(slot).orElseThrow().suspended()).isTrue();
    send("POST", "/v1/queues/" + slot + "/resume?pid=" + ProcessHandle.current().pid(), "");
    assertThat(page.slots().status(slot).orElseThrow().gateClosed()).isFalse();
  }

  @Test
  void thePolicyIsChosen() throws Exception {
    assertThat(send("PUT", "/v1/policy", "{\"name\": \"HPF-DAEMON\"}").statusCode()).isEqualTo(200);
    assertThat(page.daemon().policyMode()).isEqualTo(PolicyMode.DAEMON);
    assertThat(send("GET", "/v1/policy", "").body()).contains("\"HPF-DAEMON\"", "\"available\"");
    new DaemonClient(file).policy("NONE");
    assertThat(page.daemon().policyMode()).isEqualTo(PolicyMode.NONE);
    assertThatExceptionOfType(DaemonException.class)
        .isThrownBy(() -> new DaemonClient(file).policy("FAST"))
        .withMessageContaining("there is no policy 'FAST': give one of HPF, NONE");
  }

  @Test
  void everyPolicyIsSwitchedToWhileQueuesAreReadyAndNoneLeavesAnyHeld() throws Exception {
    int device = Pages.device(page);
    var claims = new Claims(page);
    for (int priority : List.of(0, 1, 1, 9)) {
      claims.ready(Pages.queue(page, device, priority), System.nanoTime());
    }
    for (String name : PolicyCatalog.installed(List.of(), warnings::add).names()) {
      new DaemonClient(file).policy(name);
      assertThat(page.daemon().policyName()).isEqualTo(name);
      // It decides over every queue that comes, and the shim holds nobody for it.
      int slot = Pages.queue(page, device, 200);
      claims.ready(slot, System.nanoTime());
      claims.release(slot);
    }
    new DaemonClient(file).policy("NONE");
    until(() -> page.slots().status().stream().noneMatch(SlotStatus::gateClosed));
    assertThat(warnings).isEmpty();
  }

  @Test
  void wrongRequestsAreToldWhatIsRight() throws Exception {
    int slot = Pages.queue(page, Pages.device(page), 0);
    String hints = "/v1/queues/" + slot + "/hints";
    refused(404, "there is nothing at /v2: see GET /v1/status", "GET", "/v2", "");
    refused(404, "there is no queue 2000", "PUT", "/v1/queues/2000/hints", "{\"priority\": 1}");
    refused(405, "use GET", "DELETE", "/v1/status", "");
    refused(405, "use GET, PUT", "POST", "/v1/policy", "");
    refused(405, "use POST", "GET", "/v1/queues/" + slot + "/suspend", "");
    refused(400, "the body is not a JSON object", "PUT", hints, "priority=3");
    refused(400, "the body has no hint", "PUT", hints, "{}");
    refused(400, "there is no hint 'prio'", "PUT", hints, "{\"prio\": 3}");
    refused(
        400,
        "priority is 999: give a whole number from -255 to 255",
        "PUT",
        hints,
        "{\"priority\": 999}");
    refused(400, "priority is 1.5: give a whole number", "PUT", hints, "{\"priority\": 1.5}");
    refused(400, "threshold and batch go together", "PUT", hints, "{\"threshold\": 3}");
    refused(
        400,
        "lingerMicros is -1: give a whole number from 0",
        "PUT",
        hints,
        "{\"lingerMicros\": -1}");
    refused(400, "the body has no name", "PUT", "/v1/policy", "{}");
    refused(400, "there is no policy 'FAST'", "PUT", "/v1/policy", "{\"name\": \"FAST\"}");
    refused(409, "belongs to process", "POST", "/v1/queues/" + slot + "/suspend?pid=1", "");
    refused(413, "longer than", "PUT", hints, "x".repeat(70_000));
    assertThat(page.slots().status(slot).orElseThrow().priority()).isZero();
    assertThat(send("DELETE", "/v1/policy", "").headers().firstValue("Allow")).hasValue("GET, PUT");
  }

  private void refused(int status, String why, String method, String path, String body)
      throws Exception {
    HttpResponse<String> reply = send(method, path, body);
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
    assertThat(reply.body()).contains("\"error\"", why);
  }

  @Test
  void pagesOfOtherSitesDoNotReachIt() throws Exception {
    assertThat(statusOf("Host: evil.example")).isEqualTo(403);
    assertThat(statusOf("Host: localhost", "Origin: http://evil.example")).isEqualTo(403);
    assertThat(statusOf("Host: localhost:99")).isEqualTo(200);
    assertThat(statusOf("Host: localhost", "Origin: http://localhost:7427")).isEqualTo(200);
  }

  /** Of a request with headers that a well-behaved client does not let one choose. */
  private int statusOf(String... headers) throws IOException {
    String request = "GET /v1/status HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
    try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), daemon.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
      return Integer.parseInt(new String(line, StandardCharsets.US_ASCII).substring(9));
    }
  }

  @Test
  void whoCannotReadTheTokenMayLookAndNotChange() throws Exception {
    Path token = new ApiToken(file).file();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
        .isEqualTo("rw-------");
    int slot = Pages.queue(page, Pages.device(page), 0);
    String suspend = "/v1/queues/" + slot + "/suspend";

    HttpResponse<String> reply = send("POST", suspend, "", "guess");
    assertThat(reply.statusCode()).isEqualTo(401);
    assertThat(reply.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    assertThat(reply.body()).contains("Authorization: Bearer TOKEN", token.toString());
    assertThat(send("PUT", "/v1/policy", "{\"name\": \"NONE\"}", "").statusCode()).isEqualTo(401);
    assertThat(page.daemon().policyMode()).isEqualTo(PolicyMode.HPF);
    assertThat(page.slots().status(slot).orElseThrow().suspended()).isFalse();

    assertThat(send("GET", "/v1/status", "", "guess").statusCode()).isEqualTo(200);
    assertThat(send("HEAD", "/v1/status", "", "guess").statusCode()).isEqualTo(200);
    new DaemonClient(file).policy("NONE");
    assertThat(page.daemon().policyMode()).isEqualTo(PolicyMode.NONE);
  }

  @Test
  void whoSendsHalfARequestIsNotWaitedForForEver() throws Exception {
    try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), daemon.port())) {
      socket.getOutputStream().write("GET /v1/sta".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void itEndsWhenItsPageIsGoneAndLeavesTheNextOnesFiles() throws Exception {
    Path port = folder.resolve("page.port");
    Files.delete(file);
    ControlPage.openOrCreate(file).close();
    Files.writeString(port, "4711\n");

    thread.join();
    daemon.close();
    assertThat(warnings).singleElement().asString().contains("was removed or replaced");
    assertThat(port).hasContent("4711");
    start();
  }

  @Test
  void metricsAndConfigAreThere() throws Exception {
    Pages.queue(page, Owner.self(), Pages.device(page), "serve", 7);
    assertThat(send("GET", "/metrics", "").body())
        .contains("overtake_queue_priority{device=\"0\",name=\"serve\"")
        .contains("overtake_device_floor{device=\"0\"} -255.0")
        .contains("overtake_submitted_commands_total{device=\"0\"}");
    assertThat(send("GET", "/v1/config", "").body())
        .contains("\"version\" : \"test\"", "HPF-DAEMON");
  }

  @Test
  void itLeavesAPolicyThatNeedsNoDaemon() throws Exception {
    new Controls(page).policy(PolicyMode.NONE, "NONE");
    daemon.stop();
    thread.join();
    daemon.close();
    assertThat(page.daemon().policyMode()).isEqualTo(PolicyMode.NONE);
    start();
  }

  @Test
  void itLeavesThePageAsIfItHadNeverBeenThere() throws Exception {
    int low = Pages.queue(page, Pages.device(page), 0);
    new Controls(page).policy(PolicyMode.DAEMON, "HPF-DAEMON");
    daemon.stop();
    thread.join();
    new Controls(page).hold(low, true);
    daemon.close();
    assertThat(page.daemon().policyMode()).isEqualTo(PolicyMode.HPF);
    assertThat(page.daemon().alive(System.nanoTime())).isFalse();
    assertThat(page.daemon().pid()).isZero();
    assertThat(page.slots().status(low).orElseThrow().gateClosed()).isFalse();
    assertThat(Files.exists(folder.resolve("page.port"))).isFalse();

    start();
  }

  @Test
  void itReapsWithoutBeingAsked() throws Exception {
    Process process = new ProcessBuilder("sleep", "1000").start();
    Owner owner = Owner.of((int) process.pid()).orElseThrow();
    Pages.queue(page, owner, Pages.device(page), "victim", 0);
    process.destroyForcibly().waitFor();
    until(() -> page.slots().status().isEmpty());
    until(() -> !warnings.isEmpty());
    assertThat(warnings).singleElement().asString().contains("victim");
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    return send(method, path, body, new ApiToken(file).read().orElseThrow());
  }

  private HttpResponse<String> send(String method, String path, String body, String token)
      throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.port() + path))
            .header("Authorization", "Bearer " + token)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** The test's time-out is the deadline. */
  private static void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(1_000_000);
    }
  }
}
