package dev.overtake.bench.model;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model with exactly one input, from a file or written by this program. Immutable. Whether
 * ONNX Runtime can execute it shows when it is loaded ({@link SegmentedModel#load}).
 */
public final class OnnxModel {
  private final String name;
  private final ModelProto proto;
  private final @Nullable Path directory;
  private final ModelInput input;

  private OnnxModel(String name, ModelProto proto, @Nullable Path directory) {
    this.name = name;
    this.proto = proto;
    this.directory = directory;
    this.input = onlyInput(name, proto.getGraph());
  }

  /**
   * A model in memory, all of its weights included.
   *
   * @param name how messages and reports call it
   * @throws ModelException if it has no input, more than one, or one that cannot be fed
   */
  public static OnnxModel of(String name, ModelProto proto) {
    return new OnnxModel(name, proto, null);
  }

  /**
   * Reads a model from a file. Weights may lie beside the file (ONNX external data); they are read
   * when the model is loaded.
   *
   * @throws ModelException if the file is missing, cannot be read, is not ONNX, or has no input,
   *     more than one, or one that cannot be fed
   */
  public static OnnxModel read(Path file) {
    if (Files.isDirectory(file)) {
      throw new ModelException(
          "model %s: this is a directory; give the path of an ONNX file".formatted(file));
    }
    ModelProto proto;
    try (InputStream in = Files.newInputStream(file)) {
      proto = ModelProto.parseFrom(in);
    } catch (NoSuchFileException e) {
      throw new ModelException(
          "model %s: no such file; give the path of an ONNX file".formatted(file), e);
    } catch (InvalidProtocolBufferException e) {
      throw notOnnx(file, e);
    } catch (IOException e) {
      throw new ModelException(
          "model %s: cannot be read (%s); check the file and its permissions".formatted(file, e),
          e);
    }
    // Protobuf takes an empty file, and some others, for a message without fields.
    if (!proto.hasIrVersion() || proto.getOpsetImportCount() == 0 || !proto.hasGraph()) {
      throw notOnnx(file, null);
    }
    return new OnnxModel(file.toString(), proto, file.toAbsolutePath().getParent());
  }

  private static ModelException notOnnx(Path file, @Nullable Exception cause) {
    return new ModelException(
        "model %s: not an ONNX model; export the network as ONNX and give that file"
            .formatted(file),
        cause);
  }

  /** How messages and reports call the model: its name, or the path of its file. */
  public String name() {
    return name;
  }

  /** The model as it was given. */
  public ModelProto proto() {
    return proto;
  }

  /** Whether the input's first dimension is symbolic: a batch of any size. */
  public boolean takesAnyBatch() {
    return input.takesAnyBatch();
  }

  /**
   * The input's shape for a batch of this size. A symbolic first dimension is the batch. Where it
   * is fixed, 1 stands for "whatever the model has".
   *
   * @param batch 1 or more
   * @throws ModelException if another dimension is symbolic, or the first is fixed at another size
   */
  public Shape inputShape(long batch) {
    return input.shape(batch);
  }

  /**
   * Checks a shape that was given for the input, and returns it.
   *
   * @throws ModelException if the model declares another number of dimensions or other sizes
   */
  public Shape inputShape(Shape given) {
    return input.check(given);
  }

  /**
   * This model with its input fixed at a shape, ready for ONNX Runtime.
   *
   * @throws ModelException if the shape does not fit or is too large, external data is missing, or
   *     nodes depend on each other in a circle
   */
  BoundModel bind(Shape shape) {
    checkExternalData();
    Shape checked = input.check(shape);
    GraphOrder.of(name, proto.getGraph());
    InputData.checkSize(name, input.elementType(), checked);
    return new BoundModel(
        name,
        BoundModel.normalize(proto, input, checked),
        input.name(),
        input.elementType(),
        checked,
        directory);
  }

  private static ModelInput onlyInput(String name, GraphProto graph) {
    // Up to IR version 3 every initializer had to be declared as an input too.
    Set<String> initializers = initializers(graph);
    List<ValueInfoProto> inputs =
        graph.getInputList().stream()
            .filter(value -> !initializers.contains(value.getName()))
            .toList();
    if (inputs.size() != 1) {
      String found =
          inputs.isEmpty()
              ? "no input"
              : inputs.size()
                  + " inputs ("
                  + inputs.stream().map(ValueInfoProto::getName).collect(Collectors.joining(", "))
                  + ")";
      throw new ModelException(
          "model %s: has %s, but exactly one can be fed; export it with one input and the rest as constants"
              .formatted(name, found));
    }
    if (graph.getNodeCount() == 0 || graph.getOutputCount() == 0) {
      throw new ModelException(
          "model %s: has %d nodes and %d outputs, so there is nothing to run; give a model with at least one of each"
              .formatted(name, graph.getNodeCount(), graph.getOutputCount()));
    }
    return ModelInput.of(name, inputs.getFirst());
  }

  static Set<String> initializers(GraphProto graph) {
    Set<String> names = new HashSet<>();
    graph.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
    graph.getSparseInitializerList().forEach(t -> names.add(t.getValues().getName()));
    return names;
  }

  /** ONNX Runtime would say which file is missing too, but at the end of a paragraph. */
  private void checkExternalData() {
    for (TensorProto tensor : proto.getGraph().getInitializerList()) {
      if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
        String location =
            tensor.getExternalDataList().stream()
                .filter(entry -> entry.getKey().equals("location"))
                .map(entry -> entry.getValue())
                .findFirst()
                .orElse("");
        if (directory == null || !Files.isRegularFile(directory.resolve(location))) {
          throw new ModelException(
              "model %s: the weights '%s' are in the file '%s', which is not there; put it beside the model"
                  .formatted(name, tensor.getName(), location));
        }
      }
    }
  }
}
