package dev.overtake.client;

import dev.overtake.core.policy.Hints;

/** What a program does with its hints; it prints what its thread has. */
final class ScheduledProgram {
  private ScheduledProgram() {}

  public static void main(String[] scenario) throws InterruptedException {
    switch (scenario[0]) {
      case "nest" -> nest();
      case "throw" -> throwFromWithin();
      case "threads" -> useTwoThreads();
      default -> throw new IllegalArgumentException(scenario[0]);
    }
  }

  private static void nest() {
    IO.println("active " + ThreadHints.isActive());
    var hints = ThreadHints.current();
    print();
    var outer = hints.priority(10);
    print();
    try (var _ = hints.priority(Hints.MIN_PRIORITY)) {
      print();
    }
    print();
    outer.close();
    print();
    try (var _ = hints.priority(7)) {
      outer.close(); // again: has no effect
      print();
    }
  }

  private static void throwFromWithin() {
    var hints = ThreadHints.current();
    try (var _ = hints.priority(5)) {
      print();
      try (var _ = hints.priority(10)) {
        print();
        throw new IllegalStateException();
      } catch (IllegalStateException e) {
        print();
      }
    }
  }

  private static void useTwoThreads() throws InterruptedException {
    try (var _ = ThreadHints.current().priority(10)) {
      print();
      Thread other =
          Thread.ofPlatform()
              .start(
                  () -> {
                    print();
                    try (var _ = ThreadHints.current().priority(20)) {
                      print();
                    }
                  });
      other.join();
      print();
    }
  }

  private static void print() {
    IO.println(ThreadHints.current().given().map(hints -> "" + hints.priority()).orElse("none"));
  }
}
