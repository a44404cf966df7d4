package dev.overtake.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeTest {
  @ParameterizedTest
  @ValueSource(strings = {"1x3x224x224", "1,3,224,224", " 1 x 3 x 224 x 224 "})
  void readsWhatPeopleWrite(String text) {
    Shape shape = Shape.parse(text);
    assertThat(shape).isEqualTo(Shape.of(1, 3, 224, 224)).hasToString("1x3x224x224");
    assertThat(shape.elementCount()).isEqualTo(150_528);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1x", "1x0", "1x-3", "batchx3", "1;3", "1x99999999999999999999"})
  void saysWhatIsNoShape(String text) {
    assertThatThrownBy(() -> Shape.parse(text))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "\"" + text + "\" is not a shape: give positive whole numbers, as in 1x3x224x224");
  }

  @Test
  void aScalarHasOneElement() {
    assertThat(Shape.of().elementCount()).isEqualTo(1);
  }
}
