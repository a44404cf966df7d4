package dev.overtake.platform.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.xqueue.XQueue;
import dev.overtake.driver.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CublasLtTest extends MatrixLibraryContract {
  private static final int THREADS = 4;
  private static final int PRODUCTS = 200;

  @Override
  MatrixLibrary open(CudaStream stream) {
    return CublasLt.open(stream.context());
  }

  @Test
  void oneHandleServesQueuesThatLaunchAtTheSameTime()
      throws InterruptedException, ExecutionException {
    try (MatrixLibrary library = open(stream);
        var threads = Executors.newFixedThreadPool(THREADS)) {
      Callable<Void> client =
          () -> {
            try (var operands = new Operands();
                CudaStream own = gpu.context.newStream();
                XQueue queue = XQueue.on(own.openQueue()).open()) {
              operands.copyToDevice(queue);
              for (int i = 0; i < PRODUCTS; i++) {
                int firstRow = i % ROWS;
                queue.submit(operands.multiply(library, firstRow, ROWS - firstRow));
              }
              operands.assertMultiplied(queue);
            }
            return null;
          };
      for (Future<Void> done : threads.invokeAll(Collections.nCopies(THREADS, client))) {
        done.get();
      }
    }
  }

  @Test
  @Tag("simulated")
  void whatItHasMadeGoesWithIt() throws Throwable {
    MethodHandle live =
        new NativeLibrary(
                "the simulated cuBLASLt",
                "overtake.cuda.cublaslt",
                List.of(),
                List.of(),
                CudaUnavailableException::new)
            .bind("simcuda_live_cublaslt", FunctionDescriptor.of(ValueLayout.JAVA_LONG));
    long before = (long) live.invokeExact();
    try (var operands = new Operands();
        MatrixLibrary library = open(stream)) {
      for (int rows = 1; rows <= ROWS; rows++) {
        operands.multiply(library, 0, rows);
        operands.multiply(library, 0, rows);
      }
      // The handle, the operation and a matrix B, and for each number of rows a matrix A and a C.
      assertThat((long) live.invokeExact() - before).isEqualTo(3 + 2 * ROWS);
    }
    assertThat((long) live.invokeExact()).isEqualTo(before);
  }
}
