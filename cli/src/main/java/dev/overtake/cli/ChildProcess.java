package dev.overtake.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end, or for so long as is reasonable, and keeps what it printed. */
final class ChildProcess {
  private static final long LIMIT_SECONDS = 30;

  /**
   * What came of it.
   *
   * @param status 128 and the signal if one ended it
   * @param lines of its standard output
   */
  record Output(int status, List<String> lines) {}

  private ChildProcess() {}

  /**
   * Runs a class of this program in a JVM of its own.
   *
   * @param variables of its environment, besides this process's
   */
  static Output java(Class<?> main, Map<String, String> variables) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return of(command, variables);
  }

  /** Runs a program; what it says on standard error is not kept. */
  static Output of(List<String> command, Map<String, String> variables) throws IOException {
    var builder = new ProcessBuilder(command).redirectError(Redirect.DISCARD);
    builder.environment().putAll(variables);
    Process process = builder.start();
    process.getOutputStream().close();
    var limit =
        CompletableFuture.runAsync(
            process::destroyForcibly,
            CompletableFuture.delayedExecutor(LIMIT_SECONDS, TimeUnit.SECONDS));
    try (var reader = process.inputReader(UTF_8)) {
      List<String> lines = reader.lines().toList();
      return new Output(process.waitFor(), lines);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IOException("interrupted while " + command.getFirst() + " ran", e);
    } finally {
      limit.cancel(false);
    }
  }
}
