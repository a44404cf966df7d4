package dev.overtake.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.LatencyTarget;
import dev.overtake.core.policy.Laxity;
import dev.overtake.core.policy.Policies;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.Device;
import dev.overtake.sim.model.Distribution;
import dev.overtake.sim.model.InFlight;
import dev.overtake.sim.model.Load;
import dev.overtake.sim.model.Machine;
import dev.overtake.sim.model.Scenario;
import dev.overtake.sim.model.Sharing;
import dev.overtake.sim.model.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScenarioFileTest {
  private static final Policies POLICIES = Policies.of(List.of(new HighestPriorityFirst()));

  private static final String LEAST =
      """
      duration: 60s
      devices:
        - name: gpu
      clients:
        - name: serve
          load: loop
          work: {command: 1ms}
      """;

  @TempDir Path folder;

  private ScenarioFile parse(String text) {
    return ScenarioFile.parse(text, "some/test.yaml", folder, POLICIES);
  }

  private Client client(String lines) {
    String text = LEAST.replace("    load: loop\n    work: {command: 1ms}\n", lines.indent(4));
    return parse(text).scenario().machines().getFirst().clients().getFirst();
  }

  @Test
  void whatIsNotSaidHasItsDefault() {
    ScenarioFile file = parse(LEAST);
    assertThat(file.about()).isEmpty();
    assertThat(file.scenario())
        .isEqualTo(
            new Scenario(
                "test",
                1,
                60_000_000_000L,
                0,
                "HPF",
                0,
                List.of(
                    Machine.of(
                        Device.ideal("gpu", PreemptionLevel.L1, new Sharing.CommandTurns()),
                        List.of(
                            Client.of(
                                "serve",
                                "gpu",
                                Load.ClosedLoop.withoutPause(),
                                Work.oneCommand(new Distribution.Constant(1e6))))))));
  }

  @Test
  void everythingCanBeSaid() {
    ScenarioFile file =
        parse(
            """
            name: all
            about: Every key there is.
            duration: 2m
            warm-up: 500ms
            seed: 7
            policy: NONE
            decision-delay: 5us
            machines:
              - name: rack
                count: 3
                devices:
                  - name: gpu
                    engines: 2
                    level: L2
                    sharing: {time-slices: 2ms}
                    hand-over: 100us
                    launch-overhead: 8.5us
                    queue-depth: 341
                  - name: npu
                    sharing: fifo
                clients:
                  - name: serve
                    count: 4
                    device: gpu
                    process: 4711
                    nice: -5
                    hints:
                      priority: 10
                      utilization: 75%
                      timeslice: 3ms
                      deadline: 10ms
                      laxity: {time: 4ms, lax: -1, critical: 9}
                      window: active
                      target: {latency: 20ms, percentile: 99.9%}
                    in-flight: {threshold: 4, batch: 2}
                    linger: 200us
                    load: {rate: 90/m, arrivals: periodic}
                    work: {command: 450us, commands: 20, host: 10us, iterations: 3, ahead: all}
                    start: 1s
                    end: 1.5m
            """);
    assertThat(file.about()).isEqualTo("Every key there is.");
    Hints hints =
        new Hints(
            10,
            75,
            3_000_000,
            10_000_000,
            new Laxity(4_000_000, -1, 9),
            true,
            new LatencyTarget(20_000_000, 99.9));
    assertThat(file.scenario())
        .isEqualTo(
            new Scenario(
                "all",
                7,
                120_000_000_000L,
                500_000_000,
                "NONE",
                5_000,
                List.of(
                    new Machine(
                        "rack",
                        3,
                        List.of(
                            new Device(
                                "gpu",
                                2,
                                PreemptionLevel.L2,
                                new Sharing.TimeSlices(2_000_000),
                                100_000,
                                8_500,
                                341),
                            Device.ideal("npu", PreemptionLevel.L1, new Sharing.Fifo())),
                        List.of(
                            new Client(
                                "serve",
                                4,
                                "gpu",
                                4711,
                                -5,
                                hints,
                                new InFlight.Commands(new LaunchConfig(4, 2)),
                                200_000,
                                new Load.OpenLoop(Load.Arrivals.PERIODIC, 1.5),
                                new Work(
                                    new Distribution.Constant(450_000),
                                    new Distribution.Constant(20),
                                    List.of(),
                                    new Distribution.Constant(10_000),
                                    3,
                                    Work.ALL_AHEAD),
                                1_000_000_000L,
                                90_000_000_000L))))));
  }

  @ParameterizedTest
  @CsvSource({
    "1ns, 1",
    "300us, 300000",
    "300µs, 300000",
    "2.5ms, 2500000",
    "90s, 90000000000",
    "2 m, 120000000000",
    "1h, 3600000000000"
  })
  void timesHaveUnits(String written, long nanos) {
    assertThat(client("load: {think: %s}\nwork: {command: 1ms}".formatted(written)).load())
        .isEqualTo(new Load.ClosedLoop(new Distribution.Constant(nanos)));
  }

  @ParameterizedTest
  @CsvSource({"20/s, 20", "0.5/s, 0.5", "90/m, 1.5", "7200 / h, 2"})
  void ratesHaveUnits(String written, double perSecond) {
    assertThat(client("load: {rate: %s}\nwork: {command: 1ms}".formatted(written)).load())
        .isEqualTo(new Load.OpenLoop(Load.Arrivals.POISSON, perSecond));
  }

  static Stream<Arguments> distributions() {
    return Stream.of(
        arguments("2ms", new Distribution.Constant(2e6)),
        arguments("{exponential: 2ms}", new Distribution.Exponential(2e6)),
        arguments("{uniform: [1ms, 3ms]}", new Distribution.Uniform(1e6, 3e6)),
        arguments("{median: 2ms, sigma: 0.3}", new Distribution.LogNormal(2e6, 0.3)),
        arguments("{values: [1ms, 20us]}", new Distribution.Empirical(List.of(1e6, 2e4))));
  }

  @ParameterizedTest
  @MethodSource("distributions")
  void timesMayVary(String written, Distribution distribution) {
    assertThat(client("load: loop\nwork: {command: %s}".formatted(written)).work().commandNanos())
        .isEqualTo(distribution);
  }

  @Test
  void logNormalIsGivenByItsP99() {
    var distribution =
        (Distribution.LogNormal)
            client("load: loop\nwork: {command: {median: 2ms, p99: 4ms}}").work().commandNanos();
    assertThat(distribution.median() * Math.exp(2.3263 * distribution.sigma()))
        .isCloseTo(4e6, within(1.0));
  }

  @Test
  void timeInFlightAndAdaptiveDefaultAreTimes() {
    assertThat(client("load: loop\nwork: {command: 1ms}").inFlight()).isEqualTo(InFlight.DEFAULT);
    assertThat(client("load: loop\nwork: {command: 1ms}\nin-flight: 125us").inFlight())
        .isEqualTo(new InFlight.Time(125_000));
  }

  @Test
  void traceIsReplayedAndItsCommandsAreTheWork() throws IOException {
    Files.writeString(
        folder.resolve("t.jsonl"),
        """
        {"overtakeTrace": 1, "origin": "by hand"}
        {"client": "a", "dueNanos": 5, "commandNanos": [10, 20]}
        {"client": "b", "dueNanos": 6, "commandNanos": [7]}
        {"client": "a", "dueNanos": 9, "commandNanos": [30]}
        """);
    Client replayed = client("load: {trace: t.jsonl, client: a}");
    assertThat(replayed.load())
        .isEqualTo(
            new Load.Replay(
                List.of(
                    new Load.TraceRequest(5, List.of(10L, 20L)),
                    new Load.TraceRequest(9, List.of(30L)))));
    Client loop = client("load: loop\nwork: {trace: t.jsonl, client: a, ahead: 20}");
    assertThat(loop.work())
        .isEqualTo(
            new Work(
                new Distribution.Empirical(List.of(10.0, 20.0, 30.0)),
                new Distribution.Empirical(List.of(2.0, 1.0)),
                List.of(List.of(10L, 20L), List.of(30L)),
                new Distribution.Constant(0),
                1,
                20));
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        arguments("duration: 60s", "duration: 60", "1:11: duration is '60': give a time with its"),
        arguments("duration: 60s", "duration: 60sec", "1:11: duration is '60sec': give a time"),
        arguments("duration: 60s", "duration: -1s", "1:11: duration is '-1s': give a time with"),
        arguments("duration: 60s", "duration: 0s", "1:11: duration is '0s': give a time above 0"),
        arguments("duration: 60s", "duration: 9999h", "duration is '9999h': give a time with its"),
        arguments("duration: 60s", "duration:", "1:10: duration is empty: give a time with"),
        arguments("duration: 60s\n", "", "1:1: the scenario has no 'duration': give one"),
        arguments(
            "duration: 60s",
            "duration: 60s\nwarm-up: 2m",
            "1:1: the duration is 60000000000 ns and the warm-up"),
        arguments(
            "duration: 60s",
            "duration: 60s\npolicy: FIFO",
            "2:9: policy is 'FIFO': give one of HPF, NONE"),
        arguments("duration: 60s", "duration: 60s\nseed: x", "2:7: seed is 'x': give a whole"),
        arguments(
            "duration: 60s",
            "duration: 60s\nspeed: 1",
            "2:1: the scenario has no key 'speed': give some of name, about, duration"),
        arguments(
            "duration: 60s", "duration: 60s\nduration: 9s", "2:1: the scenario has 'duration' twi"),
        arguments("  - name: gpu", "  - nam: gpu", "3:5: devices has no key 'nam': give some of"),
        arguments("  - name: gpu", "  - level: L1", "3:5: devices has no 'name': give one"),
        arguments(
            "  - name: gpu", "  - {name: gpu, level: 2}", "3:24: level is '2': give L1, L2 or L3"),
        arguments(
            "  - name: gpu",
            "  - {name: gpu, sharing: mps}",
            "sharing is 'mps': give fifo, turns, or {time-slices: TIME}"),
        arguments(
            "  - name: gpu",
            "  - {name: gpu, engines: 0}",
            "engines is '0': give a whole number from 1 to"),
        arguments(
            "  - name: gpu",
            "  - {name: gpu, queue-depth: 0}",
            "queue-depth is '0': give a whole number from 1 to"),
        arguments("  - name: gpu", "  gpu", "3:3: devices is 'gpu': give a list of at least one"),
        arguments(
            "  - name: gpu",
            "  - name: gpu\n  - name: gpu",
            "4:5: two devices are named gpu: give each a name of its own"),
        arguments(
            "  - name: gpu",
            "  - name: gpu\n  - name: npu",
            "a client has no 'device' and the mach"),
        arguments(
            "command: 1ms", "command: 1ms, ahead: all", "client serve is a loop that never waits"),
        arguments("command: 1ms", "command: 1ms, ahead: no", "ahead is 'no': give a whole number"),
        arguments("load: loop", "load: lop", "load is 'lop': give loop, {rate: 20/s}"),
        arguments(
            "load: loop", "load: {rate: 20}", "rate is '20': give a rate above 0 with its unit"),
        arguments("load: loop", "load: {rate: 0/s}", "rate is '0/s': give a rate above 0"),
        arguments(
            "load: loop",
            "load: {rate: 2/s, think: 1ms}",
            "load has 'rate' and 'think', which contradict each other: give one"),
        arguments(
            "load: loop",
            "load: {trace: t.jsonl, client: a, rate: 2/s}",
            "load has 'rate' and 'trace', which contradict each other: give one"),
        arguments(
            "load: loop",
            "load: {trace: t.jsonl, client: a, arrivals: poisson}",
            "load has 'arrivals' without 'rate', which it is about"),
        arguments("load: loop", "load: {}", "load has none of rate, think, trace: give one"),
        arguments(
            "load: loop",
            "load: {think: 1s, arrivals: poisson}",
            "load has 'arrivals' without 'rate', which it is about"),
        arguments(
            "load: loop",
            "load: {rate: 2/s, arrivals: daily}",
            "arrivals is 'daily': give poisson, periodic or uniform"),
        arguments(
            "load: loop",
            "load: {trace: gone.jsonl, client: a}",
            "6:19: the trace cannot be used: "),
        arguments("command: 1ms", "command: 1", "7:21: command is '1': give a time with its unit"),
        arguments(
            "command: 1ms",
            "command: {median: 2ms}",
            "command has none of p99, sigma: give one of them"),
        arguments(
            "command: 1ms",
            "command: {median: 2ms, p99: 1ms}",
            "p99 is '1ms': give a P99 of at least the median"),
        arguments(
            "command: 1ms",
            "command: {exponential: 2ms, p99: 1ms}",
            "command has 'p99' without 'median'"),
        arguments("command: 1ms", "command: {uniform: [2ms]}", "uniform is a list: give two ends"),
        arguments(
            "command: 1ms",
            "command: {uniform: [2ms, 1ms]}",
            "7:21: the largest value of a uniform distribution is 1000000.0"),
        arguments(
            "command: 1ms",
            "command: 1ms, commands: 0",
            "7:11: the mean number of commands of a request is 0.0"),
        arguments(
            "command: 1ms", "command: 1ms, commands: 2ms", "commands is '2ms': give a number"),
        arguments("name: serve", "name: ", "name is empty: give a name"),
        arguments(
            "name: serve", "name: serve\n    device: npu", "device is 'npu': give a device of the"),
        arguments(
            "name: serve",
            "name: serve\n    nice: 20",
            "nice is '20': give a whole number from -20"),
        arguments(
            "name: serve",
            "name: serve\n    in-flight: {threshold: 2, batch: 4}",
            "6:16: batch is 4 with threshold 2: give 1 to 2"),
        arguments(
            "name: serve",
            "name: serve\n    start: 2s\n    end: 1s",
            "5:5: client serve starts at 2000000000 ns and ends at 1000000000"),
        arguments(
            "name: serve",
            "name: serve\n    hints: {utilization: 75}",
            "6:26: utilization is '75': give a percentage above 0 and at most 100, such as 75%"),
        arguments(
            "name: serve",
            "name: serve\n    hints: {utilization: 101%}",
            "utilization is '101%': give a percentage"),
        arguments(
            "name: serve",
            "name: serve\n    hints: {priority: 256}",
            "priority is '256': give a whole number from -255 to 255"),
        arguments(
            "name: serve",
            "name: serve\n    hints: {laxity: {time: 2ms, lax: 9, critical: 1}}",
            "6:21: critical priority 1 is below lax priority 9"),
        arguments(
            "name: serve",
            "name: serve\n    hints: {target: {latency: 2ms, percentile: 100%}}",
            "percentile 100.0 is out of range"),
        arguments(
            "name: serve",
            "name: serve\n    hints: {window: on}",
            "window is 'on': give active or background"),
        arguments(
            "name: serve",
            "name: serve\n    count: 2\n    hints: {utilization: 60%}",
            "5:5: with client serve the clients of device gpu ask for 120 % of it"),
        arguments("load: loop", "load: {loop", "not YAML: "),
        arguments("duration: 60s", "\tduration: 60s", "1:1: not YAML: "));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakeIsToldInOneLineWithItsPlace(String right, String wrong, String message) {
    assertThat(LEAST).contains(right);
    assertThatThrownBy(() -> parse(LEAST.replace(right, wrong)))
        .isInstanceOf(ScenarioException.class)
        .message()
        .startsWith("some/test.yaml:")
        .contains(message)
        .matches("some/test.yaml:\\d+:\\d+: .*")
        .hasLineCount(1);
  }

  @Test
  void queuesOfOneProcessShareWhatItAsksFor() {
    String line =
        "process: 7\ncount: 3\nhints: {utilization: 60%}\nload: loop\nwork: {command: 1ms}";
    assertThat(client(line).hints().utilizationPercent()).isEqualTo(60);
  }

  @Test
  void emptyFileIsNoScenario() {
    assertThatThrownBy(() -> parse("# nothing\n"))
        .hasMessage("some/test.yaml: empty: give a scenario, with devices and clients");
  }

  @Test
  void listIsNoScenario() {
    assertThatThrownBy(() -> parse("- a\n"))
        .hasMessageStartingWith(
            "some/test.yaml:1:1: the scenario is a list: give a mapping with some of the keys"
                + " name");
  }

  @Test
  void missingFileIsTold() {
    Path file = folder.resolve("gone.yaml");
    assertThatThrownBy(() -> ScenarioFile.read(file, POLICIES))
        .hasMessage(file + ": there is no such file");
  }
}
