package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.overtake.bench.harness.Mode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The modes that a JVM may be measured in, by itself and under the shim. */
class JvmModelTestTest {
  private static final Map<String, String> UNDER_SHIM = Map.of("LD_PRELOAD", "/x/libovertake.so");

  private static List<Mode> modes(Map<String, String> environment, String... options) {
    return new JvmModelTest(
            CommandLine.populateCommand(new BenchOptions(), options),
            new PyTorchOptions(),
            new WrongUse(new CommandLine(CommandSpec.create())),
            environment)
        .request()
        .modes();
  }

  @Test
  void underTheShimModesAreBounds() {
    assertThat(modes(UNDER_SHIM, "--device", "cuda:0")).containsExactly(Mode.Shim.DEFAULT);
    assertThat(modes(UNDER_SHIM, "--device", "cuda:0", "--modes", "overtake:30us,overtake:2:1"))
        .containsExactly(Mode.parse("overtake:30us"), Mode.parse("overtake:2:1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "baseline            | give --modes overtake, overtake:100us or overtake:2:1",
        "overtake,4:2        | give --modes overtake, overtake:100us or overtake:2:1",
        "overtake:L2         | at the level that was told",
        "overtake:2000000us  | in-flight time is 2000000: give 1 to 1000000",
        "overtake:70000:1    | threshold is 70000: give 1 to 65536",
      })
  void underTheShimOtherModesAreRefusedBeforeAnythingIsMeasured(String modes, String said) {
    assertThatExceptionOfType(ParameterException.class)
        .isThrownBy(() -> modes(UNDER_SHIM, "--device", "cuda:0", "--modes", modes))
        .withMessageContaining(said);
  }

  @ParameterizedTest
  @CsvSource({"OVERTAKE_IN_FLIGHT_US", "OVERTAKE_THRESHOLD", "OVERTAKE_BATCH"})
  void aBoundOfTheShimsOwnIsRefused(String variable) {
    Map<String, String> environment = Map.of("LD_PRELOAD", "libovertake.so", variable, "2");
    assertThatExceptionOfType(ParameterException.class)
        .isThrownBy(() -> modes(environment, "--device", "cuda:0"))
        .withMessageContaining("no such option to 'overtake run'");
  }

  @Test
  void withoutTheShimModesAreXQueues() {
    assertThat(modes(Map.of(), "--device", "cuda:0", "--modes", "baseline,4:2"))
        .containsExactly(Mode.parse("baseline"), Mode.parse("4:2"));
    assertThatExceptionOfType(ParameterException.class)
        .isThrownBy(() -> modes(Map.of(), "--device", "cuda:0", "--modes", "overtake"));
  }
}
