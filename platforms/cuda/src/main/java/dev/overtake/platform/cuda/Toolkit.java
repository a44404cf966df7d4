package dev.overtake.platform.cuda;

import dev.overtake.driver.PythonPackages;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where the CUDA toolkit's libraries are, beside the loader's own places. */
final class Toolkit {
  private Toolkit() {}

  static List<Path> folders() {
    var folders = new ArrayList<Path>();
    folders.add(Path.of("/usr/local/cuda/lib64"));
    folders.addAll(PythonPackages.libraryFolders("nvidia"));
    return folders;
  }
}
