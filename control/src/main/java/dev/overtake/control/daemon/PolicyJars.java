package dev.overtake.control.daemon;

import dev.overtake.core.policy.Policy;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Policies of one's own, from jars that name them in {@value #SERVICE}. All jars share one class
 * loader, so that one may need another, and it stays open: a policy may need a class of its jar at
 * any time. What cannot be read or made is told in a line each, and left out.
 */
public final class PolicyJars {
  /** The variable of the environment that says where they are, as a class path does. */
  public static final String VARIABLE = "OVERTAKE_POLICIES";

  static final String SERVICE = "META-INF/services/dev.overtake.core.policy.Policy";

  /** More broken ones than anybody has: a loader that fails again and again must come to an end. */
  private static final int MAX_FAILURES = 100;

  private final Consumer<String> warnings;

  private PolicyJars(Consumer<String> warnings) {
    this.warnings = warnings;
  }

  /** The paths in {@value #VARIABLE}; none if it is not set. */
  public static List<Path> paths(Map<String, String> environment) {
    return Stream.of(environment.getOrDefault(VARIABLE, "").split(File.pathSeparator))
        .filter(path -> !path.isEmpty())
        .map(Path::of)
        .toList();
  }

  /**
   * All policies that the jars name.
   *
   * @param paths each a jar, or a folder of jars
   * @param warnings one line each
   */
  static List<Policy> load(List<Path> paths, Consumer<String> warnings) {
    return new PolicyJars(warnings).load(paths);
  }

  private List<Policy> load(List<Path> paths) {
    var jars = new ArrayList<Path>();
    for (Path path : paths) {
      List<Path> readable = jarsAt(path).stream().filter(this::isReadable).toList();
      if (!readable.isEmpty() && readable.stream().noneMatch(PolicyJars::namesPolicies)) {
        warnings.accept(
            "%s names no policy: a jar of policies lists them in %s".formatted(path, SERVICE));
      }
      jars.addAll(readable);
    }
    return jars.isEmpty() ? List.of() : loadAll(jars);
  }

  private List<Path> jarsAt(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> files = Files.list(path)) {
      List<Path> jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
      if (jars.isEmpty()) {
        warnings.accept(path + " has no jar, and so no policies");
      }
      return jars;
    } catch (IOException e) {
      warnings.accept("%s cannot be read (%s), and is left out".formatted(path, e));
      return List.of();
    }
  }

  /** A class loader would pass over a jar that is none, and say nothing. */
  private boolean isReadable(Path jar) {
    try (var _ = new ZipFile(jar.toFile())) {
      return true;
    } catch (IOException e) {
      warnings.accept("%s cannot be read as a jar (%s), and is left out".formatted(jar, e));
      return false;
    }
  }

  private static boolean namesPolicies(Path jar) {
    try (var zip = new ZipFile(jar.toFile())) {
      return zip.getEntry(SERVICE) != null;
    } catch (IOException e) {
      return false;
    }
  }

  private List<Policy> loadAll(List<Path> jars) {
    var loader =
        new URLClassLoader(
            jars.stream().map(PolicyJars::url).toArray(URL[]::new), Policy.class.getClassLoader());
    Iterator<ServiceLoader.Provider<Policy>> found =
        ServiceLoader.load(Policy.class, loader).stream().iterator();
    var policies = new ArrayList<Policy>();
    for (int failures = 0; failures < MAX_FAILURES; failures++) {
      try {
        while (found.hasNext()) {
          ServiceLoader.Provider<Policy> each = found.next();
          if (loader.equals(each.type().getClassLoader())) { // Not one of the daemon's own.
            policies.add(each.get());
          }
        }
        return policies;
      } catch (RuntimeException | Error e) { // A class of somebody else's: anything may happen.
        warnings.accept("a policy cannot be made, and is left out: " + reason(e));
      }
    }
    return policies;
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(jar + " is no path", e);
    }
  }

  private static String reason(Throwable failure) {
    @Nullable Throwable cause = failure.getCause();
    String reason = cause == null ? failure.toString() : failure.getMessage() + ": " + cause;
    return reason.lines().findFirst().orElse("");
  }
}
