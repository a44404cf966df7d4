package dev.overtake.cli;

import java.io.File;
import java.io.IOException;
import java.util.List;

/**
 * The open files that the program is to find: those that this process was given. The JVM opens some
 * of its own, and not all such that they close when another program takes its place.
 */
final class InheritedDescriptors {
  /** Set by the launcher: the numbers that were open before there was a JVM, parted by commas. */
  private static final String PROPERTY = "overtake.descriptors";

  private InheritedDescriptors() {}

  /** Has all others closed when the program starts. */
  static void keepOnlyThem() throws IOException {
    String property = System.getProperty(PROPERTY, "");
    String[] open = new File("/proc/self/fd").list();
    if (property.isEmpty() || open == null) {
      return;
    }
    var inherited = List.of(property.split(",", -1));
    for (String descriptor : open) {
      if (!inherited.contains(descriptor)) {
        Exec.closeWhenReplaced(Integer.parseInt(descriptor));
      }
    }
  }
}
