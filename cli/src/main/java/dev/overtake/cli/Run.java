package dev.overtake.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.overtake.cli.RunOptions.WrongUseException;
import dev.overtake.control.page.PageException;
import dev.overtake.control.page.PagePath;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code overtake run}: has the shim preloaded into a program and lets the program take the place
 * of this process, so that its process id, signals, terminal, open files and exit status are its
 * own. Knows nothing of picocli, whose start alone takes longer than all of this.
 */
final class Run {
  /** As env(1) has them: the program was found and cannot be run; it was not found. */
  static final int CANNOT_RUN = 126;

  static final int NOT_FOUND = 127;

  /** How the launcher says where the jars and the library are. */
  private static final String HOME_OPTION = "-Dovertake.home=";

  private static final String RUNTIME_FOLDER = "XDG_RUNTIME_DIR";
  private static final String LIBRARY = "libovertake.so";
  private static final int ENOENT = 2;
  private static final int E2BIG = 7;
  private static final int EACCES = 13;

  private final RunOptions options;
  private final ProgramEnvironment environment;

  private Run(RunOptions options, ProgramEnvironment environment) {
    this.options = options;
    this.environment = environment;
  }

  /**
   * Runs the program. Does not return if that succeeds.
   *
   * @param count how many arguments stand behind {@code run}: this process's last ones
   * @return the status to end with
   */
  static int run(int count) throws IOException {
    List<String> all = ByteStrings.split(read("/proc/self/cmdline"));
    try {
      var options = RunOptions.parse(all.subList(all.size() - count, all.size()));
      var environment = new ProgramEnvironment(ByteStrings.split(read("/proc/self/environ")));
      return new Run(options, environment).run(home(all));
    } catch (WrongUseException e) {
      say(e.getMessage());
      say("try 'overtake run --help'");
      return ExitStatus.WRONG_USE;
    }
  }

  private int run(String home) throws IOException, WrongUseException {
    environment.putAll(options.variables());
    Optional<String> page =
        options.page().or(() -> environment.get(PagePath.VARIABLE)).filter(file -> !file.isEmpty());
    if (page.isPresent()) {
      environment.putAll(Map.of(PagePath.VARIABLE, Optional.of(absolute(page.orElseThrow()))));
    }
    environment.preload(library(home));
    Optional<ProgramFile> file = ProgramFile.find(program(), path());
    if (!isQuiet()) {
      warn(file);
    }
    if (options.startDaemon() && mayRun(file)) {
      startDaemon(home);
    }
    InheritedDescriptors.keepOnlyThem();
    InheritedSignals.read(new String(read("/proc/self/status"), ISO_8859_1)).restore();
    return failed(Exec.execute(options.command(), environment.entries()));
  }

  /** A byte string: the folder as the launcher wrote it; the current one without a launcher. */
  private static String home(List<String> all) {
    for (String argument : all) {
      if (argument.startsWith(HOME_OPTION)) {
        return argument.substring(HOME_OPTION.length());
      }
    }
    return ".";
  }

  /** A byte string: the path of the library in that folder. */
  private static String library(String home) throws WrongUseException {
    String library = home + "/" + LIBRARY;
    if (!isThere(library)) {
      throw new WrongUseException(
          library
              + " is missing, which run preloads: install what builds it ('apt-get install gcc"
              + " make') and try again");
    }
    if (!ProgramEnvironment.canBePreloaded(library)) {
      throw new WrongUseException(
          library
              + " cannot be preloaded, since LD_PRELOAD takes spaces and colons for separators:"
              + " move Overtake to a folder without them");
    }
    return library;
  }

  private static boolean isThere(String byteString) {
    try {
      return Files.isReadable(Path.of(ByteStrings.text(byteString)));
    } catch (InvalidPathException e) {
      return true; // This JVM cannot name it; the dynamic linker can, and says so if it is not.
    }
  }

  /** Of what lets the program run, and not be scheduled. */
  private void warn(Optional<ProgramFile> file) {
    file.flatMap(ProgramFile::objection)
        .ifPresent(objection -> say(program() + " " + objection + "; it runs unscheduled"));
    if (!environment.get("OVERTAKE_DISABLE").orElse("").isEmpty()) {
      say("OVERTAKE_DISABLE is set: " + program() + " runs unscheduled");
    }
  }

  /** False only where exec is sure to fail; it then says why. */
  private boolean mayRun(Optional<ProgramFile> file) {
    return file.isPresent()
        ? file.get().isExecutable()
        : !ByteStrings.isText(program()) || !ByteStrings.isText(path());
  }

  /** If there is none. The program does not depend on it, so it runs whatever comes of it. */
  private void startDaemon(String home) {
    try {
      Path page =
          PagePath.of(
                  Map.of(
                      PagePath.VARIABLE,
                      ByteStrings.text(environment.get(PagePath.VARIABLE).orElse("")),
                      RUNTIME_FOLDER,
                      ByteStrings.text(environment.get(RUNTIME_FOLDER).orElse(""))))
              .toAbsolutePath();
      if (!DaemonStart.isAlive(page)) {
        DaemonStart.start(ByteStrings.text(home), page, ProcessHandle.current().pid());
      }
    } catch (PageException e) { // The shim says what that means for the program.
      warnOfDaemon("the daemon cannot be started (" + e.getMessage() + ")");
    } catch (IOException | InvalidPathException e) {
      warnOfDaemon(
          "the daemon cannot be started; priorities work without it (" + e.getMessage() + ")");
    }
  }

  private void warnOfDaemon(String message) {
    if (!isQuiet()) {
      say(message);
    }
  }

  /** By option or variable. */
  private boolean isQuiet() {
    return environment.get("OVERTAKE_LOG").orElse("").equals("quiet");
  }

  private int failed(int errno) {
    String name = program();
    switch (errno) {
      case ENOENT ->
          say(
              name.indexOf('/') < 0
                  ? name + ": not found on PATH"
                  : name + ": there is no such file, or what its first line names is not there");
      case EACCES -> say(name + ": permission denied; is it a program ('chmod +x')?");
      case E2BIG -> say(name + ": its arguments and environment are too long");
      default -> say(name + ": cannot be run (errno " + errno + ")");
    }
    return errno == ENOENT ? NOT_FOUND : CANNOT_RUN;
  }

  private String program() {
    return options.command().getFirst();
  }

  /** Where a program without a slash in its name is looked for, with execvp's default. */
  private String path() {
    return environment.get("PATH").orElse("/bin:/usr/bin");
  }

  /** The program may be in another folder by the time that the shim reads the path. */
  private static String absolute(String file) throws WrongUseException {
    if (file.startsWith("/")) {
      return file;
    }
    String folder = Path.of("").toAbsolutePath().toString();
    if (folder.indexOf('\uFFFD') >= 0) {
      throw new WrongUseException(
          "the control page is relative to a folder whose name is no text in this locale: give"
              + " its whole path (--page, OVERTAKE_PAGE)");
    }
    return ByteStrings.ofText(folder) + "/" + file;
  }

  private static byte[] read(String file) throws IOException {
    try (var in = new FileInputStream(file)) {
      return in.readAllBytes();
    }
  }

  /** Byte strings are printed as they came. */
  private static void say(@Nullable String byteString) {
    System.err.writeBytes(ByteStrings.bytes("overtake: " + byteString + "\n"));
    System.err.flush();
  }
}
