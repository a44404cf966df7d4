package dev.overtake.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Overtake in a process of its own, of the tests' class path, as the launcher starts it. */
final class OvertakeProcess {
  /** The JVM's options that every command has. */
  static final Path JVM_OPTIONS = Path.of("src/main/launcher/jvm.options").toAbsolutePath();

  private OvertakeProcess() {}

  /**
   * What starts it.
   *
   * @param options of the JVM, besides those that every command has
   */
  static ProcessBuilder builder(List<String> options, String... arguments) {
    var command = new ArrayList<String>();
    // A shell that starts programs in the background makes them deaf to Ctrl-C.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + JVM_OPTIONS);
    command.addAll(options);
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command);
    // Not in the command line: ONNX Runtime 1.29 crashes in a process whose own is very long.
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    return builder;
  }
}
