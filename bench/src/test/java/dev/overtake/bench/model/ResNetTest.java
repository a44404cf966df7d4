package dev.overtake.bench.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.overtake.bench.model.TestRuntime.Loading;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ResNetTest {
  @ParameterizedTest
  @EnumSource
  void hasExactlyThePublishedNumberOfParameters(ResNet network) {
    long count =
        network.model(1).proto().getGraph().getInitializerList().stream()
            .filter(tensor -> !tensor.getName().contains("running_"))
            .mapToLong(t -> t.getDimsList().stream().reduce(1L, Math::multiplyExact))
            .sum();
    assertThat(count).isEqualTo(network.parameterCount());
    assertThat(count).isEqualTo(network == ResNet.RESNET_18 ? 11_689_512 : 25_557_032);
  }

  @Test
  void theSameSeedGivesTheSameBytesAndAnotherSeedDoesNot() {
    byte[] bytes = ResNet.RESNET_18.model(7).proto().toByteArray();
    assertThat(ResNet.RESNET_18.model(7).proto().toByteArray()).isEqualTo(bytes);
    assertThat(ResNet.RESNET_18.model(8).proto().toByteArray()).isNotEqualTo(bytes);
  }

  @Test
  void convolutionsStartWithTheDeviationOfTheirFanOut() {
    double[] squares =
        floats(tensor(ResNet.RESNET_18.model(1).proto(), "layer4.1.conv2.weight")).stream()
            .mapToDouble(w -> w * w)
            .toArray();
    double deviation = Math.sqrt(Arrays.stream(squares).average().orElseThrow());
    // 2.4 million samples: the estimate's own deviation is 0.05 %.
    assertThat(deviation / Math.sqrt(2.0 / (512 * 9))).isBetween(0.998, 1.002);
  }

  /**
   * Float against double: every layer rounds, and 53 of them add up to some 1e-6 of the largest
   * logit. A wrong stride, shortcut or weight is off by the size of the logits themselves.
   */
  @ParameterizedTest
  @EnumSource
  void computesWhatThePlainReferenceComputes(ResNet network) {
    ModelProto model = withTrainedLookingNormalization(network.model(3).proto());
    float[] image = image(3 * 32 * 32);

    float[] logits =
        TestRuntime.run(OnnxModel.of("test", model), Shape.of(1, 3, 32, 32), Loading.WHOLE, image);

    var reference = new ReferenceResNet(model);
    double[] expected =
        network == ResNet.RESNET_18
            ? reference.basic(image, 32, 2, 2, 2, 2)
            : reference.bottleneck(image, 32, 3, 4, 6, 3);
    assertThat(logits).hasSize(1000);
    assertThat(Errors.relative(logits, expected)).isLessThan(1e-5);
  }

  /**
   * To a rounding: the nodes are the same on both sides, but a runtime is free to choose another
   * kernel, which adds the same products in another order, where a tensor is a session's input.
   */
  @ParameterizedTest
  @CsvSource({"RESNET_18, 1", "RESNET_18, 2", "RESNET_50, 1", "RESNET_50, 2"})
  void partitionedComputesWhatTheWholeComputes(ResNet network, int batch) {
    OnnxModel model =
        OnnxModel.of("test", withTrainedLookingNormalization(network.model(5).proto()));
    Shape shape = Shape.of(batch, 3, 64, 64);
    float[] whole = TestRuntime.run(model, shape, Loading.WHOLE);

    float[] logits = TestRuntime.run(model, shape, Loading.SEGMENTS);

    assertThat(logits).hasSize(batch * 1000);
    assertThat(Errors.relative(logits, whole)).isLessThan(1e-6);
  }

  /**
   * What ONNX Runtime fuses, and with it the number of segments, differs among machines a little.
   */
  @ParameterizedTest
  @CsvSource({"RESNET_18, 8", "RESNET_50, 16"})
  void isCutBetweenAllBlocks(ResNet network, int blocks) {
    try (var model =
        SegmentedModel.load(network.model(1), Shape.of(1, 3, 64, 64), TestRuntime.RUNTIME)) {
      assertThat(model.segmentCount()).isBetween(blocks + 4, 2 * blocks + 8);
    }
  }

  /** The identity that normalization starts as would hide one that is wired up wrongly. */
  private static ModelProto withTrainedLookingNormalization(ModelProto model) {
    var random = new SplittableRandom(11);
    ModelProto.Builder changed = model.toBuilder();
    for (TensorProto.Builder tensor : changed.getGraphBuilder().getInitializerBuilderList()) {
      if (tensor.getDimsCount() == 1 && !tensor.getName().startsWith("fc.")) {
        boolean positive = !tensor.getName().matches(".*(bias|mean)");
        ByteBuffer raw =
            ByteBuffer.allocate((int) tensor.getDims(0) * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        while (raw.hasRemaining()) {
          double value = positive ? random.nextDouble(0.5, 1.5) : random.nextDouble(-0.5, 0.5);
          raw.putFloat((float) value);
        }
        tensor.setRawData(ByteString.copyFrom(raw.flip()));
      }
    }
    return changed.build();
  }

  private static float[] image(int count) {
    return new Weights(17).normal(count, 1);
  }

  private static TensorProto tensor(ModelProto model, String name) {
    return model.getGraph().getInitializerList().stream()
        .filter(tensor -> tensor.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<Float> floats(TensorProto tensor) {
    var buffer = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    var values = new ArrayList<Float>();
    while (buffer.hasRemaining()) {
      values.add(buffer.getFloat());
    }
    return values;
  }
}
