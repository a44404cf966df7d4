package dev.overtake.bench.model;

import java.util.List;

/**
 * A chain of square matrix products as an ONNX model: {@code y = x · W · W · …}, the unit of work
 * of the benchmark's tests 1 to 4. Every product is a point at which the model can be cut.
 *
 * <p>All products share one {@code W}, so that a long chain of large matrices stays a small model.
 * Its entries are normal around 0 with deviation {@code 1 / sqrt(size)}: a product then keeps the
 * expected norm of a row, and values neither vanish nor overflow along the chain.
 */
public final class MatMulChain {
  private MatMulChain() {}

  /**
   * The chain of {@code products} products of {@code size x size} float matrices; input {@code x},
   * fixed at {@code size x size}.
   *
   * @param size rows and columns of every matrix, 1 to 16384 (a weight is one byte array of at most
   *     1 GiB)
   * @param products at least 1
   * @param seed of the weights
   * @throws IllegalArgumentException if a number is outside its range
   */
  public static OnnxModel model(int size, int products, long seed) {
    if (size < 1 || size > 16384 || products < 1) {
      throw new IllegalArgumentException(
          "A chain takes 1 or more products of matrices of 1 to 16384 rows, but got "
              + products
              + " of "
              + size);
    }
    String name = "matmul-" + size + "x" + products;
    var graph = new GraphBuilder(name);
    String x = graph.input("x", size, size);
    String weight =
        graph.tensor(
            "weight", new Weights(seed).normal(size * size, 1 / Math.sqrt(size)), size, size);
    for (int product = 1; product <= products; product++) {
      x = graph.node("MatMul", "product" + product, List.of(x, weight));
    }
    graph.output(x, size, size);
    return OnnxModel.of(name, graph.build());
  }
}
