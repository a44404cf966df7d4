package dev.overtake.control.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlPageTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void choose() {
    file = folder.resolve("overtake/page");
  }

  @Test
  void aNewPageIsEmptyAndItsUsersAlone() throws IOException {
    try (var page = ControlPage.openOrCreate(file)) {
      assertThat(page.slots().status()).isEmpty();
      assertThat(page.devices().status()).isEmpty();
      assertThat(page.daemon().policyMode()).isEqualTo(PolicyMode.HPF);
      assertThat(page.daemon().policyName()).isEqualTo("HPF");
      assertThat(page.daemon().alive(System.nanoTime())).isFalse();
    }
    assertThat(Files.size(file)).isEqualTo(PageLayout.LENGTH);
    assertThat(permissions(file)).isEqualTo("rw-------");
    assertThat(permissions(file.getParent())).isEqualTo("rwx------");
  }

  @Test
  void aFolderNamedAfterAnotherUserIsNotUsed() throws IOException {
    Path another = Path.of("/dev/shm/overtake-" + (4_100_000_000L + System.nanoTime() % 100_000));
    Files.createDirectory(another);
    try {
      assertThatExceptionOfType(PageException.class)
          .isThrownBy(() -> ControlPage.openOrCreate(another.resolve("page")))
          .withMessageStartingWith(another + ": not a folder of user 41")
          .withMessageContaining("remove it, or name another place");
      assertThat(another).isEmptyDirectory();
      assertThatExceptionOfType(PageException.class)
          .isThrownBy(() -> ControlPage.openReadOnly(another.resolve("page")));
    } finally {
      Files.delete(another);
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void twoMappingsSeeOneAnother() throws IOException {
    try (var one = ControlPage.openOrCreate(file);
        var other = ControlPage.openOrCreate(file);
        var viewer = ControlPage.openReadOnly(file)) {
      int device = Pages.device(one);
      int slot = Pages.queue(one, Owner.self(), device, "serve", 7);
      new Claims(one).ready(slot, 5);

      SlotStatus seen = other.slots().status(slot).orElseThrow();
      assertThat(seen.name()).isEqualTo("serve");
      assertThat(seen.priority()).isEqualTo(7);
      assertThat(seen.ready()).isTrue();
      assertThat(viewer.slots().status(slot)).contains(seen);
      assertThat(viewer.devices().status().getFirst().floor()).isEqualTo(7);

      new Controls(other).hint(slot, QueueHints.priority(-9));
      assertThat(one.slots().status(slot).orElseThrow().priority()).isEqualTo(-9);
      assertThat(one.devices().floor(device)).isEqualTo(-9);
    }
  }

  @Test
  void whatIsThereSurvivesAnotherCreator() throws IOException {
    try (var one = ControlPage.openOrCreate(file)) {
      int slot = Pages.queue(one, Pages.device(one), 3);
      try (var other = ControlPage.openOrCreate(file)) {
        assertThat(other.slots().status(slot)).isPresent();
      }
    }
  }

  @Test
  void anEmptyFileOfSomebodyWhoIsJustCreatingItBecomesAPage() throws IOException {
    Files.createDirectories(file.getParent());
    Files.createFile(file);
    try (var page = ControlPage.openOrCreate(file)) {
      assertThat(page.slots().status()).isEmpty();
    }
  }

  @Test
  void theViewThatOnlyReadsCannotWrite() throws IOException {
    ControlPage.openOrCreate(file).close();
    try (var page = ControlPage.openReadOnly(file)) {
      assertThatThrownBy(() -> page.doorbell().ring()).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void noPageIsToldWithWhatMakesOne() {
    assertThatExceptionOfType(PageException.class)
        .isThrownBy(() -> ControlPage.openReadOnly(file))
        .withMessageContaining(file + ": there is no control page")
        .withMessageContaining("overtake run");
  }

  @Test
  void aPageThatIsJustBeingMadeIsNoneYetForWhoLooks() throws IOException {
    Files.createDirectories(file.getParent());
    Files.createFile(file);
    noneYet();
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), PageLayout.LENGTH - 1);
    }
    noneYet();
    ControlPage.openOrCreate(file).close();
    ControlPage.openReadOnly(file).close();
  }

  private void noneYet() {
    assertThatExceptionOfType(PageException.class)
        .isThrownBy(() -> ControlPage.openReadOnly(file))
        .withMessageContaining(file + ": there is no control page; it comes with");
  }

  @Test
  void aShortFileIsRefusedAndLeftAlone() throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "my notes");
    refused("8 bytes long, and a control page of version 2 has 536576");
    assertThat(Files.readString(file)).isEqualTo("my notes");
  }

  @Test
  void aFileOfTheRightLengthThatIsNoPageIsRefused() throws IOException {
    ControlPage.openOrCreate(file).close();
    patch(PageLayout.Header.MAGIC, 8, 0x1234);
    refused("not a control page");
  }

  @Test
  void anotherVersionIsRefused() throws IOException {
    ControlPage.openOrCreate(file).close();
    patch(PageLayout.Header.VERSION, 4, 1);
    refused("a control page of version 1, and this Overtake knows version 2; end what uses it");
  }

  @Test
  void aHeaderThatContradictsTheFileIsRefused() throws IOException {
    ControlPage.openOrCreate(file).close();
    patch(PageLayout.Header.LENGTH, 4, 99);
    refused("damaged: its header says 99 bytes, and it has 536576");
  }

  @Test
  void aFolderIsRefused() throws IOException {
    Files.createDirectories(file);
    refused("not a file");
  }

  /** As the shim refuses it. */
  @Test
  void aLinkIsRefusedAndNotFollowed() throws IOException {
    Path other = folder.resolve("other");
    Files.createDirectories(file.getParent());
    Files.createSymbolicLink(file, other);
    refused("a symbolic link");
    assertThat(other).doesNotExist();
    Files.createFile(other);
    refused("a symbolic link");
    assertThat(other).isEmptyFile();
    ControlPage.openOrCreate(other).close();
    refused("a symbolic link");
    assertThatExceptionOfType(PageException.class)
        .isThrownBy(() -> ControlPage.openReadOnly(file).close())
        .withMessageContaining("name the file itself");
  }

  @Test
  void aPlaceThatCannotBeIsRefused() throws IOException {
    Files.writeString(folder.resolve("overtake"), "");
    refused("cannot be created");
  }

  @Test
  void aFullFileSystemIsToldAndKillsNobody() throws Exception {
    // A file system of its own needs namespaces of its own; some containers forbid those.
    String mount = "mount -t tmpfs -o size=64k none " + folder;
    assumeTrue(run(List.of("unshare", "-Urm", "sh", "-c", mount)).isEmpty());
    String create =
        "%s && exec '%s' --enable-native-access=ALL-UNNAMED -cp '%s' '%s' '%s'"
            .formatted(
                mount,
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"),
                Creator.class.getName(),
                file);

    assertThat(run(List.of("unshare", "-Urm", "sh", "-c", create)))
        .contains("its file system is full, and the control page needs 524 KiB; make room there");
  }

  /** Creates a page, and prints why it could not. */
  static final class Creator {
    public static void main(String[] args) {
      try (var page = ControlPage.openOrCreate(Path.of(args[0]))) {
        System.out.println("created " + page.file());
      } catch (PageException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  /** What it printed, or that it could not be started. */
  private static String run(List<String> command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return output;
    } catch (IOException e) {
      return e.toString();
    }
  }

  private void patch(Field field, int bytes, long value) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(buffer.limit(bytes), field.offset());
    }
  }

  private void refused(String why) {
    assertThatExceptionOfType(PageException.class)
        .isThrownBy(() -> ControlPage.openOrCreate(file).close())
        .withMessageContaining(file.toString())
        .withMessageContaining(why);
  }
}
