package dev.overtake.control.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoorbellTest {
  private static final long FOR_EVER = TimeUnit.HOURS.toNanos(1);

  @TempDir Path folder;
  private ControlPage page;

  @BeforeEach
  void open() throws IOException {
    page = ControlPage.openOrCreate(folder.resolve("page"));
  }

  @AfterEach
  void close() {
    page.close();
  }

  @Test
  void aRingWakesWhoWaitsByAnotherMapping() throws Exception {
    var woken = new CountDownLatch(1);
    int seen = page.doorbell().rings();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              while (page.doorbell().rings() == seen) {
                page.doorbell().await(seen, FOR_EVER);
              }
              woken.countDown();
            });
    try (var other = ControlPage.open(page.file())) {
      other.doorbell().ring();
    }
    assertThat(woken.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aRingBeforeTheWaitIsNotMissed() {
    int seen = page.doorbell().rings();
    page.doorbell().ring();
    page.doorbell().await(seen, FOR_EVER);
    assertThat(page.doorbell().rings()).isEqualTo(seen + 1);
  }

  @Test
  void withoutARingTheTimeoutEndsTheWait() {
    long before = System.nanoTime();
    page.doorbell().await(page.doorbell().rings(), 20_000_000);
    assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(20_000_000);
  }
}
