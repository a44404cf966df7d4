package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.overtake.control.page.PageLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A page that cannot be used, or not any more: one line says so, and the program is as it was. */
@ExtendWith(Labs.class)
class PageTroubleTest {
  private static final int VERSION_OFFSET = 8;
  private static final int ALL = PageLayout.LENGTH;

  /** Runs a program that is not scheduled, and says why in one line. */
  private static String refusal(Lab.Starter starter) {
    Puppet puppet = starter.startPuppet();
    puppet.act("a device 0", "a launch default busy_10us 20", "a sync default");
    assertThat(puppet.ask("a active")).isZero();
    puppet.program().write("main exit 3");
    assertThat(puppet.program().exitStatus()).isEqualTo(3);
    assertThat(puppet.program().errors()).hasSize(1);
    return puppet.program().errors().getFirst();
  }

  private static void write(Path file, long offset, byte... bytes) {
    try (var page = new RandomAccessFile(file.toFile(), "rw")) {
      page.seek(offset);
      page.write(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void pageOfAnotherVersion(Lab lab) {
    lab.page();
    write(lab.pageFile(), VERSION_OFFSET, (byte) 99);
    assertThat(refusal(lab.program("puppet")))
        .contains(lab.pageFile().toString(), "another version");
  }

  @Test
  void fileThatIsNoPage(Lab lab) throws IOException {
    Files.writeString(lab.pageFile(), "too short");
    assertThat(refusal(lab.program("puppet"))).contains("is not a control page; remove it");
    assertThat(lab.pageFile()).hasContent("too short");
    byte[] long_ = new byte[ALL];
    new Random(1).nextBytes(long_);
    Files.write(lab.pageFile(), long_);
    assertThat(refusal(lab.program("puppet"))).contains("is not a control page");
    assertThat(lab.pageFile()).hasBinaryContent(long_);
  }

  @Test
  void fileThatCannotBeWritten(Lab lab) throws IOException {
    lab.page();
    assertThat(lab.pageFile().toFile().setWritable(false)).isTrue();
    assumeThat(Files.isWritable(lab.pageFile())).as("root may write anything").isFalse();
    assertThat(refusal(lab.program("puppet"))).contains("cannot be opened for writing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/proc/overtake/page", "/dev/full", "/dev"})
  void placeThatIsNone(String page, Lab lab) {
    assertThat(refusal(lab.program("puppet").with("OVERTAKE_PAGE", page))).contains(page);
  }

  /** Anybody may make a folder that is named after another user. */
  @Test
  void folderOfAnotherUsersName(Lab lab) throws IOException {
    Path folder = Path.of("/dev/shm/overtake-" + (4_000_000_000L + System.nanoTime() % 100_000));
    Files.createDirectory(folder);
    try {
      Path page = folder.resolve("page");
      assertThat(refusal(lab.program("puppet").with("OVERTAKE_PAGE", page.toString())))
          .contains(page.toString(), "is in a folder that is not this user's alone");
      assertThat(page).doesNotExist();
    } finally {
      Files.delete(folder);
    }
  }

  /** A limit on the size of files stands for a full file system: it is the same call that fails. */
  @Test
  void noRoomForIt(Lab lab) {
    lab.program("loop", "--count=1").with("OVERTAKE_DISABLE", 1).start().succeed();
    Lab.Starter limited =
        lab.command(
            "bash", "-c", "ulimit -f 100; exec \"$0\"", Lab.PROGRAMS.resolve("puppet").toString());
    assertThat(refusal(limited)).contains("has no room for the control page");
  }

  @Test
  void silenceWhereItIsAskedFor(Lab lab) {
    Puppet puppet =
        lab.program("puppet")
            .with("OVERTAKE_PAGE", "/proc/overtake/page")
            .with("OVERTAKE_LOG", "quiet")
            .startPuppet();
    puppet.act("a device 0", "a launch default empty 1", "a sync default");
    assertThat(puppet.end().errors()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mkfifo full; exec 3<>full; dd if=/dev/zero of=full oflag=nonblock bs=64k count=1; exec"
            + " 2>&3",
        "mkfifo gone; exec 3<>gone 4>gone 3>&-; exec 2>&4"
      })
  void whoReadsNothingOfWhatIsSaidHoldsNobodyUp(String errors, Lab lab, @TempDir Path folder) {
    Puppet puppet =
        lab.command(
                "bash",
                "-c",
                "cd " + folder + "; " + errors + "; exec \"$0\"",
                Lab.PROGRAMS.resolve("puppet").toString())
            .with("OVERTAKE_PRIORITY", "urgent")
            .startPuppet();
    puppet.act("a device 0", "a launch default empty 1", "a sync default");
    puppet.program().write("main exit 3");
    assertThat(puppet.program().exitStatus()).isEqualTo(3);
  }

  @Test
  void settingsThatCannotBeReadAreSaidAndLeftOut(Lab lab) {
    Puppet puppet =
        lab.program("puppet")
            .with("OVERTAKE_PRIORITY", "urgent")
            .with("OVERTAKE_SCOPE", "universe")
            .with("OVERTAKE_THREADS", "(=3")
            .with("OVERTAKE_THRESHOLD", 2)
            .startPuppet();
    puppet.act("a device 0", "a launch default empty 1", "a sync default");
    assertThat(lab.queue(puppet.pid()).priority()).isZero();
    assertThat(puppet.end().warnings()).hasSize(4);
  }

  @Test
  void whatStandsStalledPassesThoughThePageIsDamagedOnceMore(Lab lab) {
    Puppet high = lab.puppet(10).act("a device 0", "a launch default empty 1", "a sync default");
    Puppet low = lab.puppet(0).act("a device 0", "a launch default empty 1", "a sync default");
    low.act("b device 0", "b block default");
    CompletableFuture<Integer> batch = low.tell("b launch default busy_200us 10000");
    lab.awaitQueue(low.pid(), "has waits ahead", q -> q.level() == 2 && q.inFlight() > 500);
    high.act("a launch default busy_200us 500");
    low.act("main unblock");
    write(lab.pageFile(), VERSION_OFFSET, (byte) 99);
    Waiting.until("both give up", () -> high.ask("a active") + low.ask("a active") == 0);
    ByteBuffer closed = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    closed.putInt(PageLayout.MIN_PRIORITY - 20);
    write(lab.pageFile(), PageLayout.DEVICES_OFFSET, closed.array()); // The floor comes first.
    assertThat(low.result("batch", batch)).isZero();
    low.act("a sync default");
    high.act("a sync default");
    low.end();
    high.end();
  }

  /** The device waits at the page that the program has, wherever its file is by then. */
  @Test
  void pageIsAnotherOneWhenWorkIsFirstBounded(Lab lab) throws IOException {
    Puppet low = lab.puppet(0).act("a device 0", "a launch default empty 1", "a sync default");
    Puppet high = lab.puppet(10).act("a device 0", "a launch default empty 1", "a sync default");
    lab.page();
    Files.delete(lab.pageFile());
    low.act("b device 0");
    CompletableFuture<Integer> batch = low.tell("b launch default busy_200us 3000");
    lab.awaitQueue(low.pid(), "waits on the device", q -> q.level() == 2);
    assertThat(low.result("batch", batch)).isZero();
    low.act("a sync default");
    low.end();
    high.end();
  }

  /** While programs run, are held and are stalled, bytes of any value go anywhere. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void damageHangsAndCrashesNobody(long seed, Lab lab) {
    lab.with("OVERTAKE_ESCAPE_MS", 100);
    Puppet high = lab.puppet(10).act("a device 0", "a launch default empty 1", "a sync default");
    Puppet low = lab.puppet(0).act("a device 0", "a launch default empty 1", "a sync default");
    CompletableFuture<Integer> batch = low.tell("a launch default busy_200us 500");
    CompletableFuture<Integer> requests = high.tell("a launch default busy_200us 200");
    var random = new Random(seed);
    // From small damage to a page of noise; with seeds above 2 the header is spared.
    for (int size = 16; size <= 65_536; size *= 2) {
      byte[] noise = new byte[size];
      random.nextBytes(noise);
      int first = seed > 2 ? PageLayout.DEVICES_OFFSET : 0;
      write(lab.pageFile(), first + random.nextInt(ALL - size - first), noise);
    }
    byte[] noise = new byte[PageLayout.SLOTS_OFFSET + 4 * PageLayout.SLOT_BYTES];
    random.nextBytes(noise);
    int first = seed > 2 ? PageLayout.DEVICES_OFFSET : 0;
    write(lab.pageFile(), first, Arrays.copyOfRange(noise, first, noise.length));
    assertThat(low.result("batch", batch)).isZero();
    assertThat(high.result("requests", requests)).isZero();
    low.act("a launch default busy_200us 20", "a sync default");
    high.act("a launch default busy_200us 20", "a sync default");
    low.end();
    high.end();
    assertThat(lab.trace().named("busy_200us")).hasSize(740);
  }
}
