package dev.overtake.cli;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.overtake.bench.model.MatMulChain;
import dev.overtake.bench.testing.FailingModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** ONNX files that compute next to nothing, as a user may bring them. */
final class ModelFiles {
  private ModelFiles() {}

  /** Products of 8x8 matrices. */
  static Path working(Path folder, int products) throws IOException {
    return write(folder.resolve("chain-" + products + ".onnx"), chain(products));
  }

  /** A model whose input leaves its second dimension open. */
  static Path ofUnknownWidth(Path folder) throws IOException {
    ModelProto.Builder model = chain(1).toBuilder();
    model
        .getGraphBuilder()
        .getInputBuilder(0)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .getDimBuilder(1)
        .setDimParam("width");
    return write(folder.resolve("unknown-width.onnx"), model.build());
  }

  /** A model with an operator that ONNX Runtime does not have. */
  static Path withUnknownOperator(Path folder) throws IOException {
    ModelProto.Builder model = chain(1).toBuilder();
    model.getGraphBuilder().getNodeBuilder(0).setOpType("MatMull");
    return write(folder.resolve("unknown-operator.onnx"), model.build());
  }

  static Path failing(Path folder) throws IOException {
    return write(folder.resolve("failing.onnx"), FailingModel.create().proto());
  }

  private static ModelProto chain(int products) {
    return MatMulChain.model(8, products, 1).proto();
  }

  private static Path write(Path file, ModelProto model) throws IOException {
    return Files.write(file, model.toByteArray());
  }
}
