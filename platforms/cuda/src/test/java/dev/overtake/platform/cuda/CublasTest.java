package dev.overtake.platform.cuda;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.overtake.core.xqueue.XQueue;
import org.junit.jupiter.api.Test;

class CublasTest extends MatrixLibraryContract {
  @Override
  MatrixLibrary open(CudaStream stream) {
    return Cublas.open(stream);
  }

  @Test
  void refusesStreamsOfOthers() throws InterruptedException {
    try (var operands = new Operands();
        MatrixLibrary library = open(stream);
        CudaStream other = gpu.context.newStream();
        XQueue queue = XQueue.on(other.openQueue()).open()) {
      var command = queue.submit(operands.multiply(library, 0, ROWS));
      assertThatThrownBy(() -> queue.await(command)).hasMessageContaining("another stream");
    }
  }
}
