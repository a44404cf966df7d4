package dev.overtake.platform.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of an exported model. */
class ExportedModelTest {
  @TempDir Path folder;

  private ExportedModel read(String properties) throws IOException {
    Files.writeString(folder.resolve("model.properties"), properties);
    return ExportedModel.read(folder);
  }

  @Test
  void isReadFromItsFolder() throws IOException {
    ExportedModel model =
        read(
            """
            name=resnet18
            torch=2.11.0+cu130
            segments=2
            inputs=float32 1x3x224x224; int64
            outputs=float32 1x1000
            """);

    assertThat(model.name()).isEqualTo("resnet18");
    assertThat(model.segments())
        .containsExactly(folder.resolve("segment-00.pt2"), folder.resolve("segment-01.pt2"));
    assertThat(model.inputs())
        .containsExactly(
            new TensorType(ElementType.FLOAT32, List.of(1L, 3L, 224L, 224L)),
            new TensorType(ElementType.INT64, List.of()));
    assertThat(model.inputs().getFirst().bytes()).isEqualTo(602_112);
    assertThat(model.inputs().getFirst().strides()).containsExactly(150_528, 50_176, 224, 1);
    assertThat(model.inputs().getLast().bytes()).isEqualTo(8);
  }

  @Test
  void saysWhatIsMissingOrWrong() {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> ExportedModel.read(folder))
        .withMessageContaining("examples/models/export.py makes one");
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> read("name=resnet18"))
        .withMessageEndingWith("model.properties says nothing of 'segments': export it anew");
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> read("name=a\ntorch=2\nsegments=1\ninputs=float8 1\noutputs=int32 1"))
        .withMessageContaining("'float8 1' is not the type of a tensor");
  }

  @Test
  void aDimensionIsAtLeastOne() {
    assertThatIllegalArgumentException().isThrownBy(() -> TensorType.parse("int32 2x0"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TensorType(ElementType.INT32, List.of(0L)));
  }
}
