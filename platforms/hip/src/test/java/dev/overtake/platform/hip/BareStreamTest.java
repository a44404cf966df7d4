package dev.overtake.platform.hip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BareStreamTest {
  private final TestGpu gpu = new TestGpu();
  private final HipStream stream = gpu.device.newStream();

  @AfterEach
  void close() {
    stream.close();
    gpu.close();
  }

  @Test
  void aCommandRunsAsOftenAsItIsLaunched() {
    var count = gpu.word();
    HipCommand addOne = gpu.launch("add_one", count.buffer());
    try (BareStream bare = BareStream.enter(stream)) {
      for (int i = 0; i < 300; i++) {
        bare.launch(addOne);
      }
      stream.synchronize();
      assertThat(count.value()).isEqualTo(300);
    }
    assertThat(stream.isDone()).isTrue();
  }

  @Test
  void theThreadHasTheDeviceOnlyWhileItIsEntered() {
    HipDevice last = HipDevice.all().getLast();
    try (HipStream ofLast = last.newStream();
        BareStream _ = BareStream.enter(ofLast)) {
      assertThat(Hip.currentDevice()).isEqualTo(last.ordinal());
    }
    assertThat(Hip.currentDevice()).isZero();
  }

  @Test
  void whatACallThrowsIsThrown() {
    HipCommand failing =
        HipCommand.call(
            _ -> {
              throw new IOException("refused");
            });
    try (BareStream bare = BareStream.enter(stream)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> bare.launch(failing))
          .withMessageContaining("refused");
    }
  }
}
