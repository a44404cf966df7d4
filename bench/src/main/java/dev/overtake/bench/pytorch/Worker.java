package dev.overtake.bench.pytorch;

import dev.overtake.bench.harness.LoadException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * One process of the workers' program, with one side or both. It ends with this JVM whatever
 * happens: its standard input is a pipe from here, and at the end of that it ends itself.
 */
final class Worker implements AutoCloseable {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Duration PATIENCE_AT_END = Duration.ofSeconds(5);

  /**
   * What a side says of itself when it is ready.
   *
   * @param pid of the process that computes: not the one that was started if that is a launcher
   * @param scheduled whether the shim is at work in it
   */
  record Ready(
      long pid,
      boolean scheduled,
      String deviceName,
      String pythonVersion,
      String torchVersion,
      String torchvisionVersion,
      @Nullable String cudaVersion,
      @Nullable String cudnnVersion,
      @Nullable String driverVersion,
      @Nullable Boolean mps) {}

  private final String name;
  private final Process process;
  private final WorkerLog log;
  private final Map<Side, Door> doors;
  private final Map<Side, Channel> channels = new EnumMap<>(Side.class);

  private volatile boolean ready;
  private volatile long pid;
  private volatile @Nullable String killedBecause;

  private Worker(String name, Process process, WorkerLog log, Map<Side, Door> doors) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.doors = doors;
  }

  /**
   * Starts a process.
   *
   * @param name in messages and of its files, such as {@code native-high}
   * @param command the interpreter, the program and all of its arguments but the sockets
   * @param environment added to this JVM's
   * @param folder for its sockets and its log
   * @throws LoadException if it cannot be started
   */
  static Worker start(
      String name,
      List<String> command,
      Map<String, String> environment,
      Set<Side> sides,
      Path folder) {
    var log = new WorkerLog(folder.resolve(name + ".log"));
    var doors = new EnumMap<Side, Door>(Side.class);
    try {
      var arguments = new ArrayList<>(command);
      for (Side side : sides) {
        Path socket = folder.resolve(name + "-" + side.label() + ".sock");
        doors.put(side, Door.open(socket));
        arguments.add("--" + side.label() + "-socket");
        arguments.add(socket.toString());
      }
      var builder = new ProcessBuilder(arguments);
      builder.environment().putAll(environment);
      builder.redirectErrorStream(true).redirectOutput(log.file().toFile());
      var worker = new Worker(name, builder.start(), log, doors);
      var _ = worker.process.onExit().thenRun(worker::closeDoors);
      return worker;
    } catch (IOException e) {
      doors.values().forEach(Worker::closeQuietly);
      throw new LoadException(
          "cannot start a worker with '%s' (%s): name the interpreter of your PyTorch with --python"
              .formatted(command.getFirst(), e.getMessage()),
          e);
    }
  }

  /** In messages. */
  String name() {
    return name;
  }

  /**
   * Waits until every side has loaded its model and warmed up.
   *
   * @param timeout after which the process is killed
   * @return what the last of them says
   * @throws LoadException if it fails, ends, says something else, or is not ready in time
   */
  Ready awaitReady(Duration timeout) {
    CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (!ready) {
                kill("was not ready within " + timeout.toSeconds() + " s");
              }
            });
    Ready last = null;
    IOException end = null;
    for (Map.Entry<Side, Door> side : doors.entrySet()) {
      try {
        last = ready(firstLine(side.getKey(), side.getValue()));
      } catch (IOException e) {
        end = e; // The process has ended; another of its sides may have said why.
      }
    }
    if (end != null) {
      throw failure(end);
    }
    ready = true;
    if (last == null) {
      throw new IllegalStateException(name + " has no side");
    }
    pid = last.pid();
    return last;
  }

  private String firstLine(Side side, Door door) throws IOException {
    Channel channel = door.connection();
    channels.put(side, channel);
    String line = channel.readLine();
    if (line == null) {
      throw new EOFException("the " + side.label() + " side said nothing");
    }
    requireNoFailure(line);
    return line;
  }

  private Ready ready(String line) {
    if (!line.startsWith("ready ")) {
      throw unexpected(line, "ready");
    }
    try {
      return MAPPER.readValue(line.substring("ready ".length()), Ready.class);
    } catch (JacksonException e) {
      throw unexpected(line, "ready");
    }
  }

  /** The conversation with a side; only once it is ready. */
  Exchange exchange(Side side) {
    Channel channel = channels.get(side);
    if (channel == null) {
      throw new IllegalStateException(name + " has no " + side.label() + " side that is ready");
    }
    return new WithSide(channel);
  }

  /** What the shim in it said for people so far. */
  List<String> saidByShim() {
    return log.ofTheShim();
  }

  private String readLine(Channel channel) {
    try {
      String line = channel.readLine();
      if (line == null) {
        throw failure(null);
      }
      requireNoFailure(line);
      return line;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private void requireNoFailure(String line) {
    if (line.startsWith("failed ")) {
      throw new LoadException("worker " + name + " failed: " + line.substring(7), null);
    }
  }

  private LoadException unexpected(String line, String expected) {
    String shown = line.length() <= 80 ? line : line.substring(0, 80) + "…";
    return new LoadException(
        "worker %s said '%s' where '%s' was expected%s"
            .formatted(name, shown, expected, log.ending()),
        null);
  }

  /** Ends the process and those that it started, at once. Any thread may do so. */
  void kill(String because) {
    if (killedBecause == null) {
      killedBecause = because;
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Lets the process end by itself, and kills it if it does not do so soon. */
  @Override
  public void close() {
    closeQuietly(process.getOutputStream());
    try {
      process.waitFor(PATIENCE_AT_END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill("was not needed any more");
    closeDoors();
    channels.values().forEach(Worker::closeQuietly);
  }

  /** Why there is nobody at the other end. */
  private LoadException failure(@Nullable Throwable cause) {
    return new LoadException("worker " + name + " " + end() + log.ending(), cause);
  }

  private String end() {
    String because = killedBecause;
    if (because != null) {
      return because + " and was killed";
    }
    try {
      // The connection ends a little before the process does.
      if (process.waitFor(PATIENCE_AT_END)) {
        return "ended with status " + process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "closed its connection";
  }

  private void closeDoors() {
    doors.values().forEach(Worker::closeQuietly);
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // Nobody waits for what it might still have had to say.
    }
  }

  /** Its failures are the worker's: whatever goes wrong, it is said which process it was. */
  private final class WithSide implements Exchange {
    private final Channel channel;

    WithSide(Channel channel) {
      this.channel = channel;
    }

    @Override
    public void say(String line) {
      try {
        channel.say(line);
      } catch (IOException e) {
        throw failure(e);
      }
    }

    @Override
    public String readLine() {
      return Worker.this.readLine(channel);
    }

    @Override
    public LoadException unexpected(String line, String expected) {
      return Worker.this.unexpected(line, expected);
    }

    @Override
    public long pid() {
      return pid;
    }
  }
}
