package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What it means for a program, and for other libraries, that the shim is preloaded. */
@ExtendWith(Labs.class)
class PreloadTest {
  private static final Path WRAPPER = Lab.PROGRAMS.resolve("libwrapper.so");

  /** A profiler that wraps the same functions, before the shim or behind it. */
  @ParameterizedTest
  @CsvSource({
    "true, puppet-direct, direct",
    "false, puppet-direct, direct",
    "true, puppet, dlsym",
    "false, puppet, dlsym"
  })
  void otherWrappersFindWhatIsBehindThem(boolean before, String program, String binding, Lab lab)
      throws IOException {
    Path log = lab.folder().resolve("wrapped");
    Puppet puppet =
        lab.program(program, "--bind=" + binding)
            .with("LD_PRELOAD", before ? WRAPPER + " " + Lab.SHIM : Lab.SHIM + " " + WRAPPER)
            .with("WRAPPER_LOG", log)
            .startPuppet();
    puppet.act("a device 0", "a launch default empty 5", "a sync default");
    lab.awaitQueue(puppet.pid(), "used", q -> q.submitted() == 5 && !q.ready());
    puppet.end();
    List<String> wrapped = Files.readAllLines(log);
    assertThat(wrapped).contains("strsep").doesNotContain("found itself");
    if (binding.equals("direct")) {
      assertThat(wrapped).contains("cuInit");
      assertThat(wrapped.contains("cuStreamSynchronize")).isEqualTo(before);
    } else {
      assertThat(wrapped).doesNotContain("cuInit", "cuStreamSynchronize");
    }
  }

  /** Below normal unless it is above the default; what the user says himself stands. */
  @ParameterizedTest
  @CsvSource({"10, '', 0", "0, '', 1", "-3, '', 1", "10, 1, 1"})
  void mpsIsToldWhoGoesFirst(int priority, String own, String told, Lab lab) throws IOException {
    var printenv =
        lab.command("printenv", "CUDA_MPS_CLIENT_PRIORITY").with("OVERTAKE_PRIORITY", priority);
    if (!own.isEmpty()) {
      printenv.with("CUDA_MPS_CLIENT_PRIORITY", own);
    }
    Running running = printenv.start();
    assertThat(running.exitStatus()).isZero();
    assertThat(running.output()).containsExactly(told);
  }

  /** What one program's shim told is nothing that the next has to keep to. */
  @Test
  void mpsIsToldAnewInAProgramOfAnotherPriority(Lab lab) {
    Running shell =
        lab.command(
                "bash",
                "-c",
                "printenv CUDA_MPS_CLIENT_PRIORITY;"
                    + " OVERTAKE_PRIORITY=10 printenv CUDA_MPS_CLIENT_PRIORITY;"
                    + " OVERTAKE_DISABLE=1 printenv CUDA_MPS_CLIENT_PRIORITY;"
                    + " CUDA_MPS_CLIENT_PRIORITY=0 printenv CUDA_MPS_CLIENT_PRIORITY")
            .start();
    assertThat(shell.exitStatus()).isZero();
    assertThat(shell.output()).containsExactly("1", "0", "0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"puppet", "puppet-direct"})
  void answersAboutSymbolsAreAsEver(String program, Lab lab) {
    Puppet puppet = lab.program(program).startPuppet();
    assertThat(puppet.ask("a dlerror")).isZero();
    assertThat(puppet.ask("a look-up cuLaunchKernel")).isEqualTo(1);
    assertThat(puppet.ask("a look-up cuInit")).isEqualTo(1);
    assertThat(puppet.ask("a dlerror")).isZero();
    assertThat(puppet.ask("a look-up cuNoSuchFunction")).isZero();
    assertThat(puppet.ask("a dlerror")).isEqualTo(1);
    assertThat(puppet.ask("a look-up cuMemcpyHtoA_v2")).isZero(); // the simulated driver has none
    assertThat(puppet.ask("a dlerror")).isEqualTo(1);
    puppet.act("a device 0", "a launch default empty 5", "a sync default");
    assertThat(puppet.ask("a dlerror")).isZero();
  }

  /** Of a driver that only a library of the program's can see, a wrapper finds the shim's. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void wrappersDoNotFindThemselves(boolean before, Lab lab) throws IOException {
    Path log = lab.folder().resolve("wrapped");
    Running running =
        lab.program("plugged", Lab.PROGRAMS.resolve("libplugin.so").toString())
            .with("LD_PRELOAD", before ? WRAPPER + " " + Lab.SHIM : Lab.SHIM + " " + WRAPPER)
            .with("WRAPPER_LOG", log)
            .start();
    assertThat(running.exitStatus()).isZero();
    List<String> wrapped = Files.exists(log) ? Files.readAllLines(log) : List.of();
    assertThat(wrapped.contains("cuStreamSynchronize")).isEqualTo(before);
  }

  /** With the shim as without: a Python extension that looks up what it is linked to, say. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void librariesFindWhatTheyAloneAreLinkedTo(boolean preloaded, Lab lab) {
    var plugged =
        lab.program(
            "plugged",
            Lab.PROGRAMS.resolve("libplugin.so").toString(),
            "cuInit",
            "cuLaunchKernel",
            "cuDeviceGetName", // which the shim does not front
            "cuMemcpyHtoA_v2", // which the simulated driver does not have
            "cuNoSuchFunction");
    if (!preloaded) {
      plugged.with("LD_PRELOAD", "");
    }
    Running running = plugged.start();
    assertThat(running.exitStatus()).isZero();
    assertThat(running.output())
        .containsExactly(
            "cuInit: by the library found, next found",
            "cuLaunchKernel: by the library found, next found",
            "cuDeviceGetName: by the library found, next found",
            "cuMemcpyHtoA_v2: by the library not found, next not found",
            "cuNoSuchFunction: by the library not found, next not found");
  }

  @Test
  void programWithoutADeviceIsAsItWas(Lab lab) {
    Running shell =
        lab.command("bash", "-c", "echo one; echo two >&2; (exit 4); echo $?; exit 3").start();
    assertThat(shell.exitStatus()).isEqualTo(3);
    assertThat(shell.output()).containsExactly("one", "4");
    assertThat(shell.errors()).containsExactly("two");
    assertThat(lab.pageFile()).doesNotExist();
  }

  @Test
  void programThatUsesNoDeviceHasNoThreadMore(Lab lab) {
    Puppet puppet = lab.program("puppet").startPuppet();
    assertThat(puppet.program().threads("overtake")).isEmpty();
    assertThat(puppet.program().threads("puppet")).hasSize(1);
    assertThat(lab.pageFile()).doesNotExist();
  }

  @Test
  void machineWithoutADriverIsAsItWas(Lab lab) {
    Puppet puppet = lab.program("puppet").with("SIMCUDA_DEVICES", 0).startPuppet();
    assertThat(puppet.ask("a device 0")).isEqualTo(100); // CUDA_ERROR_NO_DEVICE
    assertThat(puppet.end().errors()).isEmpty();
  }
}
