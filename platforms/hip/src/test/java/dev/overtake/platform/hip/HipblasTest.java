package dev.overtake.platform.hip;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.overtake.core.xqueue.XQueue;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Products of matrices. */
class HipblasTest {
  private final TestGpu gpu = new TestGpu();
  private final HipStream stream = gpu.device.newStream();

  @AfterEach
  void close() {
    stream.close();
    gpu.close();
  }

  /** A matrix in memory of both sides; small whole numbers, so that any order of sums is exact. */
  private final class Matrix implements AutoCloseable {
    private final int columns;
    private final HipHostBuffer host;
    private final HipBuffer device;

    Matrix(int rows, int columns, int seed) {
      this.columns = columns;
      host = gpu.device.allocateHost((long) rows * columns * Float.BYTES);
      device = gpu.device.allocate((long) rows * columns * Float.BYTES);
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

  @Test
  void multipliesMatricesThatLieRowByRowInPartsToo() throws InterruptedException {
    int rows = 5;
    int inner = 7;
    int columns = 3;
    try (var a = new Matrix(rows, inner, 3);
        var b = new Matrix(inner, columns, 5);
        var c = new Matrix(rows, columns, 1);
        Hipblas hipblas = Hipblas.open(stream);
        XQueue queue = XQueue.on(stream.openQueue()).open()) {
      queue.submit(HipCommand.copy(a.host, a.device));
      queue.submit(HipCommand.copy(b.host, b.device));
      queue.submit(hipblas.multiply(0, 2, inner, columns, a.device, b.device, c.device));
      queue.submit(hipblas.multiply(2, 3, inner, columns, a.device, b.device, c.device));
      queue.submit(HipCommand.copy(c.device, c.host));
      queue.awaitAll();

      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          float expected = 0;
          for (int i = 0; i < inner; i++) {
            expected += a.at(row, i) * b.at(i, column);
          }
          assertThat(c.at(row, column)).as("row %d, column %d", row, column).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void refusesBuffersThatAreTooSmallAndStreamsOfOthers() throws InterruptedException {
    try (var matrix = new Matrix(4, 4, 1);
        Hipblas hipblas = Hipblas.open(stream);
        HipStream other = gpu.device.newStream();
        XQueue queue = XQueue.on(other.openQueue()).open()) {
      HipBuffer m = matrix.device;
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hipblas.multiply(0, 4, 4, 5, m, m, m))
          .withMessageStartingWith("matrix B of 4 x 5 floats in a buffer of 64 bytes");
      assertThatIllegalArgumentException().isThrownBy(() -> hipblas.multiply(0, 0, 4, 4, m, m, m));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hipblas.multiply(-1, 2, 4, 4, m, m, m))
          .withMessage("2 rows from row -1 on: at least 1 from 0 on");

      var command = queue.submit(hipblas.multiply(0, 4, 4, 4, m, m, m));
      assertThatThrownBy(() -> queue.await(command)).hasMessageContaining("another stream");
    }
  }
}
