package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A program that a test started. */
final class Running {
  /** Exit status of a process that ended by a signal, less that signal. */
  private static final int FIRST_SIGNAL = 128;

  private final String name;
  private final Process process;
  private final List<String> output = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final List<Thread> readers;

  /** Whether a test asked for its end. */
  private volatile boolean ended;

  Running(String name, Process process, Consumer<String> onLine) {
    this.name = name;
    this.process = process;
    this.readers =
        List.of(
            read(
                process.inputReader(),
                line -> {
                  output.add(line);
                  onLine.accept(line);
                }),
            read(process.errorReader(), errors::add));
  }

  private static Thread read(BufferedReader reader, Consumer<String> onLine) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                reader.lines().forEach(onLine);
              } catch (UncheckedIOException e) {
                // It was killed while it wrote.
              }
            });
  }

  int pid() {
    return Math.toIntExact(process.pid());
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it wrote so far on standard output. */
  List<String> output() {
    return List.copyOf(output);
  }

  /** What it wrote so far on standard error. */
  List<String> errors() {
    return List.copyOf(errors);
  }

  /** What the shim said so far. */
  List<String> warnings() {
    return errors.stream().filter(line -> line.startsWith("overtake: ")).toList();
  }

  /** Waits until it has written a line that begins so. */
  Running awaitOutput(String start) {
    Waiting.until(
        name + " writes '" + start + "'",
        () -> !isAlive() || output.stream().anyMatch(line -> line.startsWith(start)));
    if (!isAlive()) {
      exitStatus(); // so that all of its output is there
      assertThat(output).as("output of %s", this).anyMatch(line -> line.startsWith(start));
    }
    return this;
  }

  /** Waits for its end, and for all that it wrote; returns its exit status. */
  int exitStatus() {
    try {
      assertThat(process.waitFor(Waiting.DEADLINE.toSeconds(), TimeUnit.SECONDS))
          .as("%s ends", this)
          .isTrue();
      for (Thread reader : readers) {
        reader.join();
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return process.exitValue();
  }

  /** Waits for its end, which is to be a good one. */
  Running succeed() {
    assertThat(exitStatus()).as("exit status of %s", this).isZero();
    return this;
  }

  /** SIGTERM. */
  void terminate() {
    ended = true;
    process.destroy();
  }

  /** SIGKILL; returns when it is dead. */
  void kill() {
    shoot();
    exitStatus();
  }

  /** SIGKILL; returns at once. */
  void shoot() {
    ended |= process.isAlive();
    process.destroyForcibly();
  }

  /** Whether it ended by a signal that no test sent. */
  boolean hasCrashed() {
    return !ended && exitStatus() > FIRST_SIGNAL;
  }

  /** Stops it as it stands (SIGSTOP), until {@link #shoot}. */
  void freeze() {
    try {
      assertThat(new ProcessBuilder("kill", "-STOP", Integer.toString(pid())).start().waitFor())
          .isZero();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Writes a line to its standard input. */
  void write(String line) {
    try {
      process.outputWriter().write(line + "\n");
      process.outputWriter().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(this + " does not take '" + line + "'", e);
    }
  }

  /** Closes its standard input. */
  void endInput() {
    try {
      process.outputWriter().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Folders below /proc of its threads that are named so. */
  List<Path> threads(String named) {
    try (var tasks = Files.list(Path.of("/proc", Integer.toString(pid()), "task"))) {
      return tasks.filter(task -> named.equals(nameOf(task))).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How often its threads that are named so were woken from a wait, of their own accord or not. */
  long wakes(String named) {
    return threads(named).stream().mapToLong(Running::switches).sum();
  }

  private static long switches(Path task) {
    try (var lines = Files.lines(task.resolve("status"))) {
      return lines
          .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String nameOf(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip();
    } catch (IOException e) {
      return ""; // It ended.
    }
  }

  /** All that is known of it, for people. */
  @Override
  public String toString() {
    return "%s (pid %d)\n  output %s\n  errors %s".formatted(name, pid(), output, errors);
  }
}
