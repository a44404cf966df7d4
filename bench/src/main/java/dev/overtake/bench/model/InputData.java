package dev.overtake.bench.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * The content of an input tensor, in native memory that this object owns: a {@link OnnxTensor} made
 * of a direct buffer refers to it and does not copy.
 *
 * <p>Random content is always the same. Real numbers are normal around 0 with deviation 1, as a
 * normalized image is. Integers are 0 or 1: they may be indices, and those two exist in any table.
 */
final class InputData implements AutoCloseable {
  private static final long SEED = 0x5eed;

  private static final Map<DataType, OnnxJavaType> TYPES =
      Map.of(
          DataType.FLOAT, OnnxJavaType.FLOAT,
          DataType.DOUBLE, OnnxJavaType.DOUBLE,
          DataType.FLOAT16, OnnxJavaType.FLOAT16,
          DataType.INT32, OnnxJavaType.INT32,
          DataType.INT64, OnnxJavaType.INT64,
          DataType.UINT8, OnnxJavaType.UINT8);

  private final Arena arena;
  private final OnnxTensor tensor;

  @SuppressWarnings("MustBeClosed") // Closed by close(), or here if the tensor cannot be made.
  private InputData(OrtEnvironment environment, OnnxJavaType type, Shape shape, Filler filler)
      throws OrtException {
    arena = Arena.ofShared();
    try {
      long bytes = Math.multiplyExact(shape.elementCount(), type.size);
      // 64 bytes: a cache line, and what ONNX Runtime's own allocator aligns to.
      ByteBuffer data = arena.allocate(bytes, 64).asByteBuffer().order(ByteOrder.nativeOrder());
      filler.fill(data);
      tensor = OnnxTensor.createTensor(environment, data.rewind(), shape.toArray(), type);
    } catch (OrtException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private interface Filler {
    void fill(ByteBuffer data);
  }

  static boolean supports(DataType elementType) {
    return TYPES.containsKey(elementType);
  }

  /** The element types that can be fed, for messages. */
  static String supported() {
    return TYPES.keySet().stream().sorted().map(DataType::name).collect(Collectors.joining(", "));
  }

  /** Refuses what does not fit a buffer, which ends at 2 GiB. */
  static void checkSize(String model, DataType elementType, Shape shape) {
    double bytes = bytes(elementType, shape);
    if (bytes > Integer.MAX_VALUE) {
      throw new ModelException(
          "model %s: an input of %s takes %.1f GiB, but at most 2 GiB can be fed; give a smaller batch"
              .formatted(model, shape, bytes / (1L << 30)));
    }
  }

  /** The size of an input; in floating point, because a product of dimensions may exceed a long. */
  static double bytes(DataType elementType, Shape shape) {
    double bytes = javaType(elementType).size;
    for (long dimension : shape.dimensions()) {
      bytes *= dimension;
    }
    return bytes;
  }

  /** The fixed random content for this type and shape. */
  static InputData random(OrtEnvironment environment, DataType elementType, Shape shape)
      throws OrtException {
    OnnxJavaType type = javaType(elementType);
    return new InputData(environment, type, shape, data -> fillRandomly(data, type));
  }

  /** Given content, row by row; the array is copied. */
  static InputData copyOf(OrtEnvironment environment, float[] values, Shape shape)
      throws OrtException {
    return new InputData(
        environment, OnnxJavaType.FLOAT, shape, data -> data.asFloatBuffer().put(values));
  }

  OnnxTensor tensor() {
    return tensor;
  }

  @Override
  public void close() {
    tensor.close();
    arena.close();
  }

  private static OnnxJavaType javaType(DataType elementType) {
    OnnxJavaType type = TYPES.get(elementType);
    if (type == null) {
      throw new IllegalArgumentException("Unsupported element type " + elementType);
    }
    return type;
  }

  private static void fillRandomly(ByteBuffer data, OnnxJavaType type) {
    var random = new SplittableRandom(SEED);
    while (data.hasRemaining()) {
      switch (type) {
        case FLOAT -> data.putFloat((float) random.nextGaussian());
        case DOUBLE -> data.putDouble(random.nextGaussian());
        case FLOAT16 -> data.putShort(Float.floatToFloat16((float) random.nextGaussian()));
        case INT32 -> data.putInt(random.nextInt(2));
        case INT64 -> data.putLong(random.nextInt(2));
        case UINT8 -> data.put((byte) random.nextInt(2));
        default -> throw new IllegalArgumentException("Unsupported element type " + type);
      }
    }
  }
}
