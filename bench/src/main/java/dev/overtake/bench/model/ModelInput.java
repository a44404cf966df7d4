package dev.overtake.bench.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The one input of a model: its name, element type, and the dimensions as the model declares them,
 * some of which may be symbolic.
 *
 * @param model the model's name, for messages
 * @param dimensions null if the model declares none, not even their number
 */
record ModelInput(
    String model, String name, DataType elementType, @Nullable List<Dimension> dimensions) {

  /**
   * One declared dimension.
   *
   * @param size the fixed size, or 0 if the dimension is symbolic
   * @param symbol how messages call it
   */
  record Dimension(long size, String symbol) {
    boolean isSymbolic() {
      return size == 0;
    }

    @Override
    public String toString() {
      return isSymbolic() ? "<" + symbol + ">" : String.valueOf(size);
    }
  }

  /** Reads a declared graph input; its type must be a tensor that {@link InputData} can fill. */
  static ModelInput of(String model, ValueInfoProto value) {
    TypeProto type = value.getType();
    DataType elementType =
        type.hasTensorType()
            ? DataType.forNumber(type.getTensorType().getElemType())
            : DataType.UNDEFINED;
    if (elementType == null || !InputData.supports(elementType)) {
      String found =
          type.hasTensorType()
              ? "elements of type " + Objects.requireNonNullElse(elementType, DataType.UNDEFINED)
              : "type " + type.getValueCase();
      throw new ModelException(
          "model %s: input '%s' has %s; only tensors of %s can be fed: convert the model's input"
              .formatted(model, value.getName(), found, InputData.supported()));
    }
    TypeProto.Tensor tensor = type.getTensorType();
    return new ModelInput(
        model,
        value.getName(),
        elementType,
        tensor.hasShape() ? dimensions(tensor.getShape()) : null);
  }

  private static List<Dimension> dimensions(TensorShapeProto shape) {
    return IntStream.range(0, shape.getDimCount())
        .mapToObj(
            i -> {
              TensorShapeProto.Dimension declared = shape.getDim(i);
              // Exporters also write 0 or -1 for a size that they do not know.
              long size = Math.max(0, declared.getDimValue());
              String symbol = declared.getDimParam();
              return new Dimension(size, symbol.isEmpty() ? "dimension" + i : symbol);
            })
        .toList();
  }

  /**
   * The shape for a batch of this size: a symbolic first dimension is the batch, every other one
   * must be fixed.
   */
  Shape shape(long batch) {
    List<Dimension> declared = dimensions;
    if (declared == null) {
      throw new ModelException(
          "model %s: input '%s' declares no shape; give the whole shape, as in 1x3x224x224"
              .formatted(model, name));
    }
    if (declared.isEmpty()) {
      return Shape.of();
    }
    Dimension first = declared.getFirst();
    if (!first.isSymbolic() && first.size() != batch && batch != 1) {
      throw new ModelException(
          "model %s: a batch of %d was asked for, but input '%s' is fixed at %s; leave the batch out or give a model with a symbolic first dimension"
              .formatted(model, batch, name, text(declared)));
    }
    for (Dimension dimension : declared.subList(1, declared.size())) {
      if (dimension.isSymbolic()) {
        throw new ModelException(
            "model %s: dimension '%s' of input '%s' is symbolic and was given no value; give the whole shape, %s with numbers in place of the names"
                .formatted(model, dimension.symbol(), name, text(declared)));
      }
    }
    return new Shape(
        declared.stream().map(d -> d.isSymbolic() ? Long.valueOf(batch) : d.size()).toList());
  }

  /** Whether the first dimension is a batch of any size. */
  boolean takesAnyBatch() {
    return dimensions != null && !dimensions.isEmpty() && dimensions.getFirst().isSymbolic();
  }

  /** Checks a whole shape against what is declared: number of dimensions, sizes, equal symbols. */
  Shape check(Shape given) {
    List<Dimension> declared = dimensions;
    if (declared == null) {
      return given;
    }
    List<Long> sizes = given.dimensions();
    boolean fits = sizes.size() == declared.size();
    Map<String, Long> values = new HashMap<>();
    for (int i = 0; fits && i < sizes.size(); i++) {
      Dimension dimension = declared.get(i);
      long size = sizes.get(i);
      fits =
          dimension.isSymbolic()
              ? values.merge(dimension.symbol(), size, (known, again) -> known) == size
              : dimension.size() == size;
    }
    if (!fits) {
      throw new ModelException(
          "model %s: shape %s was given, but input '%s' is %s; give numbers that fit it"
              .formatted(model, given, name, text(declared)));
    }
    return given;
  }

  private static String text(List<Dimension> declared) {
    return declared.stream().map(Dimension::toString).collect(Collectors.joining("x"));
  }
}
