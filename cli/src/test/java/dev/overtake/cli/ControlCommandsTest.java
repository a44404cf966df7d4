package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.overtake.control.page.Claims;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Owner;
import dev.overtake.control.page.PolicyMode;
import dev.overtake.control.page.QueueClaim;
import dev.overtake.control.page.Scope;
import dev.overtake.control.page.SlotStatus;
import dev.overtake.control.status.StatusJson;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.LatencyTarget;
import dev.overtake.core.policy.Laxity;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.OptionSpec;

/** What status, hint, policy and daemon say and do on a page of which the test knows all. */
class ControlCommandsTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path file;
  private ControlPage page;
  private int serve;
  private int train;

  @BeforeEach
  void prepare() throws IOException {
    file = folder.resolve("page");
    page = ControlPage.openOrCreate(file);
    int device = page.devices().findOrAdd("0000:3b:00.0", new byte[16], "NVIDIA H200");
    serve = claim(device, "serve", 10);
    train = claim(device, "train", 0);
  }

  private int claim(int device, String name, int priority) throws IOException {
    return new Claims(page)
        .claim(new QueueClaim(Owner.self(), device, Scope.PROCESS, 0, name, priority));
  }

  @AfterEach
  void close() {
    page.close();
  }

  private int overtake(String typed) {
    return Main.commandLine(Map.of())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute((typed + " --page " + file).split(" "));
  }

  private SlotStatus queue(int slot) {
    return page.slots().status(slot).orElseThrow();
  }

  @Test
  void statusShowsDevicesAndQueues() {
    new Claims(page).ready(serve, System.nanoTime());
    assertThat(overtake("status")).isEqualTo(ExitStatus.OK);
    assertThat(out.toString())
        .startsWith("no daemon, policy HPF, page " + file + "\n")
        .containsPattern("0 +NVIDIA H200 +0000:3b:00.0 +10 +0 +0")
        .containsPattern("0 +\\d+ +serve +process +0 +10 +ready +L1 +300us +0 +0 +-")
        .containsPattern("1 +\\d+ +train +process +0 +0 +idle ");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void statusOfAnEmptyPageSaysWhatFillsIt() {
    new Claims(page).release(serve);
    new Claims(page).release(train);
    assertThat(overtake("status")).isEqualTo(ExitStatus.OK);
    assertThat(out.toString()).contains("No queue", "overtake run");
  }

  @Test
  void statusAsJsonIsTheReport() {
    assertThat(overtake("status --json")).isEqualTo(ExitStatus.OK);
    var report = StatusJson.read(out.toString());
    assertThat(report.daemonPid()).isNull();
    assertThat(report.queues()).hasSize(2);
    assertThat(report.queues().getFirst().usage()).isNull();
  }

  @Test
  void statusWithoutAPageFailsAndSaysWhatMakesOne() {
    file = folder.resolve("another");
    assertThat(overtake("status")).isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString()).contains("another: there is no control page", "overtake run");
    assertThat(file).doesNotExist();
  }

  @Test
  void aFileThatIsNoPageIsRefused() throws IOException {
    file = Files.writeString(folder.resolve("notes"), "my notes");
    assertThat(overtake("status")).isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString().lines()).singleElement().asString().contains("8 bytes long");
  }

  @Test
  void hintChangesTheQueueOfTheSlot() {
    assertThat(overtake("hint 1 --priority -7 --threshold 4 --batch 2 --linger 1ms --level 2"))
        .isEqualTo(ExitStatus.OK);
    assertThat(queue(train).priority()).isEqualTo(-7);
    assertThat(queue(train).wishes().threshold()).isEqualTo(4);
    assertThat(queue(train).wishes().lingerMicros()).isEqualTo(1000);
    assertThat(queue(train).wishes().level()).isEqualTo(2);
    assertThat(queue(serve).priority()).isEqualTo(10);
    assertThat(out.toString()).contains("train", "-7").doesNotContain("serve");
  }

  @Test
  void hintSaysWhatThePolicyIsTold() {
    assertThat(
            overtake(
                "hint serve --utilization 75% --timeslice 2ms --deadline 1s --laxity 1500us"
                    + " --lax-priority -20 --critical-priority 20 --window-active --target 4ms"))
        .isEqualTo(ExitStatus.OK);
    assertThat(queue(serve).hints())
        .isEqualTo(
            new Hints(
                10,
                75,
                2_000_000,
                1_000_000_000,
                new Laxity(1_500_000, -20, 20),
                true,
                new LatencyTarget(4_000_000, 99)));
    assertThat(queue(train).hints()).isEqualTo(Hints.NONE);
    String said =
        "hints of 0: utilization 75%; timeslice 2ms; deadline 1000ms; laxity 1500us, priority -20"
            + " then 20; window active; target P99 4ms\n";
    assertThat(out.toString()).endsWith("\n\n" + said);
    overtake("status");
    assertThat(out.toString()).endsWith(said).doesNotContain("hints of 1");
  }

  @Test
  void hintTakesBackWhatWasSaid() {
    overtake("hint 0 --utilization 75 --deadline 1ms --window-active --target 4ms --percentile 95");
    assertThat(queue(serve).hints().latencyTarget()).isEqualTo(new LatencyTarget(4_000_000, 95));
    assertThat(
            overtake(
                "hint 0 --utilization 0 --deadline 0 --no-window-active --target 0 --laxity 0"))
        .isEqualTo(ExitStatus.OK);
    assertThat(queue(serve).hints()).isEqualTo(Hints.priority(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ser*", "serve", "?erve"})
  void hintFindsQueuesByTheirNames(String name) {
    assertThat(overtake("hint " + name + " --priority 3")).isEqualTo(ExitStatus.OK);
    assertThat(queue(serve).priority()).isEqualTo(3);
    assertThat(queue(train).priority()).isZero();
  }

  @Test
  void hintFindsAllQueuesOfAProcess() {
    assertThat(overtake("hint pid:" + Owner.self().pid() + " --in-flight 1ms --json"))
        .isEqualTo(ExitStatus.OK);
    assertThat(queue(serve).wishes().inFlightMicros()).isEqualTo(1000);
    assertThat(queue(train).wishes().inFlightMicros()).isEqualTo(1000);
    assertThat(StatusJson.read(out.toString()).queues()).hasSize(2);
  }

  @Test
  void hintSuspendsAndResumes() {
    overtake("hint serve --suspend");
    assertThat(queue(serve).suspended()).isTrue();
    assertThat(queue(serve).gateClosed()).isTrue();
    assertThat(out.toString()).contains("suspended");
    overtake("hint serve --resume");
    assertThat(queue(serve).suspended()).isFalse();
    assertThat(queue(serve).gateClosed()).isFalse();
  }

  static Stream<Arguments> wrongUse() {
    return Stream.of(
        arguments("hint 0", "nothing is to be changed: give --priority"),
        arguments("hint 0 --priority 256", "priority 256 is out of range: give -255 to 255"),
        arguments("hint 0 --level 4", "level is 4: give 0 to 3"),
        arguments("hint 0 --threshold 3", "threshold and batch go together"),
        arguments("hint 0 --threshold 1 --batch 2", "batch is 2: give 1 to 1"),
        arguments("hint 0 --in-flight soon", "'soon' is not a short time: give it with its unit"),
        arguments("hint 0 --in-flight 0", "in-flight time is 0: give 1 to 1000000"),
        arguments("hint 0 --linger 9999ms", "linger time is 9999000: give 0 to 1000000"),
        arguments("hint 0 --linger never", "'never' is not a short time"),
        arguments("hint 0 --deadline 5", "'5' is not a short time: give it with its unit"),
        arguments("hint 0 --utilization 101%", "utilization 101 % is out of range: give 1 to 100"),
        arguments("hint 0 --utilization half", "'half' is not a percentage: give 75%"),
        arguments("hint 0 --deadline 5000s", "a deadline of 5000 s is out of range: give at most"),
        arguments("hint 0 --laxity 1ms --lax-priority 3", "give all three"),
        arguments("hint 0 --critical-priority 3", "go with --laxity: give it"),
        arguments(
            "hint 0 --laxity 1ms --lax-priority 3 --critical-priority 2",
            "critical priority 2 is below lax priority 3"),
        arguments("hint 0 --percentile 99", "--percentile goes with --target: give it"),
        arguments("hint 0 --target 1ms --percentile 100", "percentile 100.0 is out of range"),
        arguments("hint 0 --suspend --resume", "--suspend and --resume contradict"),
        arguments("hint 7 --priority 1", "there is no queue '7' now: 'overtake status' shows"),
        arguments("hint nobody* --priority 1", "there is no queue 'nobody*' now"),
        arguments("hint pid:x --priority 1", "'pid:x' is not a queue"),
        arguments("hint", "Missing required parameter: 'QUEUE'"),
        arguments("policy HPF-DAEMON", "policy 'HPF-DAEMON' needs a daemon to run it, and none"),
        arguments("policy FAST", "there is no policy 'FAST': give one of HPF, NONE, HPF-DAEMON"),
        arguments("daemon --port 70000", "--port is 70000: give 0 to 65535"),
        arguments("daemon --port 0 --policy FAST", "there is no policy 'FAST': give one of HPF"));
  }

  @ParameterizedTest
  @MethodSource("wrongUse")
  void wrongUseIsToldAndNothingIsChanged(String typed, String message) {
    assertThat(overtake(typed)).isEqualTo(ExitStatus.WRONG_USE);
    assertThat(err.toString().lines()).hasSize(2);
    assertThat(err.toString())
        .startsWith("overtake: ")
        .contains(message, "Try 'overtake " + typed.replaceFirst(" .*", "") + " --help'.");
    assertThat(queue(serve).priority()).isEqualTo(10);
    assertThat(queue(serve).suspended()).isFalse();
    assertThat(page.daemon().policyName()).isEqualTo("HPF");
  }

  @Test
  void aPageThatCannotBeUsedIsWhatIsWrongWithADaemonsPolicy() throws IOException {
    Files.write(file, new byte[100]);
    assertThat(overtake("policy CFS")).isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString()).contains(file.toString()).doesNotContain("none runs");
  }

  @Test
  void policyIsShownAndChosenWithoutADaemon() {
    assertThat(overtake("policy")).isEqualTo(ExitStatus.OK);
    assertThat(out.toString()).isEqualTo("HPF\n");
    assertThat(overtake("policy NONE")).isEqualTo(ExitStatus.OK);
    assertThat(page.daemon().policyMode()).isEqualTo(PolicyMode.NONE);
    assertThat(overtake("policy HPF --json")).isEqualTo(ExitStatus.OK);
    assertThat(out.toString()).endsWith("{\"policy\": \"HPF\", \"decides\": true}\n");
  }

  @Test
  void theDaemonSaysThatItsPortIsTaken() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertThat(overtake("daemon --port " + taken.getLocalPort())).isEqualTo(ExitStatus.FAILED);
      assertThat(err.toString()).contains("is taken by another program: give another with --port");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "hint", "policy", "daemon"})
  void helpDescribesEveryOption(String command) {
    assertThat(overtake(command + " --help")).isEqualTo(ExitStatus.OK);
    var options =
        Main.commandLine(Map.of()).getSubcommands().get(command).getCommandSpec().options();
    assertThat(options)
        .allSatisfy(option -> assertThat(option.description()).isNotEmpty())
        .extracting(ControlCommandsTest::inHelp)
        .allSatisfy(name -> assertThat(out.toString()).contains(name));
    assertThat(err.toString()).isEmpty();
  }

  private static String inHelp(OptionSpec option) {
    return option.negatable()
        ? option.longestName().replace("--", "--[no-]")
        : option.longestName();
  }
}
