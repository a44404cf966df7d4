package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the probe finds: on the bridge to the simulated driver, and where there is no device. */
class HipProbeTest {
  /** The tests of the HIP platform have made them. */
  private static final Path MADE = Path.of("../platforms/hip/target").toAbsolutePath().normalize();

  private static ChildProcess.Output probe(String variable, String value) throws IOException {
    return ChildProcess.java(
        HipProbe.class,
        Map.of(
            "LD_LIBRARY_PATH",
            MADE.resolve("hip") + ":" + MADE.resolve("simcuda"),
            "SIMCUDA_STATE",
            MADE.resolve("simcuda/probe-state").toString(),
            variable,
            value));
  }

  @Test
  void aDeviceIsDescribedByTheLevelThatItReaches() throws IOException {
    assertThat(probe("SIMCUDA_DEVICES", "2").lines())
        .containsExactly("hip:0\tSimulated GPU\t6.3\tL2\tok", "hip:1\tSimulated GPU\t6.3\tL2\tok");
    assertThat(probe("SIMCUDA_NO_MEMOPS", "1").lines())
        .containsExactly("hip:0\tSimulated GPU\t6.3\tL1\tok");
  }

  @Test
  void aRuntimeWithoutADeviceSaysSo() throws IOException {
    assertThat(probe("SIMCUDA_DEVICES", "0").lines())
        .singleElement()
        .asString()
        .startsWith("none\tthe HIP runtime finds no device");
  }

  @Test
  void noRuntimeOfItsOwnIsNoFailureOfTheProbe() throws IOException {
    assumeThat(Files.exists(Path.of("/dev/kfd"))).as("an AMD GPU").isFalse();
    ChildProcess.Output output = ChildProcess.java(HipProbe.class, Map.of("LD_LIBRARY_PATH", ""));
    assertThat(output.status()).isZero();
    assertThat(output.lines()).last().asString().startsWith("none\tthe HIP runtime");
  }
}
