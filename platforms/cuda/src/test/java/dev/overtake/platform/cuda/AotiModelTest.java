package dev.overtake.platform.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.overtake.core.testing.OwnProcess;
import dev.overtake.core.xqueue.CommandDroppedException;
import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.ResumeFlag;
import dev.overtake.core.xqueue.XQueue;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a stand-in for a compiled model, which adds 1, and for PyTorch. */
@Tag("simulated")
class AotiModelTest {
  private static final TensorType TYPE = TensorType.parse("float32 2x3");
  private static final List<TensorType> TYPES = List.of(TYPE);

  private final CudaContext context = TestGpu.device().openPrimaryContext();
  private final CudaStream stream = context.newStream();
  private final DeviceBuffer input = context.allocate(TYPE.bytes());
  private final DeviceBuffer output = context.allocate(TYPE.bytes());

  /** Those that a model kept which refused them. */
  private final long unfreedBefore = unfreed();

  @TempDir Path folder;

  @AfterEach
  void close() {
    stream.close();
    input.close();
    output.close();
    context.close();
  }

  private AotiModel load(String... behaviours) throws IOException {
    return AotiModel.load(context, packages(behaviours), TYPES, TYPES);
  }

  /** A package for each. */
  private List<Path> packages(String... behaviours) throws IOException {
    for (int i = 0; i < behaviours.length; i++) {
      ModelFiles.write(folder.resolve(i + ".pt2"), behaviours[i]);
    }
    return IntStream.range(0, behaviours.length).mapToObj(i -> folder.resolve(i + ".pt2")).toList();
  }

  private List<CudaCommand> pass(AotiModel model) {
    return model.pass(List.of(input), List.of(output));
  }

  /** What is in the output once everything is done. */
  private float[] outputs(XQueue queue) throws InterruptedException {
    try (HostBuffer host = context.allocateHost(TYPE.bytes())) {
      queue.submit(CudaCommand.copy(output, host));
      queue.awaitAll();
      return host.segment().toArray(JAVA_FLOAT);
    }
  }

  private void fillInput(XQueue queue, float value) throws InterruptedException {
    try (HostBuffer host = context.allocateHost(TYPE.bytes())) {
      for (long i = 0; i < TYPE.elements(); i++) {
        host.segment().setAtIndex(JAVA_FLOAT, i, value);
      }
      queue.submit(CudaCommand.copy(host, input));
      queue.awaitAll();
    }
  }

  /** Models and tensors that nobody has freed. */
  @SuppressWarnings("restricted")
  private static long unfreed() {
    Path torch = Path.of(System.getProperty("overtake.torch"), "libtorch_cpu.so");
    try {
      return (long)
          Linker.nativeLinker()
              .downcallHandle(
                  SymbolLookup.libraryLookup(torch, Arena.global()).findOrThrow("sim_torch_live"),
                  FunctionDescriptor.of(JAVA_LONG))
              .invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void eachSegmentIsACommandAndWorksOnWhatTheOneBeforeMade() throws Exception {
    try (AotiModel model = load("", "", "");
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      fillInput(queue, 5);
      assertThat(pass(model)).hasSize(3).extracting(Object::toString).last().isEqualTo("2.pt2");

      pass(model).forEach(queue::submit);
      assertThat(outputs(queue)).containsOnly(8);

      pass(model).forEach(queue::submit);
      pass(model).forEach(queue::submit);
      assertThat(outputs(queue)).containsOnly(8);
    }
    assertThat(unfreed()).isEqualTo(unfreedBefore);
  }

  @Test
  void aSuspendedQueueStopsWithinAPass() throws Exception {
    try (AotiModel model = load("", "", "");
        XQueue queue = XQueue.on(stream.openQueue()).launchConfig(new LaunchConfig(1, 1)).open()) {
      fillInput(queue, 1);
      queue.suspend();
      List<CudaCommand> pass = pass(model);
      pass.forEach(queue::submit);
      assertThat(pass).noneMatch(command -> command.state().isFinished());
      queue.resume();
      assertThat(outputs(queue)).containsOnly(4);
    }
  }

  @Test
  void whatADroppedPassHasMadeIsFreed() throws Exception {
    try (AotiModel model = load("", "", "");
        var thread = new LaunchThread("launch");
        XQueue queue =
            XQueue.on(thread.launching(stream.openQueue()))
                .launchConfig(new LaunchConfig(1, 1))
                .open()) {
      List<CudaCommand> pass = pass(model);
      queue.submit(pass.getFirst());
      queue.suspend();
      queue.submit(pass.get(1));
      queue.submit(pass.get(2));
      queue.resume(ResumeFlag.DROP_PENDING);
      queue.await(pass.getFirst());
      assertThatExceptionOfType(CommandDroppedException.class)
          .isThrownBy(() -> queue.await(pass.get(2)));
      assertThat(unfreed()).as("but for the models").isEqualTo(unfreedBefore + 3);
    }
  }

  @Test
  void severalInputsGoThrough() throws Exception {
    try (AotiModel model =
            AotiModel.load(
                context,
                packages("inputs=2", "inputs=2"),
                List.of(TYPE, TYPE),
                List.of(TYPE, TYPE));
        DeviceBuffer other = context.allocate(TYPE.bytes());
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      fillInput(queue, 2);
      model.pass(List.of(input, input), List.of(output, other)).forEach(queue::submit);
      assertThat(outputs(queue)).containsOnly(4);
    }
    assertThat(unfreed()).isEqualTo(unfreedBefore);
  }

  @Test
  void whatWasMadeForALaunchThatFailsIsFreed() throws Exception {
    TensorType beyond = TensorType.parse("float32 1x1x1x1x1x1x1x2x3"); // 8 dimensions are known.
    try (AotiModel model =
            AotiModel.load(
                context, packages("inputs=2"), List.of(TYPE, beyond), List.of(TYPE, TYPE));
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      CudaCommand command =
          queue.submit(model.pass(List.of(input, input), List.of(output, output)).getFirst());
      assertThatThrownBy(() -> queue.await(command))
          .hasStackTraceContaining("aoti_torch_create_tensor_from_blob");
    }
    assertThat(unfreed()).isEqualTo(unfreedBefore);
  }

  @Test
  void aModelThatDoesNotFitIsFreed() {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> load("inputs=2"))
        .withMessageContaining("has 2 inputs, and 1 are expected");
    assertThatExceptionOfType(LibraryStatusException.class)
        .isThrownBy(() -> load("fail-outputs"))
        .withMessageContaining("AOTInductorModelContainerGetNumOutputs");
    assertThat(unfreed()).isEqualTo(unfreedBefore);
  }

  @Test
  void buffersOfAnotherSizeOrNumberAreRefused() throws Exception {
    try (AotiModel model = load("");
        DeviceBuffer small = context.allocate(8)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.pass(List.of(small), List.of(output)))
          .withMessage(
              "input 0 is float32 2x3, 24 bytes, and was given a buffer of 8 bytes on cuda:0");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.pass(List.of(input), List.of(output, output)))
          .withMessage("the model has 1 outputs, and was given 2 buffers for them");
    }
  }

  @Test
  void aModelThatFailsFailsItsCommandAndThoseBehindIt() throws Exception {
    try (AotiModel model = load("fail-run", "");
        var thread = new LaunchThread("launch");
        XQueue queue = XQueue.on(thread.launching(stream.openQueue())).open()) {
      List<CudaCommand> pass = pass(model);
      pass.forEach(queue::submit);
      assertThatExceptionOfType(CommandFailedException.class)
          .isThrownBy(() -> queue.await(pass.getFirst()))
          .withRootCauseInstanceOf(LibraryStatusException.class)
          .withStackTraceContaining(
              "AOTInductorModelContainerRun: status 1 of 0.pt2: it was told to fail");
      assertThatThrownBy(() -> queue.await(pass.getLast()))
          .hasStackTraceContaining("the command before has left nothing to work on");

      queue.await(queue.submit(CudaCommand.fill(output, 0)));
    }
  }

  /** The types that the caller gives are looked at by the model, too. */
  @Test
  void anInputThatTheModelWasNotCompiledForIsRefused() throws Exception {
    try (AotiModel model = load("elements=7");
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      CudaCommand command = queue.submit(pass(model).getFirst());
      assertThatThrownBy(() -> queue.await(command))
          .hasStackTraceContaining("an input has another size than it was compiled for");
    }
  }

  @Test
  void anOutputWithGapsIsRefused() throws Exception {
    try (AotiModel model = load("gaps");
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      CudaCommand command = queue.submit(pass(model).getFirst());
      assertThatThrownBy(() -> queue.await(command))
          .hasStackTraceContaining("output 0 of")
          .hasStackTraceContaining("is not float32 2x3 without gaps");
    }
    assertThat(unfreed()).isEqualTo(unfreedBefore);
  }

  @Test
  void whatIsNoModelIsTold() throws IOException {
    refused("is not there: export the model to it", folder.resolve("missing.pt2"));
    refused(
        "is neither a package of AOTInductor, which is a zip, nor a library",
        Files.writeString(folder.resolve("text.pt2"), "no zip"));
    refused(
        "text.so cannot be loaded as a library",
        Files.writeString(folder.resolve("text.so"), "no library"));
    refused(
        "broken.pt2 cannot be loaded as a library",
        ModelFiles.write(folder.resolve("broken.pt2"), new byte[] {1, 2, 3}));
    refused(
        "is a library, but no model",
        Path.of(System.getProperty("overtake.torch"), "libtorch_cpu.so"));
    refused(
        "was compiled for cpu, and is to run on cuda:0",
        ModelFiles.write(folder.resolve("cpu.pt2"), "", "{\"AOTI_DEVICE_KEY\": \"cpu\"}"));
    refused(
        "was compiled for compute capability 75, and cuda:0",
        ModelFiles.write(
            folder.resolve("old.pt2"),
            "",
            "{\"AOTI_DEVICE_KEY\": \"cuda\", \"AOTI_COMPUTE_CAPABILITY\": \"75\"}"));
    refused("has 2 inputs, and 1 are expected", packages("inputs=2").getFirst());
  }

  private void refused(String message, Path file) {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> AotiModel.load(context, List.of(file), TYPES, TYPES))
        .withMessageStartingWith(file.toString())
        .withMessageContaining(message);
  }

  @Test
  void aModelThatCannotBeLoadedSaysWhy() {
    assertThatExceptionOfType(LibraryStatusException.class)
        .isThrownBy(() -> load("fail-create"))
        .withMessage(
            "AOTInductorModelContainerCreateWithDevice: status 1 of 0.pt2: it was told to fail");
  }

  @Test
  void aLibraryWithoutAPackageWillDo() throws Exception {
    try (AotiModel model = AotiModel.load(context, List.of(ModelFiles.library()), TYPES, TYPES)) {
      assertThat(model.commandCount()).isEqualTo(1);
    }
  }

  @Test
  void anotherContextThanThePrimaryOneIsRefused() {
    try (CudaContext other = TestGpu.device().createContext()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> AotiModel.load(other, packages(""), TYPES, TYPES))
          .withMessageContaining("is not the device's primary one");
    }
  }

  @Test
  void aModelThatIsClosedTakesNoMorePasses() throws Exception {
    AotiModel model = load("");
    List<CudaCommand> pass = pass(model);
    model.close();
    try (XQueue queue = XQueue.on(stream.openQueue()).open()) {
      assertThatThrownBy(() -> queue.submit(pass.getFirst()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("model of 1 segments on cuda:0 is closed");
    }
  }

  /** Loads a model. */
  static final class Loading {
    private Loading() {}

    public static void main(String[] arguments) {
      try (CudaContext context = TestGpu.device().openPrimaryContext()) {
        AotiModel.load(context, List.of(Path.of(arguments[0])), TYPES, TYPES);
      } catch (CudaException e) {
        System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
    }
  }

  @Test
  void pyTorchThatIsNotThereIsTold() throws Exception {
    Path model = packages("").getFirst();
    assertThat(loadWith(folder.resolve("nowhere"), model))
        .startsWith(
            "CudaUnavailableException: PyTorch (pip install torch brings it;"
                + " -Dovertake.torch=FOLDER says where it is) was not found; looked for ");
  }

  @Test
  void pyTorchWithoutCudaIsTold() throws Exception {
    Path torch = Files.createDirectory(folder.resolve("torch"));
    Files.copy(
        Path.of(System.getProperty("overtake.torch"), "libtorch_cpu.so"),
        torch.resolve("libtorch_cpu.so"));
    assertThat(loadWith(torch, packages("").getFirst()))
        .startsWith("CudaUnavailableException: PyTorch for CUDA (pip install torch");
  }

  private static String loadWith(Path torch, Path model) throws Exception {
    return OwnProcess.run(
        Loading.class, Map.of("overtake.torch", torch.toString()), Map.of(), model.toString());
  }
}
