package dev.overtake.cli;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import dev.overtake.control.daemon.PageLock;
import dev.overtake.control.daemon.PolicyJars;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.PageException;
import dev.overtake.control.page.PagePath;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Starts the daemon of a control page, as a process that nobody has to look after. */
final class DaemonStart {
  /**
   * The daemon's parent is this shell, which ends at once: a program must not find a child that it
   * did not start. It is in a session of its own where setsid(1) is there, and deaf to the
   * terminal's signals anyway. Where flock(1) is there, programs that start together start one
   * daemon, which has their lock until it ends. One whose page was removed notices that within two
   * seconds.
   */
  private static final String DETACH =
      """
      trap '' HUP INT QUIT
      start=$1
      lock=$2
      shift 2
      if command -v setsid >/dev/null; then set -- setsid "$@"; fi
      {
        if command -v flock >/dev/null; then
          exec 9>>"$start"
          if ! flock -n 9 && sleep 2 && ! flock -n 9; then
            echo "overtake: no daemon started: process $(cat "$lock") is the page's"
            exit
          fi
        fi
        exec "$@"
      } &
      """;

  private DaemonStart() {}

  /** Whether a daemon is at work on a page. */
  static boolean isAlive(Path page) {
    if (!Files.exists(page)) {
      return false;
    }
    try (var open = ControlPage.openReadOnly(page)) {
      return open.daemon().alive(System.nanoTime());
    } catch (PageException e) {
      return false; // The daemon will say what is wrong with it.
    }
  }

  /**
   * Starts it, and does not wait until it works. What it says goes to a file beside the page, by
   * the page's name and {@code .log}.
   *
   * @param home where the jars are
   * @param pid of this process, which becomes the program
   * @throws IOException if it cannot be started, or would become a child of the program's: process
   *     1 gets the children of all that end, and a program that waits for its own would wait for it
   */
  static void start(String home, Path page, long pid) throws IOException {
    if (pid == 1) {
      throw new IOException(
          "the program, as process 1, would have it for a child: run the container with an init"
              + " ('docker run --init'), or start 'overtake daemon' in it by 'docker exec'");
    }
    ControlPage.openOrCreate(page).close(); // and with it the folder, for its owner alone
    Path log = beside(page, ".log");
    openToAppend(log);
    var shell =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                DETACH,
                "sh",
                beside(page, ".start").toString(),
                PageLock.file(page).toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + home + "/jvm.options",
                "-Dovertake.home=" + home,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "daemon")
            .directory(new File("/"))
            .redirectInput(Redirect.from(new File("/dev/null")))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()));
    shell.environment().put(PagePath.VARIABLE, page.toString());
    if (shell.environment().containsKey(PolicyJars.VARIABLE)) {
      shell.environment().put(PolicyJars.VARIABLE, absolutePolicies());
    }
    try {
      shell.start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Not what a link leads to, which somebody else may have put there. */
  private static void openToAppend(Path log) throws IOException {
    try {
      Files.newByteChannel(log, CREATE, APPEND, NOFOLLOW_LINKS).close();
    } catch (IOException e) {
      String reason =
          e instanceof FileSystemException ofFile ? Main.reason(ofFile) : e.getMessage();
      throw new IOException(
          "its log %s cannot be written: %s; remove it, or name another page"
              .formatted(log, reason),
          e);
    }
  }

  private static Path beside(Path page, String suffix) {
    return page.resolveSibling(page.getFileName() + suffix);
  }

  /** It works in another folder than this process. */
  private static String absolutePolicies() {
    return PolicyJars.paths(System.getenv()).stream()
        .map(path -> path.toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
