package dev.overtake.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentedModelTest {
  private static final float[] INPUT = {1, 2, 3, 4};

  private static SegmentedModel chain() {
    OnnxModel model =
        TestGraph.ofVector()
            .node("Neg", "a", "x")
            .node("Abs", "b", "a")
            .node("Neg", "y", "b")
            .output("y", "a")
            .model();
    return SegmentedModel.load(model, Shape.of(4), TestRuntime.RUNTIME);
  }

  @Test
  void aPassRunsItsSegmentsInOrderAndOnce() {
    try (var model = chain();
        Pass pass = model.newPass(INPUT)) {
      assertThatThrownBy(() -> pass.runSegment(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Segment 1 of test was asked for, but segment 0 is due");
      pass.runSegment(0);
      assertThatThrownBy(() -> pass.runSegment(0)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(pass::output)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("1 of 3 segments have run");
      pass.runRemaining();
      assertThat(TestRuntime.floats(pass.output())).containsExactly(-1, -2, -3, -4);
      assertThat(TestRuntime.floats(pass.output("a"))).containsExactly(-1, -2, -3, -4);
      assertThatThrownBy(() -> pass.runSegment(3))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the pass has ended");
    }
  }

  @Test
  void passesSideBySideDoNotMix() {
    try (var model = chain();
        Pass first = model.newPass(new float[] {1, 1, 1, 1});
        Pass second = model.newPass(new float[] {2, 2, 2, 2})) {
      for (int segment = 0; segment < 3; segment++) {
        first.runSegment(segment);
        second.runSegment(segment);
      }
      assertThat(TestRuntime.floats(first.output())).containsOnly(-1);
      assertThat(TestRuntime.floats(second.output())).containsOnly(-2);
    }
  }

  @Test
  void everyPassGetsTheSameRandomInput() {
    try (var model = chain();
        Pass first = model.newPass();
        Pass second = model.newPass()) {
      first.runRemaining();
      second.runRemaining();
      assertThat(TestRuntime.floats(first.output()))
          .isEqualTo(TestRuntime.floats(second.output()))
          .doesNotContain(0);
    }
  }

  @Test
  void closeReleasesAPassWhereverItStands() {
    try (var model = chain()) {
      for (int segments = 0; segments <= 3; segments++) {
        Pass pass = model.newPass(INPUT);
        for (int segment = 0; segment < segments; segment++) {
          pass.runSegment(segment);
        }
        OnnxTensor output = segments > 0 ? (OnnxTensor) pass.output("a") : null;
        pass.close();
        pass.close();
        if (output != null) {
          assertThat(output.isClosed()).isTrue();
        }
        assertThatThrownBy(() -> pass.runSegment(0))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("the pass has ended");
      }
    }
  }

  @Test
  void refusesAnInputOfAnotherSize() {
    try (var model = chain()) {
      assertThatThrownBy(() -> model.newPass(new float[3]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("takes 4 elements of type FLOAT, but got 3 floats");
    }
  }

  @Test
  void whatFailsWhileRunningNamesTheSegment() {
    OnnxModel model =
        TestGraph.ofVector()
            .node("Exp", "a", "x")
            .node("Cast", "s", List.of("a"), GraphBuilder.integer("to", 7))
            .node("ConstantOfShape", "y", "s")
            .node("Neg", "z", "y")
            .output("z")
            .model();
    try (var loaded = SegmentedModel.load(model, Shape.of(4), TestRuntime.RUNTIME);
        Pass pass = loaded.newPass(new float[] {50, 50, 50, 50})) {
      assertThatThrownBy(pass::runRemaining)
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("model test: segment 3 of 4 fails on input 4 (");
    }
  }

  @Test
  void theProcessHasOneThreadCount() {
    assertThat(OrtRuntime.withThreads(2)).isSameAs(TestRuntime.RUNTIME);
    assertThatThrownBy(() -> OrtRuntime.withThreads(3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("with 3 threads was asked for, but this process has it with 2");
    assertThatThrownBy(() -> OrtRuntime.withThreads(0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
