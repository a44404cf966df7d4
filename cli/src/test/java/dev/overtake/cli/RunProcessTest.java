package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.overtake.control.daemon.DaemonClient;
import dev.overtake.control.daemon.DaemonConfig;
import dev.overtake.control.daemon.DaemonException;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.status.StatusReport;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code overtake run} does besides running a program; scripts/test-run is about that. */
class RunProcessTest {
  @TempDir Path home;

  /** With a library that does nothing, and that the linker passes over. */
  @BeforeEach
  void install() throws IOException {
    Files.createFile(home.resolve("libovertake.so"));
    Files.copy(OvertakeProcess.JVM_OPTIONS, home.resolve("jvm.options"));
  }

  @Test
  void startsADaemonAlsoWhereItsPortIsTaken() throws Exception {
    Path file = home.resolve("page");
    try (var _ = occupied();
        ControlPage page = ControlPage.openOrCreate(file)) {
      assertThat(run(file, "true")).isZero();
      ProcessHandle daemon = daemon(page);
      try {
        var client = new DaemonClient(file);
        var status = new AtomicReference<StatusReport>();
        until(() -> answers(() -> status.set(client.status())) && status.get().daemonPid() != null);
        assertThat(status.get().daemonPid()).isEqualTo((int) daemon.pid());
        until(() -> answers(() -> client.policy("CFS")));
        assertThat(page.daemon().policyName()).isEqualTo("CFS");
      } finally {
        daemon.destroyForcibly();
        daemon.onExit().join(); // The folder is deleted next.
      }
    }
  }

  @Test
  void programsThatStartTogetherStartOneDaemon() throws Exception {
    assumeThat(ProgramFile.find("flock", System.getenv("PATH"))).isPresent();
    Path file = home.resolve("page");
    try (ControlPage page = ControlPage.openOrCreate(file)) {
      var programs = new ArrayList<Process>();
      for (int i = 0; i < 4; i++) {
        programs.add(start(file, "true"));
      }
      for (Process program : programs) {
        assertThat(program.waitFor()).isZero();
      }
      ProcessHandle daemon = daemon(page);
      try {
        until(() -> startedProcesses() == 1); // A daemon too many says so before it ends.
        assertThat(log()).doesNotContain("runs already");
        assertThat(page.daemon().pid()).isEqualTo((int) daemon.pid());
      } finally {
        daemon.destroyForcibly();
        daemon.onExit().join();
      }
    }
  }

  /** The program may change its folder before the shim reads it. */
  @Test
  void aPageThatTheEnvironmentNamesIsMadeAbsolute() throws Exception {
    ProcessBuilder run =
        OvertakeProcess.builder(
                List.of("-Dovertake.home=" + home),
                "run",
                "--no-daemon",
                "--",
                "printenv",
                "OVERTAKE_PAGE")
            .directory(home.toFile())
            .redirectError(Redirect.DISCARD);
    run.environment().put("OVERTAKE_PAGE", "folder/page");
    Process program = run.start();
    assertThat(program.inputReader().readLine()).isEqualTo(home.resolve("folder/page").toString());
    assertThat(program.waitFor()).isZero();
  }

  @Test
  void whereTheLogCannotBeWrittenItSaysThatNoDaemonStarts() throws Exception {
    Path file = home.resolve("page");
    Files.createSymbolicLink(home.resolve("page.log"), home.resolve("elsewhere"));
    Process program = builder(file, "true").redirectError(Redirect.PIPE).start();
    assertThat(program.errorReader().lines())
        .anyMatch(
            line ->
                line.startsWith(
                        "overtake: the daemon cannot be started; priorities work without it")
                    && line.contains("page.log cannot be written"));
    assertThat(program.waitFor()).isZero();
    assertThat(home.resolve("elsewhere")).doesNotExist();
  }

  @Test
  void startsNoDaemonForAProgramThatCannotRun() throws Exception {
    Path page = home.resolve("page");
    Path text = Files.writeString(home.resolve("text"), "no program");
    assertThat(run(page, "/nope")).isEqualTo(Run.NOT_FOUND);
    assertThat(run(page, "no-such-program")).isEqualTo(Run.NOT_FOUND);
    assertThat(run(page, text.toString())).isEqualTo(Run.CANNOT_RUN);
    assertThat(page).doesNotExist();
  }

  /** By this test, or by whoever has it already. */
  private static AutoCloseable occupied() throws IOException {
    try {
      return new ServerSocket(DaemonConfig.DEFAULT_PORT, 1, InetAddress.ofLiteral("127.0.0.1"));
    } catch (BindException e) {
      return () -> {};
    }
  }

  /** As the launcher does. Returns the exit status. */
  private int run(Path page, String program) throws Exception {
    return start(page, program).waitFor();
  }

  private Process start(Path page, String program) throws IOException {
    return builder(page, program).start();
  }

  private ProcessBuilder builder(Path page, String program) {
    return OvertakeProcess.builder(
            List.of("-Dovertake.home=" + home), "run", "--page", page.toString(), "--", program)
        .redirectOutput(Redirect.DISCARD)
        .redirectError(Redirect.DISCARD);
  }

  /** Waits for it, however slow the machine. */
  private ProcessHandle daemon(ControlPage page) throws IOException {
    until(() -> page.daemon().alive(System.nanoTime()));
    return ProcessHandle.of(page.daemon().pid()).orElseThrow();
  }

  private interface Request {
    void send() throws DaemonException;
  }

  /** Whether it does in time: at first it has to load what it answers with. */
  private static boolean answers(Request request) {
    try {
      request.send();
      return true;
    } catch (DaemonException e) {
      return false;
    }
  }

  private void until(BooleanSupplier condition) throws IOException {
    long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(log()).isLessThan(deadlineNanos);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Daemons, and the shells that start them: each has the folder among its arguments. */
  private long startedProcesses() {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(home.toString()))
        .count();
  }

  private String log() throws IOException {
    Path log = home.resolve("page.log");
    return Files.exists(log) ? Files.readString(log) : "";
  }
}
