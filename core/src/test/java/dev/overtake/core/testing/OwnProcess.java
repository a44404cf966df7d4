package dev.overtake.core.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs what must not be done in the process of the other tests. */
public final class OwnProcess {
  private OwnProcess() {}

  /**
   * What a program prints that ends well. Its properties are the given ones and, where those say
   * nothing, the ones of this process that name libraries and devices: {@code overtake.*} and
   * {@code *.device}.
   *
   * @throws AssertionError if its status is not 0: a driver may crash as the process ends
   */
  public static String run(
      Class<?> program,
      Map<String, String> properties,
      Map<String, String> environment,
      String... arguments)
      throws IOException, InterruptedException {
    var all = new TreeMap<String, String>();
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith("overtake.") || name.endsWith(".device")) {
        all.put(name, System.getProperty(name));
      }
    }
    all.putAll(properties);
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    all.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    int status = process.waitFor();
    if (status != 0) {
      throw new AssertionError(program.getName() + " ended with " + status + ": " + output);
    }
    return output.strip();
  }
}
