package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgramEnvironmentTest {
  private static final String LIBRARY = "/opt/overtake/libovertake.so";

  private static List<String> preloadingWith(String... entries) {
    var environment = new ProgramEnvironment(List.of(entries));
    environment.preload(LIBRARY);
    return environment.entries();
  }

  @Test
  void entriesKeepTheirBytesAndTheirOrder() {
    var entries = List.of("B=\u00ff\n", "no name", "=x", "A=", "B=second", "a.b=c");
    assertThat(new ProgramEnvironment(entries).entries()).isEqualTo(entries);
  }

  @Test
  void settingReplacesEveryEntryOfThatNameAndNoOther() {
    var environment = new ProgramEnvironment(List.of("A=1", "AB=2", "A=3", "A"));
    environment.putAll(Map.of("A", Optional.of("x=y")));
    assertThat(environment.entries()).containsExactly("AB=2", "A", "A=x=y");
    environment.putAll(Map.of("A", Optional.empty()));
    assertThat(environment.entries()).containsExactly("AB=2", "A");
  }

  @Test
  void theFirstOfTwoCounts() {
    var environment = new ProgramEnvironment(List.of("AB=0", "A=1", "A=2"));
    assertThat(environment.get("A")).contains("1");
    assertThat(environment.get("B")).isEmpty();
  }

  @Test
  void theShimIsPreloadedBeforeAllElse() {
    assertThat(preloadingWith()).containsExactly("LD_PRELOAD=" + LIBRARY);
    assertThat(preloadingWith("LD_PRELOAD=")).containsExactly("LD_PRELOAD=" + LIBRARY);
    assertThat(preloadingWith("LD_PRELOAD=libjemalloc.so.2 /b.so"))
        .containsExactly("LD_PRELOAD=" + LIBRARY + ":libjemalloc.so.2 /b.so");
  }

  @Test
  void aProgramThatIsRunByOneThatWasRunHasTheShimOnce() {
    assertThat(preloadingWith("LD_PRELOAD=/a.so:" + LIBRARY))
        .containsExactly("LD_PRELOAD=/a.so:" + LIBRARY);
  }

  @Test
  void whatPartsPathsCannotBeInOne() {
    assertThat(ProgramEnvironment.canBePreloaded("/opt/x/libovertake.so")).isTrue();
    assertThat(ProgramEnvironment.canBePreloaded("/opt/a b/libovertake.so")).isFalse();
    assertThat(ProgramEnvironment.canBePreloaded("/opt/a:b/libovertake.so")).isFalse();
  }
}
