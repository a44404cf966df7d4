package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program whose first use of the driver is by many threads at once. */
@ExtendWith(Labs.class)
class FirstUseTest {
  private static final int THREADS = 16;

  /** Some rounds are all lucky: one in five was not, where the shim had this wrong. */
  private static final int ROUNDS = 40;

  @ParameterizedTest
  @ValueSource(strings = {"rush", "rush-direct"})
  void everyThreadFindsTheShimsFunctions(String program, Lab lab) {
    for (int i = 0; i < ROUNDS; i++) {
      Running rush = lab.program(program, "--threads=" + THREADS).start().awaitOutput("{");
      assertThat(rush.output()).containsExactly("{\"missing\":0}");
      lab.awaitQueue(rush.pid(), "has all commands", q -> q.submitted() == THREADS);
      rush.endInput();
      rush.succeed();
    }
  }
}
