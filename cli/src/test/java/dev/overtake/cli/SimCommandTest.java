package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SimCommandTest {
  @TempDir Path files;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void writeScenarios() throws IOException {
    String scenario =
        """
        duration: 2s
        devices: [{name: gpu}]
        clients:
          - name: serve
            hints: {priority: 10}
            load: {rate: 20/s}
            work: {command: 1ms, commands: 3}
          - name: train
            load: loop
            work: {command: 2ms, commands: 10}
        """;
    Files.writeString(files.resolve("small.yaml"), scenario);
    Files.writeString(files.resolve("wrong.yaml"), scenario.replace("command: 1ms", "command: 1"));
  }

  private int sim(String typed) {
    return Main.commandLine(Map.of())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(("sim " + typed.replace("FILES", files.toString())).split(" "));
  }

  static Stream<Arguments> wrongUses() {
    return Stream.of(
        arguments("", "no scenario was given: give a file, or one of test1, "),
        arguments("test5 --list", "--list lists all scenarios: leave out 'test5'"),
        arguments("nothing.yaml", "there is no scenario 'nothing.yaml': give a file, or one of"),
        arguments("FILES/small.yaml --policy FIRST", "there is no policy 'FIRST': give one of "),
        arguments("test5 --policy HPF --policy HPF", "--policy names a policy twice: give each"),
        arguments("test5 --seed -3", "--seed is -3: give a whole number from 0 to 999999999"),
        arguments("test5 --seed 1000000000", "--seed is 1000000000: give a whole number from 0"),
        arguments("test5 --duration soon", "'soon' is not a length of time above 0"),
        arguments(
            "test5 --report FILES/small.yaml", "small.yaml is not a folder): name another with"),
        arguments("test5 --report FILES/small.yaml/out", "folder): name another with --report"),
        arguments("FILES/wrong.yaml", "wrong.yaml:7:21: "));
  }

  @ParameterizedTest
  @MethodSource("wrongUses")
  void wrongUseIsToldInOneLine(String typed, String message) {
    assertThat(sim(typed)).isEqualTo(ExitStatus.WRONG_USE);
    assertThat(err.toString().lines()).hasSize(2).first().asString().contains(message);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void everyPolicyHasARowForEachClientBesideTheClientAlone() {
    assertThat(sim("FILES/small.yaml --policy NONE --policy HPF")).isEqualTo(ExitStatus.OK);
    assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
        .anyMatch(line -> line.startsWith("alone serve gpu"))
        .anyMatch(line -> line.startsWith("NONE serve gpu"))
        .anyMatch(line -> line.startsWith("HPF train gpu"));
    assertThat(err.toString()).containsPattern("simulated [\\d,]+ events in ");
  }

  @Test
  void theSameSeedGivesTheSameResults() {
    assertThat(sim("FILES/small.yaml --json --seed 4")).isEqualTo(ExitStatus.OK);
    String first = out.toString();
    out.getBuffer().setLength(0);
    assertThat(sim("FILES/small.yaml --json --seed 4")).isEqualTo(ExitStatus.OK);
    assertThat(out.toString()).isEqualTo(first);
    out.getBuffer().setLength(0);
    assertThat(sim("FILES/small.yaml --json --seed 5")).isEqualTo(ExitStatus.OK);
    assertThat(out.toString()).isNotEqualTo(first);
  }

  @Test
  void reportHasResultsAndAPage() throws IOException {
    assertThat(sim("FILES/small.yaml --report FILES/out/deep")).isEqualTo(ExitStatus.OK);
    JsonNode results = new JsonMapper().readTree(files.resolve("out/deep/results.json").toFile());
    assertThat(results.path("schemaVersion").isInt()).isTrue();
    assertThat(files.resolve("out/deep/report.html")).content().contains("serve").contains("train");
  }

  @Test
  void policyOfOnesOwnThatThrowsHoldsNobodyAndIsTold() throws IOException {
    Path source = files.resolve("Failing.java");
    Files.writeString(
        source,
        """
        package test;
        import dev.overtake.core.policy.*;
        public final class Failing implements Policy {
          public String name() { return "FAILING"; }
          public Decision schedule(Snapshot snapshot, long nowNanos) {
            throw new IllegalStateException("out of ideas");
          }
        }
        """);
    Path services = Files.createDirectories(files.resolve("classes/META-INF/services"));
    Files.writeString(services.resolve("dev.overtake.core.policy.Policy"), "test.Failing\n");
    String classes = files.resolve("classes").toString();
    run("javac", "-cp", System.getProperty("java.class.path"), "-d", classes, source.toString());
    run("jar", "--create", "--file", files.resolve("failing.jar").toString(), "-C", classes, ".");

    assertThat(sim("FILES/small.yaml --policies FILES/failing.jar --policy FAILING"))
        .isEqualTo(ExitStatus.OK);
    assertThat(out.toString().lines())
        .anyMatch(line -> line.startsWith("FAILING  serve"))
        .anyMatch(line -> line.contains("out of ideas"));
  }

  private static void run(String tool, String... arguments) {
    assertThat(ToolProvider.findFirst(tool).orElseThrow().run(System.out, System.err, arguments))
        .isZero();
  }

  @Test
  void jarThatCannotBeReadIsTold() {
    assertThat(sim("FILES/small.yaml --policies FILES/small.yaml")).isEqualTo(ExitStatus.OK);
    assertThat(err.toString()).contains("small.yaml cannot be read as a jar");
  }

  @Test
  void emptyPartsOfThePathOfPoliciesAreNotTheCurrentFolder() {
    assertThat(sim("FILES/small.yaml --policies=")).isEqualTo(ExitStatus.OK);
    assertThat(sim("FILES/small.yaml --policies FILES/small.yaml::FILES/small.yaml"))
        .isEqualTo(ExitStatus.OK);
    assertThat(err.toString()).contains("cannot be read as a jar").doesNotContain("has no jar");
  }

  @Test
  void scenariosThatComeWithItAreListed() {
    assertThat(sim("--list")).isEqualTo(ExitStatus.OK);
    assertThat(out.toString().lines())
        .hasSizeGreaterThanOrEqualTo(10)
        .anyMatch(l -> l.startsWith("fleet"));
  }
}
