package dev.overtake.platform.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.driver.NativeEnvironment;
import dev.overtake.driver.NativeLibrary;
import dev.overtake.driver.PythonPackages;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The C interface of models that PyTorch's AOTInductor compiled: what every such library exports
 * (torch/csrc/inductor/aoti_runtime/interface.h), and the part of PyTorch that it and its callers
 * use (torch/csrc/inductor/aoti_torch/c/shim.h), which PyTorch promises to keep as it is. Tensors
 * are PyTorch's, known by their handles.
 *
 * <p>An object is one model's library. It may be used by one thread at a time.
 */
final class Aoti {
  /** Says where PyTorch is: the folder that libtorch_cpu.so is in, or was linked to. */
  private static final String PROPERTY = "overtake.torch";

  private static final String HOW =
      " (pip install torch brings it; -D%s=FOLDER says where it is)".formatted(PROPERTY);

  private static final int SUCCESS = 0;

  /**
   * Has the model look at its inputs' types and shapes before it computes with them: it would read
   * memory that is not theirs. It costs some comparisons. Read by models once in a process.
   */
  private static final String CHECK_INPUTS = "AOTI_RUNTIME_CHECK_INPUTS";

  private static final NativeLibrary TORCH =
      new NativeLibrary(
          "PyTorch" + HOW,
          PROPERTY,
          List.of("libtorch_cpu.so"),
          PythonPackages.torchFolders(),
          CudaUnavailableException::new);

  private static final MethodHandle CREATE_TENSOR =
      TORCH.bind(
          "aoti_torch_create_tensor_from_blob",
          JAVA_LONG,
          JAVA_LONG,
          ADDRESS,
          ADDRESS,
          JAVA_LONG,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          ADDRESS);
  private static final MethodHandle DELETE_TENSOR =
      TORCH.bind("aoti_torch_delete_tensor_object", JAVA_LONG);
  private static final MethodHandle GET_DATA =
      TORCH.bind("aoti_torch_get_data_ptr", JAVA_LONG, ADDRESS);
  private static final MethodHandle GET_TYPE =
      TORCH.bind("aoti_torch_get_dtype", JAVA_LONG, ADDRESS);
  private static final MethodHandle GET_DIMENSIONS =
      TORCH.bind("aoti_torch_get_dim", JAVA_LONG, ADDRESS);
  private static final MethodHandle GET_SIZE =
      TORCH.bind("aoti_torch_get_size", JAVA_LONG, JAVA_LONG, ADDRESS);
  private static final MethodHandle GET_STRIDE =
      TORCH.bind("aoti_torch_get_stride", JAVA_LONG, JAVA_LONG, ADDRESS);

  private static final Map<ElementType, MethodHandle> ELEMENT_TYPES =
      Arrays.stream(ElementType.values())
          .collect(Collectors.toMap(type -> type, type -> constant("aoti_torch_dtype_" + type)));

  /** What tensors and models are made for. */
  enum Kind {
    CPU,
    CUDA;

    private final MethodHandle number = constant("aoti_torch_device_type_" + label());

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Where something lies or runs. */
  record Place(Kind kind, int index) {
    /** As PyTorch writes it. */
    @Override
    public String toString() {
      return kind == Kind.CPU ? kind.label() : kind.label() + ":" + index;
    }
  }

  private final Path file;
  private final MethodHandle create;
  private final MethodHandle delete;
  private final MethodHandle countInputs;
  private final MethodHandle countOutputs;
  private final MethodHandle run;
  private final @Nullable MethodHandle lastError;

  private Aoti(Path file, NativeLibrary library) {
    this.file = file;
    create =
        library.bind(
            "AOTInductorModelContainerCreateWithDevice", ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
    delete = library.bind("AOTInductorModelContainerDelete", JAVA_LONG);
    countInputs = library.bind("AOTInductorModelContainerGetNumInputs", JAVA_LONG, ADDRESS);
    countOutputs = library.bind("AOTInductorModelContainerGetNumOutputs", JAVA_LONG, ADDRESS);
    run =
        library.bind(
            "AOTInductorModelContainerRunSingleThreaded",
            JAVA_LONG,
            ADDRESS,
            JAVA_LONG,
            ADDRESS,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG);
    lastError =
        library.has("AOTInductorGetLastError")
            ? library.bind("AOTInductorGetLastError", ADDRESS)
            : null;
  }

  /**
   * Loads a model's library, which stays loaded until the process ends.
   *
   * @param model the file that the user knows: the library, or what it was unpacked from
   * @throws CudaUnavailableException if there is no PyTorch, or none for this kind of device
   * @throws ModelFileException if it is no such library, or the loader cannot use it
   */
  static Aoti open(Path model, Path file, Kind kind) {
    if (!TORCH.has("aoti_torch_create_tensor_from_blob")) {
      throw TORCH.unavailable("aoti_torch_create_tensor_from_blob");
    }
    if (kind == Kind.CUDA) {
      ForCuda.require();
    }
    NativeEnvironment.setUnlessSet(CHECK_INPUTS, "1");
    var library = new NativeLibrary(file, CudaUnavailableException::new);
    if (!library.isFound()) {
      throw new ModelFileException(
          "%s cannot be loaded as a library: it has to be compiled on a machine such as this one, and for the PyTorch that is installed (%s)"
              .formatted(model, library.lookedFor()));
    }
    if (!library.has("AOTInductorModelContainerRunSingleThreaded")) {
      throw new ModelFileException(
          model + " is a library, but no model: AOTInductor has to have compiled it");
    }
    return new Aoti(model, library);
  }

  /** Loaded only for models on a GPU, since it takes its time and needs CUDA's libraries. */
  private static final class ForCuda {
    /** Both, since a model asks for the second by its name, too, and does not know its folder. */
    private static final List<NativeLibrary> TORCH =
        Stream.of("libtorch_cuda.so", "libtorch.so").map(ForCuda::library).toList();

    private static NativeLibrary library(String name) {
      return new NativeLibrary(
          "PyTorch for CUDA" + HOW,
          PROPERTY,
          List.of(name),
          PythonPackages.torchFolders(),
          CudaUnavailableException::new);
    }

    static void require() {
      for (NativeLibrary library : TORCH) {
        if (!library.isFound()) {
          throw library.unavailable("");
        }
      }
    }
  }

  // ---- models

  /**
   * Loads the model's weights to the place.
   *
   * @param kernels the folder that its kernels were compiled into; it is read until the model has
   *     run once
   * @return the model
   */
  long create(Place place, Path kernels) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      check(
          "AOTInductorModelContainerCreateWithDevice",
          (int)
              create.invokeExact(
                  out,
                  1L, // One pass at a time: they are in the order of a stream.
                  arena.allocateFrom(place.toString()),
                  arena.allocateFrom(kernels.toString())));
      return out.get(JAVA_LONG, 0);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /** Frees the model's weights; waits for what runs on its device. */
  void delete(long model) {
    try {
      check("AOTInductorModelContainerDelete", (int) delete.invokeExact(model));
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  int inputs(long model) {
    return count("AOTInductorModelContainerGetNumInputs", countInputs, model);
  }

  int outputs(long model) {
    return count("AOTInductorModelContainerGetNumOutputs", countOutputs, model);
  }

  private int count(String function, MethodHandle getter, long model) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      check(function, (int) getter.invokeExact(model, out));
      return Math.toIntExact(out.get(JAVA_LONG, 0));
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /**
   * Puts one pass into the stream and does not wait for it. It is not {@code ...ContainerRun},
   * which waits, in the second call, until the device has done the first.
   *
   * @param inputs tensors, as many as the model has, or the process ends; they are given away
   * @param stream the CUstream; 0 on a CPU
   * @return as many tensors, which are the caller's
   */
  long[] run(long model, long[] inputs, int outputs, long stream) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = arena.allocateFrom(JAVA_LONG, inputs);
      MemorySegment to = arena.allocate(JAVA_LONG, outputs);
      // If it fails, it may have taken its inputs or not, so they are not freed again.
      check(
          "AOTInductorModelContainerRun",
          (int) run.invokeExact(model, from, (long) inputs.length, to, (long) outputs, stream, 0L));
      return to.toArray(JAVA_LONG);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  // ---- tensors

  /** Makes a tensor of memory that outlives it. */
  static long tensor(long data, TensorType type, Place place) {
    try (Arena arena = Arena.ofConfined()) {
      int rank = type.shape().size();
      MemorySegment sizes = arena.allocate(JAVA_LONG, Math.max(1, rank));
      MemorySegment strides = arena.allocate(JAVA_LONG, Math.max(1, rank));
      for (int i = 0; i < rank; i++) {
        sizes.setAtIndex(JAVA_LONG, i, type.shape().get(i));
        strides.setAtIndex(JAVA_LONG, i, type.strides()[i]);
      }
      MemorySegment out = arena.allocate(JAVA_LONG);
      checkTorch(
          "aoti_torch_create_tensor_from_blob",
          (int)
              CREATE_TENSOR.invokeExact(
                  data,
                  (long) rank,
                  sizes,
                  strides,
                  0L,
                  number(type.element()),
                  number(place.kind()),
                  place.index(),
                  out));
      return out.get(JAVA_LONG, 0);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /** The tensor's memory goes back to PyTorch; what is in its stream already may still use it. */
  static void deleteTensor(long tensor) {
    try {
      checkTorch("aoti_torch_delete_tensor_object", (int) DELETE_TENSOR.invokeExact(tensor));
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void deleteTensors(long[] tensors) {
    LongStream.of(tensors).forEach(Aoti::deleteTensor);
  }

  /** Where its first element is. */
  static long data(long tensor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      checkTorch("aoti_torch_get_data_ptr", (int) GET_DATA.invokeExact(tensor, out));
      return out.get(JAVA_LONG, 0);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /** Whether it is of this type: its elements, its shape, and without gaps. */
  static boolean isOf(long tensor, TensorType type) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      checkTorch("aoti_torch_get_dtype", (int) GET_TYPE.invokeExact(tensor, out));
      if (out.get(JAVA_INT, 0) != number(type.element())) {
        return false;
      }
      checkTorch("aoti_torch_get_dim", (int) GET_DIMENSIONS.invokeExact(tensor, out));
      if (out.get(JAVA_LONG, 0) != type.shape().size()) {
        return false;
      }
      long[] strides = type.strides();
      for (int i = 0; i < strides.length; i++) {
        checkTorch("aoti_torch_get_size", (int) GET_SIZE.invokeExact(tensor, (long) i, out));
        long size = out.get(JAVA_LONG, 0);
        checkTorch("aoti_torch_get_stride", (int) GET_STRIDE.invokeExact(tensor, (long) i, out));
        long stride = out.get(JAVA_LONG, 0);
        if (size != type.shape().get(i) || (size > 1 && stride != strides[i])) {
          return false;
        }
      }
      return true;
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  private static int number(ElementType element) throws Throwable {
    return (int) Objects.requireNonNull(ELEMENT_TYPES.get(element)).invokeExact();
  }

  private static int number(Kind kind) throws Throwable {
    return (int) kind.number.invokeExact();
  }

  private static MethodHandle constant(String function) {
    return TORCH.bind(function, FunctionDescriptor.of(JAVA_INT));
  }

  // ---- errors

  /** PyTorch writes the reason to standard error, and gives a number alone. */
  private static void checkTorch(String function, int status) {
    if (status != SUCCESS) {
      throw new LibraryStatusException(
          function, status, "status %d; PyTorch wrote why to standard error".formatted(status));
    }
  }

  private void check(String function, int status) throws Throwable {
    if (status != SUCCESS) {
      throw new LibraryStatusException(
          function,
          status,
          "status %d of %s: %s".formatted(status, file.getFileName(), lastError()));
    }
  }

  @SuppressWarnings("restricted") // a string that ends with a zero
  private String lastError() throws Throwable {
    if (lastError != null) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment out = arena.allocate(ADDRESS);
        MemorySegment text =
            (int) lastError.invokeExact(out) == SUCCESS ? out.get(ADDRESS, 0) : MemorySegment.NULL;
        if (text.address() != 0 && text.reinterpret(1).get(JAVA_BYTE, 0) != 0) {
          return text.reinterpret(Long.MAX_VALUE).getString(0);
        }
      }
    }
    return "it wrote why to standard error";
  }
}
