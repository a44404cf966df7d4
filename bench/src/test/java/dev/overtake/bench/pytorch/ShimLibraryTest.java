package dev.overtake.bench.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.bench.harness.Mode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShimLibraryTest {
  private static Map<String, String> environment(String mode) {
    return new ShimLibrary(Path.of("/lib/libovertake.so"))
        .environment((Mode.Shim) Mode.parse(mode), 10);
  }

  @Test
  void modeBecomesTheVariablesOfTheShim() {
    assertThat(environment("overtake:L1:500us"))
        .containsEntry("OVERTAKE_PRIORITY", "10")
        .containsEntry("OVERTAKE_LEVEL", "1")
        .containsEntry("OVERTAKE_IN_FLIGHT_US", "500");
    assertThat(environment("overtake:2:1"))
        .containsEntry("OVERTAKE_THRESHOLD", "2")
        .containsEntry("OVERTAKE_BATCH", "1");
  }

  @Test
  void withoutALevelItIsTheBestThatThereIs() {
    assertThat(environment("overtake")).containsEntry("OVERTAKE_LEVEL", "0");
  }
}
