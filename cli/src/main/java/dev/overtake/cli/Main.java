package dev.overtake.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Where the launcher enters: reads the arguments, runs the command, and ends with its status. */
public final class Main {
  private Main() {}

  /** Runs the command in {@code args} and ends the JVM with its {@link ExitStatus}. */
  public static void main(String[] args) throws IOException {
    System.exit(
        args.length > 0 && args[0].equals("run") && !RunOptions.asksForHelp(args)
            ? Run.run(args.length - 1)
            : StandardOutput.checked(commandLine(System.getenv()).execute(args)));
  }

  /**
   * All of Overtake's commands, with the status and the messages that every one of them has. A
   * command says that it was used wrongly by a {@link ParameterException}; any other exception is a
   * failure.
   */
  static CommandLine commandLine(Map<String, String> environment) {
    var root = new OvertakeCommand();
    var debugByEnvironment =
        "1".equals(environment.getOrDefault(OvertakeCommand.DEBUG_VARIABLE, "0"));
    var all = new CommandLine(root);
    CommandSpec run = Objects.requireNonNull(all.getSubcommands().get("run")).getCommandSpec();
    run.remove(run.findOption("--debug")); // It is inherited, and Run does not take it.
    return all.setParameterExceptionHandler((failure, args) -> wrongUse(failure))
        .setExecutionExceptionHandler(
            (failure, command, parsed) ->
                failed(failure, command, root.debug() || debugByEnvironment));
  }

  private static int wrongUse(ParameterException failure) {
    var command = failure.getCommandLine();
    var err = command.getErr();
    err.println("overtake: " + oneLine(failure));
    UnmatchedArgumentException.printSuggestions(failure, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return ExitStatus.WRONG_USE;
  }

  private static int failed(Exception failure, CommandLine command, boolean debug) {
    var err = command.getErr();
    if (debug) {
      failure.printStackTrace(err);
    } else {
      err.println("overtake: " + oneLine(failure) + " (--debug shows where)");
    }
    err.flush();
    return ExitStatus.FAILED;
  }

  /** The message if there is one; the kind of the exception where only that says something. */
  private static String oneLine(Exception failure) {
    var message = failure.getMessage();
    if (message == null || message.isBlank()) {
      return failure.getClass().getSimpleName();
    }
    String line = message.strip().replaceAll("\\s*\\R\\s*", "; ");
    return failure instanceof FileSystemException ofFile && ofFile.getReason() == null
        ? line + ": " + reason(ofFile)
        : line;
  }

  /** Also of an exception whose message is the name of a file alone. */
  static String reason(FileSystemException failure) {
    String told = failure.getReason();
    if (told != null) {
      return told;
    }
    return switch (failure) {
      case NoSuchFileException _ -> "there is no such file or folder";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "exists already";
      case NotDirectoryException _ -> "not a folder";
      default -> failure.getClass().getSimpleName();
    };
  }
}
