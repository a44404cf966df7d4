package dev.overtake.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The environment that the program gets: this process's own, byte for byte and in its order, but
 * for the variables that Overtake sets.
 */
final class ProgramEnvironment {
  private static final String PRELOAD = "LD_PRELOAD";

  private final List<String> entries;

  /**
   * @param entries byte strings, as in /proc/self/environ; they need not all be NAME=VALUE
   */
  ProgramEnvironment(List<String> entries) {
    this.entries = new ArrayList<>(entries);
  }

  /** NAME=VALUE of each, byte strings. */
  List<String> entries() {
    return List.copyOf(entries);
  }

  /** The value of the first that has this name, which is the one that getenv finds. */
  Optional<String> get(String name) {
    for (String entry : entries) {
      if (isNamed(entry, name)) {
        return Optional.of(entry.substring(name.length() + 1));
      }
    }
    return Optional.empty();
  }

  /** Sets or, where the value is empty, removes. */
  void putAll(Map<String, Optional<String>> variables) {
    variables.forEach(
        (name, value) -> {
          entries.removeIf(entry -> isNamed(entry, name));
          value.ifPresent(text -> entries.add(name + "=" + text));
        });
  }

  /**
   * Has the dynamic linker load a library before all others, and after it what it was to preload
   * anyway. Does nothing if it would load it already.
   *
   * @param library an absolute path that {@link #canBePreloaded}
   */
  void preload(String library) {
    String others = get(PRELOAD).orElse("");
    if (List.of(others.split("[: ]", -1)).contains(library)) {
      return;
    }
    putAll(Map.of(PRELOAD, Optional.of(others.isEmpty() ? library : library + ":" + others)));
  }

  /** LD_PRELOAD has no way to quote the two characters that part its paths. */
  static boolean canBePreloaded(String library) {
    return library.indexOf(' ') < 0 && library.indexOf(':') < 0;
  }

  private static boolean isNamed(String entry, String name) {
    return entry.startsWith(name)
        && entry.length() > name.length()
        && entry.charAt(name.length()) == '=';
  }
}
