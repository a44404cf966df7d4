package dev.overtake.shim;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A program whose threads do what they are told ({@code programs/puppet.c}). A line is "THREAD
 * COMMAND ARGUMENTS"; each thread does its lines in order, and the threads do not wait for one
 * another.
 */
final class Puppet {
  /** What the driver returns where all is well. */
  static final int SUCCESS = 0;

  static final int NOT_READY = 600;

  private static final int LOOKS = 10;

  private final Map<String, Queue<CompletableFuture<Integer>>> pending = new ConcurrentHashMap<>();
  private final Running program;

  Puppet(Lab.Starter starter) {
    program = starter.start(this::onLine);
    program.awaitOutput("main ready");
  }

  private void onLine(String line) {
    String[] words = line.split(" ", -1);
    if (words.length == 2 && !words[1].equals("ready")) {
      Queue<CompletableFuture<Integer>> queue = queue(words[0]);
      synchronized (queue) {
        CompletableFuture<Integer> asked = queue.poll();
        if (asked == null) {
          throw new IllegalStateException("nobody asked for '" + line + "' of " + program);
        }
        asked.complete(Integer.valueOf(words[1]));
      }
    }
  }

  private Queue<CompletableFuture<Integer>> queue(String thread) {
    return pending.computeIfAbsent(thread, _ -> new ArrayDeque<>());
  }

  Running program() {
    return program;
  }

  int pid() {
    return program.pid();
  }

  /** Tells a thread to do something; what comes of it is known later. */
  CompletableFuture<Integer> tell(String line) {
    var result = new CompletableFuture<Integer>();
    Queue<CompletableFuture<Integer>> queue = queue(line.substring(0, line.indexOf(' ')));
    synchronized (queue) {
      queue.add(result);
    }
    program.write(line);
    return result;
  }

  /** Has a thread do something, and returns what came of it. */
  int ask(String line) {
    return result(line, tell(line));
  }

  /** Has things done, one after the other, each of which has to succeed. */
  Puppet act(String... lines) {
    for (String line : lines) {
      int result = ask(line);
      if (result != SUCCESS) {
        throw new AssertionError("%s: %d, of %s".formatted(line, result, program));
      }
    }
    return this;
  }

  /** Waits for what came of it. */
  int result(String what, CompletableFuture<Integer> told) {
    Waiting.until(what + " by " + program, () -> told.isDone() || !program.isAlive());
    if (!told.isDone()) {
      program.exitStatus(); // so that all of its output is there
    }
    var ended = new AssertionError(what + ": it ended: " + program);
    if (told.completeExceptionally(ended)) {
      throw ended;
    }
    return told.join();
  }

  /** Waits until its watcher has surely asked about all that it asks about. */
  void awaitLooks() {
    long before = program.wakes("overtake");
    Waiting.until("the watcher goes on", () -> program.wakes("overtake") > before + LOOKS);
  }

  /** Ends it, as a program ends; that has to succeed. */
  Running end() {
    program.endInput();
    return program.succeed();
  }
}
