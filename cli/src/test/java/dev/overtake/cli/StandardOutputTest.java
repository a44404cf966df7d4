package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a process ends with when its output goes nowhere. */
class StandardOutputTest {
  private static ProcessBuilder help() {
    ProcessBuilder help = OvertakeProcess.builder(List.of(), "--help");
    help.environment().remove("JAVA_TOOL_OPTIONS"); // Of which the JVM would tell.
    return help;
  }

  private static String errors(Process process) throws IOException {
    return String.join("\n", process.errorReader().lines().toList());
  }

  @Test
  void outputThatIsLostIsAFailure() throws Exception {
    var full = new File("/dev/full");
    assumeTrue(full.exists());
    Process process = help().redirectOutput(Redirect.to(full)).start();
    assertThat(errors(process))
        .isEqualTo("overtake: not all could be written to standard output; is the disk full?");
    assertThat(process.waitFor()).isEqualTo(ExitStatus.FAILED);
  }

  @Test
  void aReaderWhoHasEnoughIsNone() throws Exception {
    Process process = help().start();
    process.getInputStream().close(); // Long before it writes.
    assertThat(errors(process)).isEmpty();
    assertThat(process.waitFor()).isEqualTo(ExitStatus.OK);
  }
}
