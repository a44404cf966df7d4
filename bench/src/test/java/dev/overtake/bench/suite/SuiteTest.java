package dev.overtake.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.bench.harness.Sharing;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SuiteTest {
  private static final String SEPARATE =
      "high alone; low alone; separate, baseline; separate, XQueue (4,2); separate, XQueue (1,1);"
          + " separate, XQueue (16,8) L2";
  private static final String SHARED =
      "; shared, baseline; shared, XQueue (4,2); shared, XQueue (1,1); shared, XQueue (16,8) L2";

  private static String compared(Suite suite) {
    List<Sharing> sharings = suite.sharings(EnumSet.copyOf(suite.topologies()), suite.modes());
    return String.join("; ", sharings.stream().map(Sharing::label).toList());
  }

  @Test
  void oneClientIsComparedWithItselfThroughXQueues() {
    assertThat(compared(Suite.TEST1))
        .isEqualTo("high alone; XQueue (4,2); XQueue (1,1); XQueue (16,8) L2");
  }

  @ParameterizedTest
  @EnumSource(names = {"TEST2", "TEST3", "TEST4"})
  void productsAreComparedOnQueuesOfTheirOwn(Suite suite) {
    assertThat(compared(suite)).isEqualTo(SEPARATE);
  }

  @Test
  void networksAreComparedInBothTopologies() {
    List<String> labels = List.of(compared(Suite.TEST5).split("; "));
    assertThat(labels).hasSize(10).startsWith("high alone", "low alone");
    assertThat(labels).contains((SEPARATE + SHARED).split("; "));
  }

  @ParameterizedTest
  @CsvSource({
    "TEST1, test1, 0, 1024, 1, 4,",
    "TEST2, test2, 15, 1024, 1, 4, 4",
    "TEST3, test3, 7, 1024, 1, 4, 4",
    "TEST4, test4, 1, 2048, 1, 4, 16",
    "TEST5, test5, 1, 1024, 20, 2, 2"
  })
  void clientsAndTheirWork(
      Suite suite,
      String label,
      int lowClients,
      int lowSizeBeside1024,
      int passesInFlight,
      int highItems,
      Integer lowItems) {
    assertThat(suite.label()).isEqualTo(label);
    assertThat(suite.lowClients()).isEqualTo(lowClients);
    assertThat(suite.lowSize(1024)).isEqualTo(lowSizeBeside1024);
    assertThat(suite.passesInFlight(Profile.DEFAULT)).isEqualTo(passesInFlight);
    assertThat(suite.highSource(1).itemsPerPass(2)).isEqualTo(highItems);
    ModelSource low = suite.lowSource(1);
    assertThat(low == null ? null : low.itemsPerPass(2)).isEqualTo(lowItems);
  }

  @ParameterizedTest
  @CsvSource({"SEED, seed, 20, 1, 256, 224, 1", "SEED_LIBTORCH, seed-libtorch, 20, 4, 16, 224, 20"})
  void profilesHaveTheReportsFigures(
      Profile profile,
      String label,
      double rate,
      int highBatch,
      int lowBatch,
      int pixels,
      int passesInFlight) {
    assertThat(profile).hasToString(label);
    assertThat(profile.isCalibrated()).isFalse();
    assertThat(profile.ratePerSecond()).isEqualTo(rate);
    assertThat(profile.highBatch()).isEqualTo(highBatch);
    assertThat(profile.lowBatch()).isEqualTo(lowBatch);
    assertThat(profile.size(Suite.TEST5.highSource(1))).isEqualTo(pixels);
    assertThat(profile.size(Suite.TEST4.highSource(1))).isEqualTo(1024);
    assertThat(Suite.TEST5.passesInFlight(profile)).isEqualTo(passesInFlight);
  }
}
