package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The front for OpenCL, on a real driver: what its program does is what it does without the shim,
 * to the last byte, and its commands are scheduled. Skipped where there is no driver.
 */
@ExtendWith(Labs.class)
@Timeout(120)
class OpenClTest {
  private static final int NO_DEVICE = 77;

  /** Of the program, whose refused one does not count. */
  private static final int COMMANDS = 127;

  private static Running start(Lab.Starter starter) {
    Running program = starter.start();
    Waiting.until(
        "the program has done its work",
        () -> program.output().contains("end") || !program.isAlive());
    assumeTrue(
        program.isAlive() || program.exitStatus() != NO_DEVICE,
        "there is no OpenCL driver here: apt-get install pocl-opencl-icd");
    assertThat(program.output()).as(program.toString()).contains("end");
    return program;
  }

  private static List<String> native_(Lab lab, String... options) {
    return start(lab.program("opencl", options).withoutShim()).output();
  }

  @ParameterizedTest
  @CsvSource({
    "in-order, dlsym",
    "in-order, extension",
    "out-of-order, dlsym",
    "out-of-order, extension"
  })
  void programsComputeTheSameAndAreScheduled(String order, String way, Lab lab) {
    List<String> expected = native_(lab, order, way);
    Running program = start(lab.program("opencl", order, way).with("OVERTAKE_PRIORITY", 10));
    assertThat(program.output()).isEqualTo(expected);
    assertThat(program.errors()).isEmpty();
    lab.awaitQueue(
        program.pid(), "idle", q -> !q.ready() && q.submitted() == COMMANDS && q.priority() == 10);
  }

  @Test
  void cudaIsScheduledInAProgramThatOnlyLookedForOpenCl(Lab lab) {
    Running program = lab.program("loop", "--look-for-opencl").start();
    Waiting.until(
        "it launches",
        () ->
            !program.isAlive()
                || lab.queues(program.pid()).stream().anyMatch(q -> q.submitted() > 0));
    assumeTrue(program.isAlive() || program.exitStatus() != NO_DEVICE, "no OpenCL driver here");
    assertThat(program.isAlive()).as(program.toString()).isTrue();
  }

  @Test
  void programsOfDifferentPrioritiesComputeTheSameAtATime(Lab lab) {
    List<String> expected = native_(lab, "in-order", "dlsym");
    Running low =
        lab.program("opencl", "in-order", "dlsym").with("OVERTAKE_ESCAPE_MS", 100).start();
    Running high = lab.program("opencl", "in-order", "dlsym").with("OVERTAKE_PRIORITY", 10).start();
    for (Running program : List.of(low, high)) {
      program.endInput();
      assertThat(program.exitStatus()).isZero();
      assertThat(program.output()).isEqualTo(expected);
    }
    lab.awaitOpenFloor(0);
  }
}
