package dev.overtake.platform.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The binding against PyTorch itself, on the CPU: {@code examples/models/export.py DIR resnet18:2:3
 * --device cpu}, then the tests with {@code -Daoti.cpu.model=DIR/resnet18-b2
 * -Dovertake.torch=.../torch/lib}.
 */
class AotiOnCpuTest {
  private static final Aoti.Place CPU = new Aoti.Place(Aoti.Kind.CPU, 0);

  private ExportedModel exported;

  @BeforeEach
  void aModel() {
    String folder = System.getProperty("aoti.cpu.model");
    assumeThat(folder)
        .as("needs PyTorch, and a model that it compiled for the CPU (see this class)")
        .isNotNull();
    exported = ExportedModel.read(Path.of(folder));
  }

  private static MemorySegment contents(Path file, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  @Test
  void aModelOfSeveralSegmentsComputesWhatPyTorchComputed() throws IOException {
    var packages = new ArrayList<AotiPackage>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment input = contents(exported.inputFile(0), arena);
      long[] tensors = {Aoti.tensor(input.address(), exported.inputs().getFirst(), CPU)};
      for (Path file : exported.segments()) {
        AotiPackage unpacked = AotiPackage.open(file);
        packages.add(unpacked);
        Aoti library = Aoti.open(file, unpacked.library(), Aoti.Kind.CPU);
        long model = library.create(CPU, unpacked.kernels());
        assertThat(library.inputs(model)).isEqualTo(1);
        assertThat(library.outputs(model)).isEqualTo(1);
        tensors = library.run(model, tensors, 1, 0);
        library.delete(model);
      }
      TensorType type = exported.outputs().getFirst();
      assertThat(Aoti.isOf(tensors[0], type)).isTrue();
      MemorySegment expected = contents(exported.outputFile(0), arena);
      @SuppressWarnings("restricted")
      MemorySegment made =
          MemorySegment.ofAddress(Aoti.data(tensors[0])).reinterpret(expected.byteSize());
      for (long i = 0; i < type.elements(); i++) {
        assertThat(made.getAtIndex(JAVA_FLOAT, i))
            .as("element %d", i)
            .isCloseTo(expected.getAtIndex(JAVA_FLOAT, i), within(1e-4f));
      }
      Aoti.deleteTensor(tensors[0]);
    } finally {
      packages.forEach(AotiPackage::close);
    }
  }

  @Test
  void anInputOfAnotherShapeIsRefusedByTheModelItself() {
    try (Arena arena = Arena.ofConfined();
        AotiPackage unpacked = AotiPackage.open(exported.segments().getFirst())) {
      Aoti library = Aoti.open(unpacked.library(), unpacked.library(), Aoti.Kind.CPU);
      long model = library.create(CPU, unpacked.kernels());
      var type = new TensorType(ElementType.FLOAT32, List.of(1L, 3L, 8L, 8L));
      long[] wrong = {Aoti.tensor(arena.allocate(type.bytes(), 64).address(), type, CPU)};

      assertThatExceptionOfType(LibraryStatusException.class)
          .isThrownBy(() -> library.run(model, wrong, 1, 0))
          .withMessageContaining("AOTInductorModelContainerRun: status 1 of ");

      library.delete(model);
    }
  }

  @Test
  void aModelForTheCpuIsNotTakenForOneForAGpu() {
    try (AotiPackage unpacked = AotiPackage.open(exported.segments().getFirst())) {
      var device = new CudaDevice(0, "H100", "0000:01:00.0", 90);
      assertThatExceptionOfType(ModelFileException.class)
          .isThrownBy(() -> unpacked.requireFor(exported.segments().getFirst(), device))
          .withMessageContaining("was compiled for cpu, and is to run on cuda:0");
    }
  }
}
