package dev.overtake.control.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.PolicyMode;
import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.policy.QueueStatus;
import dev.overtake.core.policy.Snapshot;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies of one's own, and what is said of those that cannot be had. */
class PolicyJarsTest {
  private static final Path EXAMPLE = Path.of("..", "examples", "policy", "src", "main");
  private static final List<String> BUILT_IN = PolicyCatalog.installed(List.of(), w -> {}).names();

  @TempDir Path folder;
  private final List<String> warnings = new ArrayList<>();
  private TestJars jars;

  @BeforeEach
  void prepare() {
    jars = new TestJars(folder);
  }

  private PolicyCatalog catalog(Path... paths) {
    return PolicyCatalog.installed(List.of(paths), warnings::add);
  }

  private static String named(String name) {
    return "public String name() { return \"%s\"; }".formatted(name);
  }

  @Test
  void theExampleIsCompiledPackedLoadedAndDecides() throws Exception {
    Path jar =
        jars.of(
            "patient.jar",
            List.of(EXAMPLE.resolve("java/com/example/patient/Patient.java")),
            Files.readString(EXAMPLE.resolve("resources").resolve(PolicyJars.SERVICE)));

    PolicyCatalog catalog = catalog(jar);

    assertThat(warnings).isEmpty();
    assertThat(catalog.names()).containsAll(BUILT_IN).contains("PATIENT");
    assertThat(catalog.mode("PATIENT")).contains(PolicyMode.DAEMON);
    Policy policy = catalog.policies().find("PATIENT").orElseThrow();
    var batch = new QueueStatus(1, "train", "0", 1, 0, true, 0, Hints.NONE);
    var serve = new QueueStatus(2, "serve", "0", 2, 0, true, 0, Hints.priority(10));
    Decision decision = policy.schedule(new Snapshot(List.of(batch, serve)), 0);
    assertThat(decision.isHeld(0)).isTrue();
    assertThat(decision.isHeld(1)).isFalse();
  }

  @Test
  void onlyTheDaemonHasThemDecideOnAThreadOfTheirOwn() throws Exception {
    Path source =
        Files.writeString(
            folder.resolve("Telling.java"),
            """
            package test;
            import dev.overtake.core.policy.*;
            public class Telling implements Policy {
              public String name() { return "TELLING"; }
              public Decision schedule(Snapshot snapshot, long nowNanos) {
                return Decision.runAll().remembering(Thread.currentThread());
              }
            }
            """);
    PolicyCatalog catalog = catalog(jars.of("telling.jar", List.of(source), "test.Telling\n"));
    Policy bare = catalog.policies().find("TELLING").orElseThrow();
    Policy inDaemon = catalog.find("TELLING").orElseThrow();

    var snapshot = new Snapshot(List.of());
    assertThat(bare.schedule(snapshot, 0).memory()).isEqualTo(Thread.currentThread());
    assertThat(decision(inDaemon, snapshot).memory()).isNotEqualTo(Thread.currentThread());
    assertThat(catalog.find("TELLING")).containsSame(inDaemon);
  }

  /** Asks again where its thread was too slow for it; the test's time-out is the deadline. */
  private static Decision decision(Policy inDaemon, Snapshot snapshot) {
    while (true) {
      try {
        return inDaemon.schedule(snapshot, 0);
      } catch (IllegalStateException e) {
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  @Test
  void allJarsOfAFolderAreLoaded() throws Exception {
    jars.ofClass("One", named("ONE"));
    jars.ofClass("Two", named("TWO"));
    Files.writeString(folder.resolve("notes.txt"), "no jar");
    assertThat(catalog(folder).names()).contains("ONE", "TWO");
    assertThat(warnings).isEmpty();
  }

  @Test
  void aJarThatCannotBeReadIsToldAndTheOthersAreThere() throws Exception {
    Path good = jars.ofClass("One", named("ONE"));
    Path bad = Files.writeString(folder.resolve("bad.jar"), "no jar");
    Path none = folder.resolve("none.jar");
    assertThat(catalog(bad, none, good).names()).contains("ONE");
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0)).startsWith(bad + " cannot be read as a jar (").endsWith("left out");
    assertThat(warnings.get(1)).startsWith(none + " cannot be read as a jar (").contains("NoSuch");
  }

  @Test
  void aJarOrFolderWithoutPoliciesIsTold() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path source = Files.writeString(folder.resolve("Other.java"), "class Other {}");
    Path jar = jars.of("other.jar", List.of(source), "");
    assertThat(catalog(empty).names()).isEqualTo(BUILT_IN);
    assertThat(catalog(jar).names()).isEqualTo(BUILT_IN);
    assertThat(warnings)
        .containsExactly(
            empty + " has no jar, and so no policies",
            jar + " names no policy: a jar of policies lists them in " + PolicyJars.SERVICE);
  }

  static final String BROKEN_CONSTRUCTOR =
      "public Broken() { throw new IllegalStateException(\"no licence\\nfound\"); }";

  @ParameterizedTest
  @ValueSource(
      strings = {
        BROKEN_CONSTRUCTOR,
        "private Broken() {}",
        "static final int PORT = Integer.parseInt(null);"
      })
  void aClassThatCannotBeMadeIsToldInOneLineAndTheOthersAreThere(String broken) throws Exception {
    Path bad = jars.ofClass("Broken", broken + named("BROKEN"));
    Path good = jars.ofClass("One", named("ONE"));
    assertThat(catalog(bad, good).names()).contains("ONE").doesNotContain("BROKEN");
    assertThat(warnings).singleElement().asString().contains("a policy cannot be made", "Broken");
    assertThat(warnings.getFirst()).doesNotContain("\n");
  }

  @Test
  void aClassThatIsNotThereIsTold() throws Exception {
    Path source = Files.writeString(folder.resolve("Other.java"), "class Other {}");
    catalog(jars.of("other.jar", List.of(source), "test.Gone\n"));
    assertThat(warnings).singleElement().asString().contains("test.Gone not found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HPF", "NONE", "HPF-DAEMON", "ONE"})
  void aNameThatIsTakenIsTold(String name) throws Exception {
    Path one = jars.ofClass("One", named("ONE"));
    Path taker = jars.ofClass("Taker", named(name));
    PolicyCatalog catalog = catalog(one, taker);
    assertThat(catalog.names()).containsOnlyOnce(name);
    assertThat(warnings)
        .containsExactly(
            "there is a policy %s already, so that test.Taker is left out: give it another name"
                .formatted(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "return null;",
        "return \"\";",
        "return \"MY POLICY\";",
        "return \"a-name-that-the-page-has-no-room-for\";",
        "throw new IllegalStateException();"
      })
  void aNameThatNobodyCanTypeIsTold(String name) throws Exception {
    Path jar = jars.ofClass("Nameless", "public String name() { " + name + " }");
    assertThat(catalog(jar).names()).isEqualTo(BUILT_IN);
    assertThat(warnings).singleElement().asString().startsWith("test.Nameless is left out, since ");
  }

  @Test
  void theEnvironmentNamesThemAsAClassPathDoes() {
    assertThat(PolicyJars.paths(Map.of())).isEmpty();
    assertThat(
            PolicyJars.paths(
                Map.of(PolicyJars.VARIABLE, "a.jar" + File.pathSeparator + "/home/me/policies")))
        .containsExactly(Path.of("a.jar"), Path.of("/home/me/policies"));
  }
}
