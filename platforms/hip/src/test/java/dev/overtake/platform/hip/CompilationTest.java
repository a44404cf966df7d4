package dev.overtake.platform.hip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Kernels from source. */
class CompilationTest {
  private final TestGpu gpu = new TestGpu();

  @AfterEach
  void close() {
    gpu.close();
  }

  @Test
  void aSourceWithErrorsIsRefusedWithTheCompilersOwnWordsAndLines() {
    assertThatExceptionOfType(KernelCompilationException.class)
        .isThrownBy(
            () -> gpu.device.compile("broken.hip", "// first line\n#error nothing works here\n"))
        .withMessageStartingWith("broken.hip does not compile:")
        .satisfies(
            e ->
                assertThat(e.log())
                    .contains("nothing works here")
                    .containsPattern("broken.hip[(:]2"));
  }

  @Test
  void anOptionThatTheCompilerDoesNotKnowIsToldByItsName() {
    assertThatExceptionOfType(HipLibraryException.class)
        .isThrownBy(() -> gpu.device.compile("k.cu", "", "no-option"))
        .withMessageContaining("INVALID_OPTION")
        .satisfies(e -> assertThat(e.status()).isEqualTo(5));
  }

  @Test
  void optionsReachTheCompiler() {
    String source = "extern \"C\" __global__ void empty() {}";
    try (HipModule module = gpu.device.compile("k.cu", source, "--use_fast_math")) {
      assertThat(module.kernel("empty").bind()).isNotNull();
    }
  }
}
