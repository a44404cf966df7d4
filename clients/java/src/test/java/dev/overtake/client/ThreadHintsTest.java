package dev.overtake.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.overtake.core.policy.Hints;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** In this process, which has no library of Overtake's. */
class ThreadHintsTest {
  @Test
  void nothingIsActive() {
    assertThat(ThreadHints.isActive()).isFalse();
  }

  @Test
  void hintsHaveNoEffect() {
    var hints = ThreadHints.current();
    try (var _ = hints.apply(Hints.priority(10))) {
      assertThat(hints.given()).isEmpty();
    }
    assertThat(hints.given()).isEmpty();
  }

  @Test
  void priorityOutOfRangeIsWrong() {
    var hints = ThreadHints.current();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> hints.priority(Hints.MAX_PRIORITY + 1))
        .withMessageContaining("256")
        .withMessageContaining("-255 to 255");
    assertThatIllegalArgumentException().isThrownBy(() -> hints.priority(Hints.MIN_PRIORITY - 1));
  }

  @Test
  void virtualThreadHasNoHints() {
    Thread.Builder virtual = Thread.ofVirtual().name("fiber");
    assertThatThrownBy(() -> inThread(virtual, ThreadHints::current))
        .hasCauseInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("'fiber'")
        .hasMessageContaining("use a platform thread");
  }

  @Test
  void hintsBelongToOneThread() throws Exception {
    ThreadHints others = inThread(Thread.ofPlatform().name("other"), ThreadHints::current);
    assertThatExceptionOfType(WrongThreadException.class)
        .isThrownBy(others::given)
        .withMessageContaining("'other'");
    assertThatExceptionOfType(WrongThreadException.class).isThrownBy(() -> others.priority(10));
  }

  @Test
  void scopeIsClosedByItsThread() throws Exception {
    var others = inThread(Thread.ofPlatform(), () -> ThreadHints.current().priority(10));
    assertThatExceptionOfType(WrongThreadException.class).isThrownBy(others::close);
  }

  /** What the callable returns in a thread of this kind; its exception is a cause. */
  private static <T> T inThread(Thread.Builder thread, Callable<T> callable) throws Exception {
    var task = new FutureTask<>(callable);
    thread.start(task);
    return task.get();
  }
}
