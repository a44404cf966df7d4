package dev.overtake.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** In JVMs that were started with a stand-in for Overtake's library: {@link ScheduledProgram}. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ScheduledThreadHintsTest {
  private static final Path CLIENTS = Path.of("..").toAbsolutePath().normalize();

  @TempDir private static Path folder;

  @BeforeAll
  static void compileFakeShim() throws Exception {
    var compilation =
        List.of(
            "gcc",
            "-std=gnu11",
            "-shared",
            "-fPIC",
            "-I",
            CLIENTS.resolveSibling("shim/include").toString(),
            CLIENTS.resolve("test/fake_shim.c").toString(),
            "-o",
            fakeShim());
    assertThat(outputOf(new ProcessBuilder(compilation))).isEmpty();
  }

  @Test
  void scopesNest() throws Exception {
    assertThat(run("nest")).containsExactly("active true", "none", "10", "-255", "10", "none", "7");
  }

  @Test
  void exceptionRestoresWhatWasBefore() throws Exception {
    assertThat(run("throw")).containsExactly("5", "10", "5");
  }

  @Test
  void hintsAreTheThreadsOwn() throws Exception {
    assertThat(run("threads")).containsExactly("10", "none", "20", "10");
  }

  @Test
  void libraryThatSchedulesNothingIsAsGoodAsNone() throws Exception {
    ProcessBuilder program = program("nest");
    program.environment().put("FAKE_INACTIVE", "1");
    assertThat(outputOf(program))
        .containsExactly("active false", "none", "none", "none", "none", "none", "none");
  }

  private static List<String> run(String scenario) throws Exception {
    return outputOf(program(scenario));
  }

  private static ProcessBuilder program(String scenario) {
    var program =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            ScheduledProgram.class.getName(),
            scenario);
    program.environment().put("LD_PRELOAD", fakeShim());
    return program;
  }

  private static String fakeShim() {
    return folder.resolve("libfake.so").toString();
  }

  private static List<String> outputOf(ProcessBuilder program)
      throws IOException, InterruptedException {
    Process process = program.redirectErrorStream(true).start();
    List<String> lines = process.inputReader().readAllLines();
    assertThat(process.waitFor()).as("exit status after %s", lines).isZero();
    return lines;
  }
}
