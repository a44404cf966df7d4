package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.Claims;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Owner;
import dev.overtake.control.page.PolicyMode;
import dev.overtake.control.page.QueueClaim;
import dev.overtake.control.page.Scope;
import dev.overtake.control.status.StatusJson;
import dev.overtake.control.status.StatusReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a process of its own, and the commands beside it. */
class DaemonProcessTest {
  @TempDir Path folder;
  private Path file;
  private ControlPage page;
  private Process daemon;

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("page");
    page = ControlPage.openOrCreate(file);
    daemon = overtake(List.of(), "daemon", "--port", "0", "--policy", "HPF-DAEMON");
    assertThat(said()) // By then it listens to signals.
        .startsWith("overtake: daemon " + daemon.pid() + ": policy HPF-DAEMON, page " + file);
  }

  /** The daemon's next line, past what a logging library of the tests' class path has to say. */
  private String said() {
    return daemon
        .inputReader()
        .lines()
        .filter(line -> line.startsWith("overtake: "))
        .findFirst()
        .orElseThrow();
  }

  @AfterEach
  void stop() throws InterruptedException {
    daemon.destroyForcibly().waitFor();
    page.close();
  }

  private Process overtake(List<String> options, String... arguments) throws IOException {
    ProcessBuilder builder = OvertakeProcess.builder(options, arguments);
    builder.command().addAll(List.of("--page", file.toString()));
    return builder.redirectErrorStream(true).start();
  }

  private static String output(Process process) throws IOException, InterruptedException {
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void aPoliteKillEndsItAndRestoresThePage() throws Exception {
    until(() -> page.daemon().alive(System.nanoTime()));
    daemon.toHandle().destroy();
    assertThat(said()).contains("daemon ended");
    assertThat(daemon.waitFor()).isEqualTo(ExitStatus.OK);
    assertThat(page.daemon().policyMode()).isEqualTo(PolicyMode.HPF);
    assertThat(page.daemon().pid()).isZero();
    assertThat(page.daemon().alive(System.nanoTime())).isFalse();
  }

  @Test
  void afterAnImpoliteOneTheHeartbeatGoesStaleAndAnotherMayStart() throws Exception {
    daemon.destroyForcibly().waitFor();
    until(() -> !page.daemon().alive(System.nanoTime()));
    daemon = overtake(List.of(), "daemon", "--port", "0");
    until(() -> page.daemon().alive(System.nanoTime()));
    assertThat(page.daemon().pid()).isEqualTo((int) daemon.pid());
  }

  @Test
  void policiesThatCannotBeReadAreToldAndItWorksWithoutThem() throws Exception {
    daemon.destroyForcibly().waitFor();
    String jar = folder.resolve("none.jar").toString();
    daemon = overtake(List.of(), "daemon", "--port", "0", "--policies", jar);
    assertThat(said()).startsWith("overtake: " + jar + " cannot be read as a jar");
    assertThat(said()).startsWith("overtake: daemon " + daemon.pid());
  }

  /** What a queue used over the last seconds, the page does not know. */
  @Test
  void statusAsksItForShares() throws Exception {
    int device = page.devices().findOrAdd("0000:3b:00.0", new byte[16], "Test device");
    new Claims(page).claim(new QueueClaim(Owner.self(), device, Scope.PROCESS, 0, "serve", 10));
    until(() -> page.daemon().alive(System.nanoTime()));
    until(() -> status().queues().getFirst().usage() != null);
    daemon.destroyForcibly().waitFor();
    until(() -> !page.daemon().alive(System.nanoTime()));
    assertThat(status().queues().getFirst().usage()).isNull();
  }

  private StatusReport status() {
    try {
      return StatusJson.read(output(overtake(List.of(), "status", "--json")));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void policyChoosesThroughIt() throws Exception {
    assertThat(policy("CFS")).isEqualTo(new Answer(ExitStatus.OK, "CFS\n"));
    assertThat(page.daemon().policyName()).isEqualTo("CFS");

    Answer wrong = policy("FAST");
    assertThat(wrong.said()).contains("no policy 'FAST'");
    assertThat(wrong.status()).isEqualTo(ExitStatus.WRONG_USE);
    assertThat(page.daemon().policyName()).isEqualTo("CFS");
  }

  private record Answer(int status, String said) {}

  /** Repeats it while it says what is with the daemon, which may be too slow for it. */
  private Answer policy(String name) {
    var answer = new AtomicReference<Answer>();
    until(
        () -> {
          try {
            Process process = overtake(List.of(), "policy", name);
            String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            answer.set(new Answer(process.waitFor(), said));
          } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
          }
          return !answer.get().said().contains("daemon");
        });
    return answer.get();
  }

  @Test
  void statusLoadsNothingOfTheDaemonWhereNoneRuns() throws Exception {
    daemon.toHandle().destroy();
    daemon.waitFor();
    assertThat(output(overtake(List.of("-Xlog:class+load"), "status")))
        .contains("dev.overtake.control.page.ControlPage ")
        .doesNotContain("io.micrometer", "httpserver", "java.net.http", "HttpURLConnection")
        .doesNotContain("tools.jackson");
  }

  /** Waits for what another process does, however slow the machine. */
  private static void until(BooleanSupplier condition) {
    long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadlineNanos);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
