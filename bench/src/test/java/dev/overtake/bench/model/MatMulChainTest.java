package dev.overtake.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.overtake.bench.model.TestRuntime.Loading;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MatMulChainTest {
  private static final int SIZE = 24;
  private static final int PRODUCTS = 5;

  @ParameterizedTest
  @EnumSource
  void multipliesAsPlainLoopsDo(Loading loading) {
    OnnxModel model = MatMulChain.model(SIZE, PRODUCTS, 3);
    float[] x = new Weights(4).normal(SIZE * SIZE, 1);
    var raw = model.proto().getGraph().getInitializer(0).getRawData().asReadOnlyByteBuffer();
    var weight = raw.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    double[] expected = new double[SIZE * SIZE];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = x[i];
    }
    for (int product = 0; product < PRODUCTS; product++) {
      double[] next = new double[SIZE * SIZE];
      for (int i = 0; i < SIZE; i++) {
        for (int j = 0; j < SIZE; j++) {
          for (int k = 0; k < SIZE; k++) {
            next[i * SIZE + j] += expected[i * SIZE + k] * weight.get(k * SIZE + j);
          }
        }
      }
      expected = next;
    }

    float[] y = TestRuntime.run(model, model.inputShape(1), loading, x);

    assertThat(Errors.relative(y, expected)).isLessThan(1e-5);
  }

  @Test
  void everyProductIsASegment() {
    OnnxModel model = MatMulChain.model(8, 7, 1);
    try (var loaded = SegmentedModel.load(model, model.inputShape(1), TestRuntime.RUNTIME)) {
      assertThat(loaded.segmentCount()).isEqualTo(7);
      assertThat(loaded.operators(3)).containsExactly("MatMul");
    }
  }

  @Test
  void valuesKeepTheirMagnitudeAlongALongChain() {
    OnnxModel model = MatMulChain.model(256, 16, 1);
    float[] y = TestRuntime.run(model, model.inputShape(1), Loading.SEGMENTS);
    double square = 0;
    for (float value : y) {
      square += (double) value * value / y.length;
    }
    assertThat(Math.sqrt(square)).isBetween(0.1, 10.0);
  }

  @Test
  void refusesAnEmptyChain() {
    assertThatThrownBy(() -> MatMulChain.model(8, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 of 8");
  }
}
