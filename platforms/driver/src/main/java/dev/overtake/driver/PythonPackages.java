package dev.overtake.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where Python has its packages: many a machine has a vendor's libraries nowhere else. They are
 * those of the environment that is active, or that the python3 on PATH belongs to.
 */
public final class PythonPackages {
  private PythonPackages() {}

  /** Where PyTorch's libraries are, and what it brings. */
  public static List<Path> torchFolders() {
    return folders().stream().map(packages -> packages.resolve("torch/lib")).toList();
  }

  /** The folders of libraries below this folder of a vendor's packages. */
  public static List<Path> libraryFolders(String vendor) {
    var folders = new ArrayList<Path>();
    for (Path packages : folders()) {
      for (Path library : children(packages.resolve(vendor), "*")) {
        folders.add(library.resolve("lib"));
      }
    }
    return folders;
  }

  private static List<Path> folders() {
    var folders = new ArrayList<Path>();
    for (Path prefix : prefixes()) {
      for (Path version : children(prefix.resolve("lib"), "python3*")) {
        folders.add(version.resolve("site-packages"));
        folders.add(version.resolve("dist-packages"));
      }
    }
    return folders;
  }

  private static List<Path> prefixes() {
    var prefixes = new ArrayList<Path>();
    for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
      String prefix = System.getenv(variable);
      if (prefix != null) {
        prefixes.add(Path.of(prefix));
      }
    }
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      Path prefix = Path.of(folder).getParent();
      if (prefix != null && Files.isExecutable(Path.of(folder, "python3"))) {
        prefixes.add(prefix);
      }
    }
    prefixes.add(Path.of(System.getProperty("user.home"), ".local"));
    prefixes.add(Path.of("/usr/local"));
    return prefixes;
  }

  private static List<Path> children(Path folder, String glob) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    var children = new ArrayList<Path>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
      found.forEach(children::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    children.sort(null);
    return children;
  }
}
