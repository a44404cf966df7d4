package dev.overtake.platform.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.overtake.core.xqueue.XQueue;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Products of matrices, by whichever library. */
abstract class MatrixLibraryContract {
  static final int ROWS = 5;
  static final int INNER = 7;
  static final int COLUMNS = 3;

  final TestGpu gpu = new TestGpu();
  final CudaStream stream = gpu.context.newStream();

  /** Opens one whose products this stream takes. */
  abstract MatrixLibrary open(CudaStream stream);

  @AfterEach
  void close() {
    stream.close();
    gpu.close();
  }

  /** A matrix in memory of both sides; small whole numbers, so that any order of sums is exact. */
  final class Matrix implements AutoCloseable {
    private final int columns;
    final HostBuffer host;
    final DeviceBuffer device;

    Matrix(int rows, int columns, int seed) {
      this.columns = columns;
      host = gpu.context.allocateHost((long) rows * columns * Float.BYTES);
      device = gpu.context.allocate((long) rows * columns * Float.BYTES);
      for (int i = 0; i < rows * columns; i++) {
        host.segment().setAtIndex(JAVA_FLOAT, i, (i * seed) % 7 - 3);
      }
    }

    float at(int row, int column) {
      MemorySegment values = host.segment();
      return values.getAtIndex(JAVA_FLOAT, (long) row * columns + column);
    }

    @Override
    public void close() {
      host.close();
      device.close();
    }
  }

  /** Two matrices and their product, which is yet to be computed. */
  final class Operands implements AutoCloseable {
    final Matrix a = new Matrix(ROWS, INNER, 3);
    final Matrix b = new Matrix(INNER, COLUMNS, 5);
    final Matrix c = new Matrix(ROWS, COLUMNS, 1);

    void copyToDevice(XQueue queue) {
      queue.submit(CudaCommand.copy(a.host, a.device));
      queue.submit(CudaCommand.copy(b.host, b.device));
    }

    CudaCommand multiply(MatrixLibrary library, int firstRow, int rows) {
      return library.multiply(firstRow, rows, INNER, COLUMNS, a.device, b.device, c.device);
    }

    void assertMultiplied(XQueue queue) throws InterruptedException {
      queue.submit(CudaCommand.copy(c.device, c.host));
      queue.awaitAll();
      for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
          float expected = 0;
          for (int i = 0; i < INNER; i++) {
            expected += a.at(row, i) * b.at(i, column);
          }
          assertThat(c.at(row, column)).as("row %d, column %d", row, column).isEqualTo(expected);
        }
      }
    }

    @Override
    public void close() {
      a.close();
      b.close();
      c.close();
    }
  }

  @Test
  void multipliesMatricesThatLieRowByRowInPartsToo() throws InterruptedException {
    try (var operands = new Operands();
        MatrixLibrary library = open(stream);
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      operands.copyToDevice(queue);
      queue.submit(operands.multiply(library, 0, 2));
      queue.submit(operands.multiply(library, 2, 3));
      operands.assertMultiplied(queue);
    }
  }

  @Test
  void refusesSizesThatTheBuffersDoNotHave() {
    try (var matrix = new Matrix(4, 4, 1);
        MatrixLibrary library = open(stream)) {
      DeviceBuffer m = matrix.device;
      assertThatIllegalArgumentException()
          .isThrownBy(() -> library.multiply(4, 4, 5, m, m, m))
          .withMessageStartingWith("matrix B of 4 x 5 floats in a buffer of 64 bytes");
      assertThatIllegalArgumentException().isThrownBy(() -> library.multiply(0, 4, 4, m, m, m));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> library.multiply(-1, 2, 4, 4, m, m, m))
          .withMessage("2 rows from row -1 on: at least 1 from 0 on");
      assertThatIllegalArgumentException().isThrownBy(() -> library.multiply(1, 4, 4, 4, m, m, m));
    }
  }

  @Test
  void aHandleThatIsClosedServesTheProductsThatWereSubmitted() throws InterruptedException {
    MatrixLibrary library = open(stream);
    try (var operands = new Operands();
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      queue.suspend();
      operands.copyToDevice(queue);
      queue.submit(operands.multiply(library, 0, ROWS));
      library.close();
      assertThatIllegalStateException()
          .isThrownBy(() -> operands.multiply(library, 0, ROWS))
          .withMessageContaining("is closed");
      queue.resume();
      operands.assertMultiplied(queue);
    }
  }
}
