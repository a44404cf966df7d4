package dev.overtake.bench.suite;

import dev.overtake.bench.model.MatMulChain;
import dev.overtake.bench.model.OnnxModel;
import dev.overtake.bench.model.OrtRuntime;
import dev.overtake.bench.model.ResNet;
import dev.overtake.bench.model.SegmentedModel;
import dev.overtake.bench.model.Shape;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A model that one side may run, at several sizes if it has them. */
sealed interface ModelSource {
  /** Stands for the size of a model that has only its own. */
  int ONLY_SIZE = 0;

  /** Sizes that the model can be loaded at, largest first; or {@link #ONLY_SIZE} alone. */
  List<Integer> sizes();

  /** Whether the model works on a batch of any size. */
  boolean hasBatch();

  /** What one pass works on: images for a network, products for a chain of them. */
  int itemsPerPass(int batch);

  /**
   * Loads the model, partitioned at every point where one tensor crosses.
   *
   * @param size one of {@link #sizes}
   * @param batch 1 unless {@link #hasBatch}
   * @throws dev.overtake.bench.model.ModelException if the model does not fit
   */
  SegmentedModel load(int size, int batch, OrtRuntime runtime);

  /** An image network on square RGB images; the size is their edge in pixels. */
  static ModelSource of(ResNet network, long seed) {
    return new Network(network.model(seed));
  }

  /** A chain of matrix products; the size is the matrices' edge. */
  static ModelSource products(int count, long seed) {
    return new Products(count, seed);
  }

  /**
   * A user's model.
   *
   * @param shape of its input; null to take the shape that the model declares
   */
  static ModelSource file(Path file, @Nullable Shape shape) {
    OnnxModel model = OnnxModel.read(file);
    return new Given(model, shape == null ? null : model.inputShape(shape));
  }

  /** See {@link #of}. */
  record Network(OnnxModel model) implements ModelSource {
    @Override
    public List<Integer> sizes() {
      return List.of(224, 192, 160, 128, 112, 96, 80, 64, 48, 32);
    }

    @Override
    public boolean hasBatch() {
      return true;
    }

    @Override
    public int itemsPerPass(int batch) {
      return batch;
    }

    @Override
    public SegmentedModel load(int size, int batch, OrtRuntime runtime) {
      return SegmentedModel.load(model, Shape.of(batch, 3, size, size), runtime);
    }
  }

  /** See {@link #products}. */
  record Products(int count, long seed) implements ModelSource {
    @Override
    public List<Integer> sizes() {
      return List.of(1024, 768, 512, 384, 256, 192, 128, 64);
    }

    @Override
    public boolean hasBatch() {
      return false;
    }

    @Override
    public int itemsPerPass(int batch) {
      return count;
    }

    @Override
    public SegmentedModel load(int size, int batch, OrtRuntime runtime) {
      OnnxModel model = MatMulChain.model(size, count, seed);
      return SegmentedModel.load(model, Shape.of(size, size), runtime);
    }
  }

  /** See {@link #file}. */
  record Given(OnnxModel model, @Nullable Shape shape) implements ModelSource {
    @Override
    public List<Integer> sizes() {
      return List.of(ONLY_SIZE);
    }

    @Override
    public boolean hasBatch() {
      return shape == null && model.takesAnyBatch();
    }

    @Override
    public int itemsPerPass(int batch) {
      Shape input = shape == null ? model.inputShape(batch) : shape;
      return input.dimensions().isEmpty() ? 1 : Math.toIntExact(input.dimensions().getFirst());
    }

    @Override
    public SegmentedModel load(int size, int batch, OrtRuntime runtime) {
      Shape input = shape == null ? model.inputShape(batch) : shape;
      return SegmentedModel.load(model, input, runtime);
    }
  }
}
