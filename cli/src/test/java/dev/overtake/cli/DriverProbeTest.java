package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The probe of the driver, in its process, on a stand-in for the driver. */
class DriverProbeTest {
  @TempDir static Path folder;

  @BeforeAll
  static void compileDrivers() throws IOException, InterruptedException {
    compile(folder);
    compile(Files.createDirectory(folder.resolve("old")), "-DOLD");
  }

  private static void compile(Path folder, String... options)
      throws IOException, InterruptedException {
    Path source = folder.resolve("libcuda.c");
    try (InputStream in = DriverProbeTest.class.getResourceAsStream("libcuda.c")) {
      Files.copy(in, source);
    }
    var gcc = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-o", folder + "/libcuda.so.1"));
    gcc.addAll(List.of(options));
    gcc.add(source.toString());
    assertThat(new ProcessBuilder(gcc).inheritIO().start().waitFor()).isZero();
  }

  private static ChildProcess.Output probe(String fault) throws IOException {
    return probe(folder, fault);
  }

  private static ChildProcess.Output probe(Path folder, String fault) throws IOException {
    return ChildProcess.java(
        DriverProbe.class, Map.of("LD_LIBRARY_PATH", folder.toString(), "FAKE_CUDA", fault));
  }

  @Test
  void aDriverThatWorksIsDescribed() throws IOException {
    assertThat(probe("none"))
        .isEqualTo(
            new ChildProcess.Output(
                0, List.of("driver\t13000", "device\t0\tFake GPU\tok\tok\t0\t0")));
  }

  @Test
  void aDeviceThatMpsSharesIsSaidToBe() throws IOException {
    assertThat(probe("mps").lines()).last().asString().endsWith("\tok\t1\t0");
  }

  @ParameterizedTest
  @CsvSource({
    "no-waits, cuStreamBatchMemOp_v2 returned 801",
    "eager, a wait in a stream does not wait",
    "deaf, a wait in a stream does not end when the host lets it",
  })
  void aDeviceWhoseStreamsCannotWaitIsNamed(String fault, String said) throws IOException {
    assertThat(probe(fault).lines())
        .last()
        .asString()
        .startsWith("device\t0")
        .endsWith("\tok\t" + said + "\t0\t0");
  }

  @Test
  void aDriverWithoutWaitsInStreamsIsNoFailureOfTheProbe() throws IOException {
    ChildProcess.Output output = probe(folder.resolve("old"), "none");
    assertThat(output.status()).isZero();
    assertThat(output.lines())
        .last()
        .asString()
        .endsWith("\tok\tthe driver has no cuStreamBatchMemOp_v2\t0\t0");
  }

  @Test
  void aDeviceWithoutRoomForAContextIsNotSaidToLackWaits() throws IOException {
    assertThat(probe("full").lines())
        .last()
        .isEqualTo("device\t0\tFake GPU\tcuDevicePrimaryCtxRetain returned 2\tnot tried\t0\t0");
  }

  @Test
  void aDriverWithoutDeviceSaysSo() throws IOException {
    assertThat(probe("no-device").lines()).containsExactly("error\tcuInit returned 100");
  }

  @Test
  void aDriverThatCrashesIsOutlived() throws IOException {
    assertThat(probe("crash").status()).isGreaterThan(128);
  }

  @Test
  void noDriverIsNoFailureOfTheProbe() throws IOException {
    ChildProcess.Output output =
        ChildProcess.java(DriverProbe.class, Map.of("LD_LIBRARY_PATH", ""));
    assertThat(output.status()).isZero();
  }
}
