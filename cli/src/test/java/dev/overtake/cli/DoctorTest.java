package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.ControlPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor finds where the test knows what is wrong, or what the probes say. */
class DoctorTest {
  @TempDir Path home;
  private Doctor doctor;

  @BeforeEach
  void prepare() {
    doctor = new Doctor(home);
  }

  private void failed(String check, String found, String advice) {
    assertThat(doctor.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.result()).isEqualTo(Finding.Result.FAILED);
              assertThat(finding.check()).isEqualTo(check);
              assertThat(finding.found()).contains(found);
              assertThat(finding.advice()).contains(advice);
            });
    assertThat(doctor.wouldSchedule()).isFalse();
  }

  private Path script(String text, boolean executable) throws IOException {
    Path file = Files.writeString(home.resolve("serve"), text);
    assertThat(file.toFile().setExecutable(executable)).isTrue();
    return file;
  }

  @Test
  void aMissingShim() throws IOException {
    doctor.shim();
    failed("shim", home.resolve("libovertake.so") + " is missing", "install what builds it");
  }

  @Test
  void aShimThatCannotBePreloaded() throws IOException {
    doctor = new Doctor(Files.createDirectory(home.resolve("a folder")));
    Files.createFile(home.resolve("a folder/libovertake.so"));
    doctor.shim();
    failed("shim", "has a space or colon in its path", "move Overtake");
  }

  @Test
  void anEnvironmentThatTurnsItOff() {
    doctor.environment(Map.of("OVERTAKE_DISABLE", "", "OVERTAKE_PRIORITY", "3"));
    assertThat(doctor.findings()).isEmpty();
    doctor.environment(Map.of("OVERTAKE_DISABLE", "1"));
    failed("environment", "OVERTAKE_DISABLE is set", "'unset OVERTAKE_DISABLE'");
  }

  private static ChildProcess.Output said(String... words) {
    return new ChildProcess.Output(0, List.of(String.join("\t", words)));
  }

  @Test
  void aGpuThatGivesNoContextIsNotSaidToLackALevel() {
    doctor.driver(
        said("device", "0", "GPU", "cuDevicePrimaryCtxRetain returned 2", "not tried", "0", "0"));
    Finding found = doctor.findings().getFirst();
    assertThat(found.result()).isEqualTo(Finding.Result.WARNING);
    assertThat(found.found())
        .isEqualTo("GPU: it gives no context now: cuDevicePrimaryCtxRetain returned 2");
    assertThat(found.advice()).contains("memory is full", "has it to itself");
  }

  @Test
  void onlyADeviceThatWorksMakesUpForAMissingCudaDriver() {
    doctor.openCl(said("opencl:0", "GPU", "Platform", "a command does not end"));
    doctor.hip(said("hip:0", "GPU", "6.0", "L2", "out of memory"));
    doctor.driver(said("error", "libcuda.so.1 cannot be loaded"));
    assertThat(doctor.wouldSchedule()).isFalse();

    doctor = new Doctor(home);
    doctor.openCl(said("opencl:0", "GPU", "Platform", "ok"));
    doctor.driver(said("error", "libcuda.so.1 cannot be loaded"));
    assertThat(doctor.wouldSchedule()).isTrue();

    doctor = new Doctor(home);
    doctor.hip(said("hip:0", "GPU", "6.0", "L1", "ok"));
    doctor.driver(said("error", "libcuda.so.1 cannot be loaded"));
    assertThat(doctor.wouldSchedule()).isTrue();
  }

  @Test
  void aPageThatCannotBe() throws IOException {
    doctor.page(Files.writeString(home.resolve("page"), "text"));
    failed("control page", "4 bytes long", "see the message");
  }

  @Test
  void aPageWithoutADaemonAndWithOne() throws IOException {
    Path file = home.resolve("page");
    doctor.page(file);
    assertThat(doctor.findings())
        .extracting(Finding::result)
        .containsExactly(Finding.Result.OK, Finding.Result.WARNING);
    var atWork = Finding.ok("daemon", "process 4711 is at work");
    try (var page = ControlPage.open(file)) {
      // Each is stale a second later, and a busy machine may take that long to look.
      for (int beats = 0; beats < 10 && !doctor.findings().getLast().equals(atWork); beats++) {
        page.daemon().beat(4711, System.nanoTime());
        doctor.page(file);
      }
    }
    assertThat(doctor.findings().getLast()).isEqualTo(atWork);
    assertThat(doctor.wouldSchedule()).isTrue();
  }

  @Test
  void aProgramThatIsNotThere() {
    doctor.program("./not-there");
    failed("program", "./not-there is not there", "give its path");
  }

  @Test
  void aScriptThatIsNotExecutable() throws IOException {
    Path script = script("#!/bin/sh\n", false);
    doctor.program(script.toString());
    failed("program", "serve is not executable", "'chmod +x " + script + "'");
  }

  @Test
  void aScriptWhoseInterpreterIsMissing() throws IOException {
    doctor.program(script("#!/not/there\n", true).toString());
    failed("program", "serve cannot be started", "what its first line names");
  }

  @Test
  void aProgramIntoWhichNothingIsPreloaded() throws IOException {
    doctor.program(script("#!/bin/sh\n", true).toString()); // There is no shim to preload.
    failed("program", "the dynamic linker does not load the shim", "ldd");
  }
}
