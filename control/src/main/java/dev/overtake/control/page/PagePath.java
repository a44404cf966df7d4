package dev.overtake.control.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where the control page of a user lies: the same rule as in the shim. */
public final class PagePath {
  /** Names the file; every scheduled program and every command heeds it. */
  public static final String VARIABLE = "OVERTAKE_PAGE";

  private PagePath() {}

  /**
   * What {@value #VARIABLE} says; else {@code overtake/page} in {@code XDG_RUNTIME_DIR} if that is
   * a folder; else {@code /dev/shm/overtake-UID/page}.
   */
  public static Path of(Map<String, String> environment) {
    return of(environment, userId());
  }

  static Path of(Map<String, String> environment, int userId) {
    String named = environment.getOrDefault(VARIABLE, "");
    if (!named.isEmpty()) {
      return Path.of(named);
    }
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (!runtime.isEmpty() && Files.isDirectory(Path.of(runtime))) {
      return Path.of(runtime, "overtake", "page");
    }
    return Path.of("/dev/shm", "overtake-" + userId, "page");
  }

  private static int userId() {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new UncheckedIOException("/proc cannot be read: Overtake needs Linux's /proc", e);
    }
  }
}
