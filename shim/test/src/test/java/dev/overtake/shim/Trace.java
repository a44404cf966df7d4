package dev.overtake.shim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the simulated devices did, in the order of its start; times are nanoseconds.
 *
 * @param work everything that ran to its end
 */
record Trace(List<Work> work) {
  /**
   * One piece of work.
   *
   * @param thread who submitted it
   * @param stream an id, unique in its process
   * @param name a kernel's name, or what else it is
   */
  record Work(long start, long end, int pid, int thread, int device, long stream, String name) {
    boolean isKernel() {
      return name.startsWith("busy") || name.equals("empty") || name.equals("add_one");
    }

    private static Work parse(String line) {
      String[] words = line.split(" ", -1);
      return new Work(
          Long.parseLong(words[0]),
          Long.parseLong(words[1]),
          Integer.parseInt(words[2]),
          Integer.parseInt(words[3]),
          Integer.parseInt(words[4]),
          Long.parseLong(words[5]),
          words[6]);
    }
  }

  static Trace read(Path file) {
    try {
      if (!Files.exists(file)) {
        return new Trace(List.of());
      }
      // A last line that is being written is left out.
      String text = Files.readString(file);
      return new Trace(
          text.substring(0, text.lastIndexOf('\n') + 1)
              .lines()
              .map(Work::parse)
              .sorted(Comparator.comparingLong(Work::start))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The kernels of a process. */
  List<Work> kernels(int pid) {
    return work.stream().filter(w -> w.isKernel() && w.pid() == pid).toList();
  }

  /** The kernels of this name. */
  List<Work> named(String name) {
    return work.stream().filter(w -> w.name().equals(name)).toList();
  }

  /** What the device wrote for a process: at each marker, and again behind a wait there. */
  long writes(int pid) {
    return named("write_value").stream().filter(w -> w.pid() == pid).count();
  }

  /**
   * The pieces of those requests that went on without a pause, in order. A queue whose program
   * pauses for longer than it lingers is idle, and others rightly run.
   *
   * @param high the pieces of all requests, in order
   * @param size how many of them are one request
   */
  static List<Work> unbroken(List<Work> high, int size, Duration pause) {
    var pieces = new ArrayList<Work>();
    for (int first = 0; first + size <= high.size(); first += size) {
      List<Work> request = high.subList(first, first + size);
      if (IntStream.range(1, size)
          .allMatch(i -> request.get(i).start() - request.get(i - 1).end() < pause.toNanos())) {
        pieces.addAll(request);
      }
    }
    return pieces;
  }

  /**
   * For each request, the pieces of low work that began while it ran: after its first piece began
   * and before its last ended.
   *
   * @param high the pieces of all requests, in order
   * @param size how many of them are one request
   */
  static List<Integer> intrusions(List<Work> high, int size, List<Work> low) {
    var counts = new ArrayList<Integer>();
    for (int first = 0; first + size <= high.size(); first += size) {
      long from = high.get(first).start();
      long to = high.get(first + size - 1).end();
      counts.add((int) low.stream().filter(w -> w.start() > from && w.start() < to).count());
    }
    return counts;
  }
}
