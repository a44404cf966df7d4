package dev.overtake.bench.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Submission;
import dev.overtake.bench.products.BareSubmission;
import dev.overtake.driver.LaunchShape;
import dev.overtake.platform.cuda.CudaCommand;
import dev.overtake.platform.cuda.CudaContext;
import dev.overtake.platform.cuda.CudaDevice;
import dev.overtake.platform.cuda.CudaModule;
import dev.overtake.platform.cuda.CudaStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BareSubmissionTest {
  private final CudaContext context = CudaDevice.named("cuda:0").createContext();
  private final CudaStream stream = context.newStream();

  @AfterEach
  void close() {
    stream.close();
    context.close();
  }

  @Test
  void aTicketIsTheEndOfWhatWasSubmittedTogether() throws InterruptedException {
    var ran = new ArrayList<Integer>();
    try (var submission = new BareSubmission(new CudaCalls(stream))) {
      for (int pass = 0; pass < 50; pass++) {
        int first = 3 * pass;
        Submission.Ticket ticket =
            submission.submit(
                IntStream.range(first, first + 3)
                    .mapToObj(number -> CudaCommand.host(() -> ran.add(number)))
                    .toList());
        ticket.await();
        assertThat(ran).hasSize(first + 3);
      }
    }
    assertThat(ran).isEqualTo(IntStream.range(0, 150).boxed().toList());
  }

  @Test
  void aCommandThatTheDriverRefusesIsTold() {
    CudaModule closed = context.loadModule(new byte[] {1});
    CudaCommand command = closed.kernel("empty").bind().launch(LaunchShape.of(1, 1));
    closed.close(); // Simulated, the driver knows the kernel no more.
    try (var submission = new BareSubmission(new CudaCalls(stream))) {
      assertThatExceptionOfType(LoadException.class)
          .isThrownBy(() -> submission.submit(List.of(command)).await())
          .withMessageStartingWith("a command could not be launched: cuLaunchKernel");
    }
  }
}
