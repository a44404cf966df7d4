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
   * a folder of this user's (su and sudo may keep another's); else {@code
   * /dev/shm/overtake-UID/page}.
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
    if (!runtime.isEmpty() && isFolderOf(userId, Path.of(runtime))) {
      return Path.of(runtime, "overtake", "page");
    }
    return Path.of("/dev/shm", "overtake-" + Integer.toUnsignedString(userId), "page");
  }

  private static boolean isFolderOf(int userId, Path folder) {
    try {
      return Files.isDirectory(folder) && owner(folder) == userId;
    } catch (IOException e) {
      return false;
    }
  }

  private static int owner(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:uid");
  }

  private static int userId() {
    try {
      return owner(Path.of("/proc/self"));
    } catch (IOException e) {
      throw new UncheckedIOException("/proc cannot be read: Overtake needs Linux's /proc", e);
    }
  }
}
