package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Also what holds for root, whom permissions do not stop. */
class WriteProbeTest {
  @TempDir Path files;

  private final WrongUse use = new WrongUse(new CommandLine(CommandSpec.create()));

  private void folder(Path folder) throws IOException {
    WriteProbe.requireFolder(use, "--out", folder);
  }

  private void file(Path file) throws IOException {
    WriteProbe.requireFile(use, "--trace", file);
  }

  private static void assertRefused(ThrowingCallable probe, String message) {
    assertThatExceptionOfType(ParameterException.class)
        .isThrownBy(probe)
        .withMessageContaining(message);
  }

  private List<Path> found() throws IOException {
    try (Stream<Path> found = Files.walk(files)) {
      return found.toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "new", "new/deep", "new/../other"})
  void leavesNothingBehind(String name) throws IOException {
    folder(files.resolve(name));
    file(files.resolve(name).resolve("trace"));
    assertThat(found()).containsExactly(files);
  }

  @Test
  void aFileThatIsThereKeepsWhatItHas() throws IOException {
    Path file = Files.writeString(files.resolve("trace"), "former");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
    file(file);
    assertThat(file).hasContent("former");
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(FileTime.fromMillis(1_000));
    assertThat(found()).containsExactly(files, file);
  }

  @Test
  void aLinkToAFileThatIsNotThereIsWrittenThrough() throws IOException {
    Path link = Files.createSymbolicLink(files.resolve("link"), files.resolve("trace"));
    file(link);
    assertThat(found()).containsExactly(files, link);
  }

  /** Folders are made on the way to a file, and none behind a link. */
  @Test
  void aLinkToNowhereIsInTheWay() throws IOException {
    Path nowhere = files.resolve("nowhere");
    Path link = Files.createSymbolicLink(files.resolve("link"), nowhere.resolve("trace"));
    assertRefused(() -> file(link), "(it is a link into " + nowhere + ", which is not a folder)");
    assertRefused(() -> folder(link), "(" + link + " is not a folder)");
    assertRefused(() -> file(link.resolve("trace")), "(" + link + " is not a folder)");
    assertThat(found()).containsExactly(files, link);
  }

  /** Opening it would wait for somebody who reads, and closing it end what he reads. */
  @Test
  @Timeout(30)
  void aPipeIsNotOpened() throws Exception {
    Path pipe = files.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    file(pipe);
  }

  @Test
  void whereNothingCanBeMadeItSaysSo() {
    assertRefused(
        () -> folder(Path.of("/proc/overtake/out")),
        "cannot write into the folder /proc/overtake/out (/proc takes no files): name another with"
            + " --out");
    assertRefused(
        () -> file(Path.of("/proc/overtake/trace")),
        "cannot write the file /proc/overtake/trace (/proc takes no files): name another with"
            + " --trace");
    assertRefused(() -> file(Path.of("/proc/trace")), "(/proc takes no files)");
  }

  @Test
  void whatStandsInTheWayIsNamed() throws IOException {
    Path text = Files.writeString(files.resolve("text"), "text");
    assertRefused(() -> folder(text), "(" + text + " is not a folder)");
    assertRefused(() -> folder(text.resolve("a/b")), "(" + text + " is not a folder)");
    assertRefused(() -> file(text.resolve("trace")), "(" + text + " is not a folder)");
    assertRefused(() -> file(files), "(it is a folder)");
    assertRefused(() -> file(Path.of("/")), "(it is a folder)");
  }

  @Test
  void permissionsCount() throws IOException {
    Path closed =
        Files.createDirectory(
            files.resolve("closed"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-x------")));
    assumeFalse(Files.isWritable(closed), "this is root");
    assertRefused(() -> folder(closed), "(" + closed + ": permission denied)");
    assertRefused(() -> file(closed.resolve("a/b")), "(" + closed + ": permission denied)");
    Path file = Files.createFile(files.resolve("trace"));
    assertThat(file.toFile().setReadOnly()).isTrue();
    assertRefused(() -> file(file), "(permission denied)");
  }
}
