package dev.overtake.shim;

import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Controls;
import dev.overtake.control.page.DeviceStatus;
import dev.overtake.control.page.PageException;
import dev.overtake.control.page.SlotStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one test has for itself: a control page, simulated devices with their trace, and programs
 * under the shim.
 */
final class Lab {
  /** The shim. */
  static final Path SHIM = property("shim.library");

  static final Path PROGRAMS = property("shim.programs");

  private static final Path SIMCUDA = property("shim.simcuda");

  /** HIP on the simulated driver. */
  private static final Path HIPBRIDGE = property("shim.hipbridge");

  /** A sanitizer's runtime, which has to be preloaded before everything else; or nothing. */
  private static final String SANITIZER = System.getProperty("shim.sanitizer", "");

  private final Path folder;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final List<Running> programs = Collections.synchronizedList(new ArrayList<>());
  private @Nullable ControlPage page;

  Lab(Path folder) {
    this.folder = folder;
    environment.put("OVERTAKE_PAGE", pageFile().toString());
    environment.put("SIMCUDA_STATE", folder.resolve("simcuda").toString());
    environment.put("SIMCUDA_TRACE", folder.resolve("trace").toString());
    environment.put("SIMCUDA_STRICT", "1");
    // The simulated driver keeps all of its objects, and what a program has at its end is no leak.
    environment.put("ASAN_OPTIONS", "detect_leaks=0");
    // A child after fork may start threads: the shim's are started where they are needed.
    environment.put("TSAN_OPTIONS", "die_after_fork=0");
    // On a slow machine a pause of a busy program must not pass for a deadlock.
    environment.put("OVERTAKE_ESCAPE_MS", "600000");
  }

  private static Path property(String name) {
    return Path.of(System.getProperty(name, "(the property " + name + " is not set: run by Maven)"))
        .normalize();
  }

  Path folder() {
    return folder;
  }

  Path pageFile() {
    return folder.resolve("page");
  }

  /** Sets a variable for every program that is started from now on. */
  Lab with(String variable, Object value) {
    environment.put(variable, value.toString());
    return this;
  }

  /** A test program, with the options given. */
  Starter program(String name, String... options) {
    var command = new ArrayList<String>();
    command.add(PROGRAMS.resolve(name).toString());
    Collections.addAll(command, options);
    return new Starter(command);
  }

  /** Any program. */
  Starter command(String... words) {
    return new Starter(List.of(words));
  }

  /** A puppet of this priority. */
  Puppet puppet(int priority) {
    return program("puppet").with("OVERTAKE_PRIORITY", priority).startPuppet();
  }

  /** A program that is yet to be started. */
  final class Starter {
    private final List<String> command;
    private final Map<String, String> own = new LinkedHashMap<>(environment);

    private Starter(List<String> command) {
      this.command = command;
      own.put("LD_PRELOAD", (SANITIZER + " " + SHIM).strip());
      own.put("LD_LIBRARY_PATH", SIMCUDA + ":" + HIPBRIDGE);
    }

    Starter with(String variable, Object value) {
      own.put(variable, value.toString());
      return this;
    }

    Starter withoutShim() {
      return with("LD_PRELOAD", SANITIZER);
    }

    /** With these preloaded, in this order, of which the shim is one. */
    Starter preloading(Path first, Path second) {
      return with("LD_PRELOAD", (SANITIZER + " " + first + " " + second).strip());
    }

    /** With what HIP the machine has, or none. */
    Starter withoutBridge() {
      return with("LD_LIBRARY_PATH", SIMCUDA);
    }

    Running start() {
      return start(_ -> {});
    }

    Running start(Consumer<String> onLine) {
      var builder = new ProcessBuilder(command);
      builder.environment().keySet().removeIf(name -> name.startsWith("OVERTAKE_"));
      builder.environment().putAll(own);
      try {
        String name = Path.of(command.getFirst()).getFileName().toString();
        var running = new Running(name, builder.start(), onLine);
        programs.add(running);
        return running;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Puppet startPuppet() {
      return new Puppet(this);
    }
  }

  /** The control page; made if no program has made it yet. */
  synchronized ControlPage page() {
    try {
      if (page == null) {
        page = ControlPage.openOrCreate(pageFile());
      }
      return page;
    } catch (PageException e) {
      throw new AssertionError(e);
    }
  }

  /** What a person or the daemon does to queues. */
  Controls controls() {
    return new Controls(page());
  }

  /** The queues of a process. */
  List<SlotStatus> queues(int pid) {
    return page().slots().status().stream().filter(slot -> slot.owner().pid() == pid).toList();
  }

  /** The one queue of a process. */
  SlotStatus queue(int pid) {
    List<SlotStatus> queues = queues(pid);
    if (queues.size() != 1) {
      throw new AssertionError("one queue of process " + pid + " was expected: " + queues);
    }
    return queues.getFirst();
  }

  /** Waits until the one queue of a process is such, and returns it as it was then. */
  SlotStatus awaitQueue(int pid, String what, Predicate<SlotStatus> condition) {
    var seen = new AtomicReference<SlotStatus>();
    Waiting.until(
        "queue of " + pid + " " + what,
        () -> {
          List<SlotStatus> queues = queues(pid);
          seen.set(queues.size() == 1 ? queues.getFirst() : null);
          return seen.get() != null && condition.test(seen.get());
        });
    return seen.get();
  }

  DeviceStatus device(int index) {
    return page().devices().status().get(index);
  }

  /** Waits until the floor lets every queue of the device run. */
  void awaitOpenFloor(int device) {
    Waiting.until("the floor is open", () -> device(device).floor() <= device(device).bottom());
  }

  Trace trace() {
    return Trace.read(folder.resolve("trace"));
  }

  /** What all programs wrote. */
  String report() {
    return String.join("\n", programs.stream().map(Running::toString).toList());
  }

  /**
   * Ends what still runs.
   *
   * @throws AssertionError if a program ended by a signal that no test sent, or a sanitizer
   *     reported something about it
   */
  void close() {
    programs.forEach(Running::shoot);
    programs.forEach(Running::exitStatus);
    closePage();
    for (Running program : programs) {
      if (program.hasCrashed()) {
        throw new AssertionError("ended by signal: " + program);
      }
      if (program.errors().stream()
          .anyMatch(line -> line.contains("Sanitizer") || line.contains("runtime error:"))) {
        throw new AssertionError(String.join("\n", program.errors()));
      }
    }
  }

  private void closePage() {
    synchronized (this) {
      if (page != null) {
        page.close();
      }
    }
  }
}
