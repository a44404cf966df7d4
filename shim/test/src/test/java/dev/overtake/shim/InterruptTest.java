package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.LaunchHints;
import dev.overtake.control.page.PolicyMode;
import dev.overtake.control.page.QueueHints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Level 3: a kernel that runs is taken off the device. A library behind the shim plays NVIDIA's
 * resource manager, of which the simulated driver asks for channels as CUDA does; its kernels go on
 * where they were.
 */
@Tag("sanitized")
@ExtendWith(Labs.class)
class InterruptTest {
  private static final Path MANAGER = Lab.PROGRAMS.resolve("libmanager.so");
  private static final String[] USE = {"a device 0", "a launch default empty 1", "a sync default"};

  /** Ten minutes: a test that goes on has not waited for its end. */
  private static final String ENDLESS = "a launch default busy_600000000us 1";

  private static Lab.Starter program(Lab lab, int priority) {
    return lab.program("puppet")
        .preloading(Lab.SHIM, MANAGER)
        .with("OVERTAKE_PRIORITY", priority)
        .with("OVERTAKE_LINGER_US", 1_000)
        .with("MANAGER_LOG", log(lab));
  }

  private static Puppet user(Lab lab, int priority) {
    return program(lab, priority).startPuppet().act(USE);
  }

  private static Path log(Lab lab) {
    return lab.folder().resolve("switches");
  }

  /** Of a process, each as "stop COUNT STATUS" or "start COUNT STATUS". */
  private static List<String> switches(Lab lab, Puppet puppet) {
    try {
      String start = puppet.pid() + " ";
      return Files.exists(log(lab))
          ? Files.readAllLines(log(lab)).stream()
              .filter(line -> line.startsWith(start))
              .map(line -> line.substring(start.length()))
              .toList()
          : List.of();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String last(Lab lab, Puppet puppet) {
    List<String> all = switches(lab, puppet);
    return all.isEmpty() ? "" : all.getLast();
  }

  private static void awaitLast(Lab lab, Puppet puppet, String expected) {
    Waiting.until(
        "%s of %s".formatted(expected, puppet.program()), () -> last(lab, puppet).equals(expected));
  }

  /** It goes on now, and did not before something was done. */
  private static void assertGoesOn(Lab lab, Puppet low, Runnable what) {
    assertThat(switches(lab, low)).last().isEqualTo("stop 2 0");
    what.run();
    awaitLast(lab, low, "start 2 0");
  }

  /** A low program whose endless kernel was interrupted by a request which has not ended yet. */
  private static Puppet interrupted(Lab lab, Puppet high, Lab.Starter starter) {
    return interrupted(lab, high, starter.startPuppet().act(USE).act(ENDLESS));
  }

  private static Puppet interrupted(Lab lab, Puppet high, Puppet low) {
    hold(high, () -> last(lab, low).equals("stop 2 0"));
    return low;
  }

  /**
   * Has a request begin that does not end, until something is seen. Again if nothing is for a
   * while: what was launched may not have begun to run before it, and then it stands.
   */
  private static void hold(Puppet high, BooleanSupplier seen) {
    Waiting.until(
        "the low program gives way",
        () -> {
          high.act("a block default");
          for (int i = 0; i < 1_000 && !seen.getAsBoolean(); i++) {
            LockSupport.parkNanos(1_000_000);
          }
          boolean found = seen.getAsBoolean();
          if (!found) {
            high.act("b unblock", "a sync default");
          }
          return found;
        });
  }

  /** As long as it takes to interrupt somebody on another device. */
  private static void letPass(Lab lab) {
    String[] use = {"a device 1", USE[1], USE[2]};
    Puppet high = program(lab, 10).with("SIMCUDA_DEVICES", 2).startPuppet().act(use);
    Puppet low = program(lab, 0).with("SIMCUDA_DEVICES", 2).startPuppet().act(use);
    interrupted(lab, high, low.act(ENDLESS));
  }

  @Test
  void requestDoesNotWaitForTheKernelThatRuns(Lab lab) {
    Puppet low = user(lab, 0).act(ENDLESS); // nobody is above: it runs
    Puppet high = user(lab, 10); // which has its own kernel run to the end
    awaitLast(lab, low, "start 2 0");
    assertThat(lab.device(0).interruptions()).isEqualTo(1);
    assertThat(low.ask("a query default")).isEqualTo(Puppet.NOT_READY);
    interrupted(lab, high, low);
    high.act("b unblock", "a sync default");
    awaitLast(lab, low, "start 2 0");
    assertThat(switches(lab, low)).startsWith("stop 2 0", "start 2 0", "stop 2 0", "start 2 0");
    assertThat(lab.device(0).interruptions()).isEqualTo(switches(lab, low).size() / 2);
    assertThat(switches(lab, high)).isEmpty();
    assertThat(high.end().errors()).isEmpty();
  }

  @Test
  void kernelGoesOnWhereItWas(Lab lab) {
    Puppet high = user(lab, 10);
    Puppet low = user(lab, 0).act("a launch default busy_5000000us 1");
    interrupted(lab, high, low);
    high.act("b unblock", "a sync default");
    low.act("a sync default");
    assertThat(lab.trace().kernels(low.pid())).hasSize(2);
    assertThat(low.end().errors()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1", "2"})
  void onlyAtLevelThree(int level, Lab lab) {
    Puppet low = program(lab, 0).with("OVERTAKE_LEVEL", level).startPuppet().act(USE).act(ENDLESS);
    Puppet high = program(lab, 10).startPuppet();
    high.act("a device 0", "a launch default empty 1");
    letPass(lab);
    assertThat(switches(lab, low)).isEmpty();
    assertThat(high.ask("a query default")).isEqualTo(Puppet.NOT_READY);
    lab.controls()
        .hint(
            lab.queue(low.pid()).slot(), QueueHints.of(new LaunchHints(3, null, null, null, null)));
    high.act("a sync default");
    assertThat(switches(lab, low)).first().isEqualTo("stop 2 0");
  }

  @Test
  void levelInEffectSaysSo(Lab lab) {
    Puppet high = user(lab, 10);
    Puppet low = user(lab, 0);
    Waiting.until(
        "level 3",
        () -> {
          low.act("a launch default busy_500us 20", "a sync default");
          return lab.queue(low.pid()).level() == 3;
        });
    assertThat(high.end().errors()).isEmpty();
  }

  @Test
  void neverOfWhatHasEnded(Lab lab) {
    Puppet high = user(lab, 10);
    Puppet low = user(lab, 0).act("a launch default busy_5000000us 1");
    interrupted(lab, high, low); // so that somebody watches it
    high.act("b unblock", "a sync default");
    low.act("a sync default");
    int before = switches(lab, low).size();
    high.act("a block default");
    letPass(lab);
    assertThat(switches(lab, low)).hasSize(before);
    high.act("b unblock", "a sync default");
  }

  @Test
  void neverOfAnEqual(Lab lab) {
    Puppet other = user(lab, 0).act(ENDLESS);
    Puppet one = program(lab, 0).startPuppet().act("a device 0", "a launch default empty 1");
    letPass(lab);
    assertThat(switches(lab, other)).doesNotContain("stop 2 0");
    assertThat(one.ask("a query default")).isEqualTo(Puppet.NOT_READY);
  }

  /** To be woken would cost each request. */
  @Test
  void whoHasNothingThereIsNotWoken(Lab lab) {
    Puppet high = program(lab, 10).with("OVERTAKE_LINGER_US", 0).startPuppet().act(USE);
    Puppet low = user(lab, 0);
    Waiting.until("a guard", () -> low.program().threads("overtake-stop").size() == 1);
    Waiting.until("the low program idle", () -> !lab.queue(low.pid()).ready());
    long before = low.program().wakes("overtake-stop");
    int requests = 300;
    for (int i = 0; i < requests; i++) {
      high.act(USE[1], USE[2]);
    }
    assertThat(low.program().wakes("overtake-stop") - before).isLessThan(requests);
    interrupted(lab, high, low.act(ENDLESS)); // but it is once it has
    high.act("b unblock", "a sync default");
  }

  /** Its threads share the channels of a context. */
  @Test
  void neverOfAProcessOfWhichOneThreadIsTheHighest(Lab lab) {
    Puppet both = user(lab, 0);
    both.act("b device 0", "b priority 20", "b launch default empty 1", "b sync default");
    both.act(ENDLESS);
    program(lab, 10).startPuppet().act("a device 0", "a launch default empty 1");
    letPass(lab);
    assertThat(switches(lab, both)).isEmpty();
  }

  @Test
  void goesOnWherePrioritiesDoNotDecideAnyMore(Lab lab) {
    Puppet low = interrupted(lab, user(lab, 10), program(lab, 0));
    assertGoesOn(lab, low, () -> lab.controls().policy(PolicyMode.NONE, "none"));
  }

  @Test
  void goesOnOnceItIsTheHigher(Lab lab) {
    Puppet low = interrupted(lab, user(lab, 10), program(lab, 0));
    int slot = lab.queue(low.pid()).slot();
    assertGoesOn(lab, low, () -> lab.controls().hint(slot, QueueHints.priority(11)));
  }

  @Test
  void goesOnAtALowerLevel(Lab lab) {
    Puppet low = interrupted(lab, user(lab, 10), program(lab, 0));
    int slot = lab.queue(low.pid()).slot();
    assertGoesOn(
        lab,
        low,
        () -> lab.controls().hint(slot, QueueHints.of(new LaunchHints(2, null, null, null, null))));
  }

  @Test
  void goesOnWhenWhoInterruptedItIsKilled(Lab lab) {
    Puppet high = user(lab, 10);
    Puppet low = interrupted(lab, high, program(lab, 0));
    assertGoesOn(lab, low, high.program()::kill);
  }

  private static void damage(Lab lab, int from, int bytes) {
    try (var page = FileChannel.open(lab.pageFile(), StandardOpenOption.WRITE)) {
      page.write(ByteBuffer.wrap(new byte[bytes]), from);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The header alone, or the line of the device as well. */
  @ParameterizedTest
  @ValueSource(ints = {4096, 4224})
  void goesOnWhereThePageIsDamaged(int bytes, Lab lab) {
    Puppet low = interrupted(lab, user(lab, 10), program(lab, 0));
    assertGoesOn(lab, low, () -> damage(lab, 0, bytes));
  }

  /**
   * The line of the device, by which it is known, is gone. Its floor mends itself, perhaps before
   * anybody sees it open, so it is not until nobody is above that the low one has to go on.
   */
  @Test
  void goesOnThoughItsDeviceCannotBeRead(Lab lab) {
    Puppet high = user(lab, 10);
    Puppet low = interrupted(lab, high, program(lab, 0));
    assertGoesOn(
        lab,
        low,
        () -> {
          damage(lab, 4096, 128);
          high.program().kill();
        });
  }

  @Test
  void goesOnAtItsEnd(Lab lab) {
    Puppet low = interrupted(lab, user(lab, 10), program(lab, 0));
    assertGoesOn(lab, low, low.program()::endInput);
    assertThat(low.program().exitStatus()).isZero();
  }

  /** The helper that looks for idle streams stands in the driver, and has the registry's lock. */
  @Test
  void goesOnThoughTheDriverDoesNotAnswer(Lab lab) {
    Puppet high = user(lab, 10);
    Puppet low =
        interrupted(lab, high, program(lab, 0).with("SIMCUDA_SLOW", "cuStreamQuery:600000000"));
    letPass(lab);
    assertGoesOn(lab, low, () -> high.act("b unblock", "a sync default"));
  }

  @Test
  void programThatMayNotBeInterruptedGoesOnWithout(Lab lab) {
    Puppet high = user(lab, 10);
    Puppet low = program(lab, 0).with("MANAGER_REFUSES", 1).startPuppet().act(USE).act(ENDLESS);
    String[] thrice = {
      "stop 2 27", "start 2 0", "stop 2 27", "start 2 0", "stop 2 27", "start 2 0"
    };
    hold(high, () -> switches(lab, low).size() >= thrice.length);
    letPass(lab);
    assertThat(switches(lab, low)).containsExactly(thrice);
    assertThat(low.program().warnings()).isEmpty();
  }

  @Test
  void contextsThatEndedAreLeftAlone(Lab lab) {
    Puppet low = program(lab, 0).startPuppet();
    low.act("a context one 0", "a use-context one", "a launch default empty 1", "a sync default");
    low.act("a destroy-context one", "a device 0", "a launch default empty 1", "a sync default");
    low.act(ENDLESS);
    user(lab, 10);
    awaitLast(lab, low, "start 2 0");
    assertThat(switches(lab, low)).containsExactly("stop 2 0", "start 2 0");
  }

  @Test
  void channelsOfOthersInTheProcessAreStoppedToo(Lab lab) {
    Puppet low = program(lab, 0).startPuppet().act("a channels").act(USE).act(ENDLESS);
    user(lab, 10);
    awaitLast(lab, low, "start 2 0"); // by the subdevice of each client
    assertThat(switches(lab, low))
        .containsExactly("stop 1 0", "stop 2 0", "start 1 0", "start 2 0");
  }

  /** It lost them without a word, as with a file that was closed: the others go on all the same. */
  @Test
  void channelsThatAreGoneHoldNobody(Lab lab) {
    Puppet high = user(lab, 10);
    Puppet low =
        interrupted(
            lab, high, program(lab, 0).startPuppet().act("a channels").act(USE).act(ENDLESS));
    low.act("b lose-channels");
    assertGoesOn(lab, low, () -> high.act("b unblock", "a sync default"));
    assertThat(switches(lab, low)).contains("start 1 87");
    interrupted(lab, high, low);
    assertThat(switches(lab, low)).filteredOn(line -> line.endsWith(" 87")).hasSize(2);
  }

  @Test
  void childHasNoneOfItsParents(Lab lab) throws IOException {
    Puppet parent = program(lab, 0).startPuppet().act("main channels", "main fork");
    parent.act("main device 0", "main launch default empty 1", "main sync default");
    int child = lab.page().slots().status().getFirst().owner().pid();
    assertThat(child).isNotEqualTo(parent.pid());
    parent.act("main launch default busy_600000000us 1");
    user(lab, 10);
    Waiting.until(
        "the child's are stopped",
        () -> {
          try {
            return Files.readAllLines(log(lab)).contains(child + " stop 2 0");
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    assertThat(Files.readAllLines(log(lab))).doesNotContain(child + " stop 1 0");
  }

  /** Other requests, and what is said of them, are as ever: EBADF, ENOTTY, and a pipe's answer. */
  @ParameterizedTest
  @CsvSource({
    "-1, 0xc030462b, 9",
    "-1, 0xffffffffc030462b, 9",
    "0, 0x541b, 0",
    "0, 0xc0104629, 25",
    "0, 0xfedcba9876543210, 25",
    "0, 0, 25"
  })
  void otherRequestsPass(int file, String request, int error, Lab lab) {
    CompletableFuture<Integer> behind =
        program(lab, 0).startPuppet().tell("a ioctl %d %s".formatted(file, request));
    Puppet before = lab.program("puppet").preloading(MANAGER, Lab.SHIM).startPuppet();
    assertThat(before.ask("a ioctl %d %s".formatted(file, request))).isEqualTo(error);
    Waiting.until("it is answered", behind::isDone);
    assertThat(behind.join()).isEqualTo(error);
  }
}
