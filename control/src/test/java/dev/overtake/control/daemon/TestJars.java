package dev.overtake.control.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.policy.Policy;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/** Jars of policies, compiled and packed as their authors would. */
final class TestJars {
  private final Path folder;

  /** In a folder of their own. */
  TestJars(Path folder) {
    this.folder = folder;
  }

  /** Of a class {@code test.NAME} with this body, which its services file names. */
  Path ofClass(String name, String body) throws Exception {
    Path source = Files.createDirectories(folder.resolve("source")).resolve(name + ".java");
    Files.writeString(
        source,
        """
        package test;
        import dev.overtake.core.policy.*;
        public final class %s implements Policy {
          public Decision schedule(Snapshot snapshot, long nowNanos) { return Decision.runAll(); }
          %s
        }
        """
            .formatted(name, body));
    return of(name + ".jar", List.of(source), "test." + name);
  }

  /** Of these sources, and a services file with these names, unless there are none. */
  Path of(String file, List<Path> sources, String services) throws Exception {
    Path classes = Files.createTempDirectory(folder, "classes");
    compile(sources, classes);
    Path jar = folder.resolve(file);
    try (var out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> compiled = Files.walk(classes)) {
      for (Path each : compiled.filter(Files::isRegularFile).toList()) {
        add(out, classes.relativize(each).toString(), Files.readAllBytes(each));
      }
      if (!services.isEmpty()) {
        add(out, PolicyJars.SERVICE, services.getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  private static void compile(List<Path> sources, Path classes)
      throws IOException, URISyntaxException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    Path core = Path.of(Policy.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    var messages = new StringWriter();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      Iterable<? extends JavaFileObject> units = files.getJavaFileObjectsFromPaths(sources);
      var options = List.of("-d", classes.toString(), "-cp", core.toString(), "-proc:none");
      boolean compiled = compiler.getTask(messages, files, null, options, null, units).call();
      assertThat(compiled).as("%s", messages).isTrue();
    }
  }

  private static void add(JarOutputStream out, String name, byte[] content) throws IOException {
    out.putNextEntry(new JarEntry(name));
    out.write(content);
    out.closeEntry();
  }
}
