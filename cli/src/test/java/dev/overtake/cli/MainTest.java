package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int overtake(Map<String, String> environment, String... args) {
    return Main.commandLine(environment)
        .addSubcommand(new Probe())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }

  private int overtake(String... args) {
    return overtake(Map.of(), args);
  }

  @Test
  void versionNamesOvertakeAndJava() {
    assertThat(overtake("--version")).isEqualTo(ExitStatus.OK);
    assertThat(out.toString()).startsWith("overtake ").contains("Java " + Runtime.version());
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void helpGoesToStandardOutput() {
    assertThat(overtake("--help")).isEqualTo(ExitStatus.OK);
    assertThat(out.toString()).startsWith("Usage: overtake").contains("--debug");
  }

  @Test
  void everyCommandHasHelp() {
    assertThat(overtake("probe", "--help")).isEqualTo(ExitStatus.OK);
    assertThat(out.toString()).startsWith("Usage: overtake probe").contains("--debug");
  }

  @Test
  void withoutCommandItPrintsTheUsageAsAnError() {
    assertThat(overtake()).isEqualTo(ExitStatus.WRONG_USE);
    assertThat(err.toString()).startsWith("Usage: overtake");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void unknownOptionIsWrongUseAndSaysWhereHelpIs() {
    assertThat(overtake("probe", "--hel")).isEqualTo(ExitStatus.WRONG_USE);
    assertThat(err.toString())
        .startsWith("overtake: Unknown option")
        .contains("Possible solutions: --help")
        .contains("Try 'overtake probe --help'.");
  }

  @Test
  void unknownCommandIsWrongUse() {
    assertThat(overtake("prob")).isEqualTo(ExitStatus.WRONG_USE);
    assertThat(err.toString()).contains("prob").contains("Try 'overtake --help'.");
  }

  @Test
  void commandMaySayThatItWasUsedWrongly() {
    assertThat(overtake("probe", "--fail", "usage")).isEqualTo(ExitStatus.WRONG_USE);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines("overtake: no such file: x\nTry 'overtake probe --help'.\n");
  }

  @Test
  void statusOfTheCommandIsTheStatusOfTheProgram() {
    assertThat(overtake("probe")).isEqualTo(ExitStatus.OK);
    assertThat(overtake("probe", "--status", "1")).isEqualTo(ExitStatus.FAILED);
  }

  @Test
  void failureGivesOneLine() {
    assertThat(overtake("probe", "--fail", "two\n  lines")).isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines("overtake: two; lines (--debug shows where)\n");
  }

  @ParameterizedTest
  @CsvSource({
    "missing, there is no such file or folder",
    "denied, permission denied",
    "there, exists already",
    "file/x, Not a directory",
  })
  void failureOfAFileSaysWhatItWas(String file, String reason) {
    assertThat(overtake("probe", "--fail", file)).isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "overtake: %s: %s (--debug shows where)\n".formatted(file, reason));
  }

  @Test
  void failureWithoutMessageGivesItsKind() {
    assertThat(overtake("probe", "--fail", "")).isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString()).startsWith("overtake: IOException (");
  }

  @Test
  void debugShowsTheStackTraceWhereverItStands() {
    assertThat(overtake("--debug", "probe", "--fail", "x")).isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString()).contains("java.io.IOException: x").contains("at dev.overtake");

    err.getBuffer().setLength(0);
    assertThat(overtake("probe", "--fail", "x", "--debug")).isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString()).contains("at dev.overtake");
  }

  @Test
  void environmentMaySayDebug() {
    assertThat(overtake(Map.of("OVERTAKE_DEBUG", "1"), "probe", "--fail", "x"))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString()).contains("at dev.overtake");

    err.getBuffer().setLength(0);
    assertThat(overtake(Map.of("OVERTAKE_DEBUG", "0"), "probe", "--fail", "x"))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString()).doesNotContain("at dev.overtake");
  }

  /** A command that ends as it is told. */
  @Command(name = "probe")
  private static final class Probe implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Option(names = "--status")
    int status;

    @Option(names = "--fail")
    String failure;

    @Override
    public Integer call() throws IOException {
      if (failure == null) {
        return status;
      }
      if (failure.equals("usage")) {
        throw new ParameterException(spec.commandLine(), "no such file: x");
      }
      throw switch (failure) {
        case "" -> new IOException();
        case "missing" -> new NoSuchFileException(failure);
        case "denied" -> new AccessDeniedException(failure);
        case "there" -> new FileAlreadyExistsException(failure);
        case "file/x" -> new FileSystemException(failure, null, "Not a directory");
        default -> new IOException(failure);
      };
    }
  }
}
