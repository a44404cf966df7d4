package dev.overtake.platform.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * What AOTInductor made of a model: a package (a zip, {@code .pt2}), which is unpacked into a
 * folder of its own, or a library that lies beside its kernels. The loader and the model itself
 * want files.
 *
 * @param library the model's library
 * @param temporary what was unpacked; null if nothing was
 */
record AotiPackage(Path library, @Nullable Path temporary) implements AutoCloseable {
  /** Where a package has its models, behind a folder that is called as it was when it was made. */
  private static final Pattern CONTENT =
      Pattern.compile("(?:[^/]+/)?data/aotinductor/([^/]+)/([^/]+)");

  private static final Pattern DEVICE = metadata("AOTI_DEVICE_KEY");
  private static final Pattern COMPUTE_CAPABILITY = metadata("AOTI_COMPUTE_CAPABILITY");

  private static Pattern metadata(String key) {
    return Pattern.compile("\"" + key + "\"\\s*:\\s*\"([^\"]*)\"");
  }

  /**
   * Makes the files ready.
   *
   * @throws ModelFileException if the file is not there, or is no such package
   */
  static AotiPackage open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ModelFileException(file + " is not there: export the model to it");
    }
    return file.toString().endsWith(".so")
        ? new AotiPackage(file.toAbsolutePath(), null)
        : unpack(file);
  }

  private static AotiPackage unpack(Path file) {
    Path folder = null;
    try (var zip = new ZipFile(file.toFile())) {
      folder = Files.createTempDirectory("overtake-model-");
      var libraries = new ArrayList<Path>();
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        Matcher content = CONTENT.matcher(entry.getName());
        if (content.matches()) {
          Path target = folder.resolve(content.group(2));
          try (InputStream bytes = zip.getInputStream(entry)) {
            Files.copy(bytes, target);
          }
          if (target.toString().endsWith(".so")) {
            ExecutableStack.deny(target);
            libraries.add(target);
          }
        }
      }
      return new AotiPackage(only(file, libraries), folder);
    } catch (ZipException e) {
      delete(folder);
      throw new ModelFileException(
          file + " is neither a package of AOTInductor, which is a zip, nor a library (.so)", e);
    } catch (IOException e) {
      delete(folder);
      throw new ModelFileException(file + " cannot be unpacked: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      delete(folder);
      throw e;
    }
  }

  private static Path only(Path file, List<Path> libraries) {
    if (libraries.size() != 1) {
      throw new ModelFileException(
          "%s has %d compiled models, and 1 is needed: make it with torch._inductor.aoti_compile_and_package"
              .formatted(file, libraries.size()));
    }
    return libraries.getFirst();
  }

  /** Where the kernels lie that the library loads when they are first needed. */
  Path kernels() {
    return library.resolveSibling("");
  }

  /**
   * Looks whether the model was compiled for this device, as far as the package says.
   *
   * @throws ModelFileException if it was not
   */
  void requireFor(Path file, CudaDevice device) {
    String metadata = metadata();
    String kind = find(DEVICE, metadata);
    if (!kind.isEmpty() && !kind.equals(Aoti.Kind.CUDA.label())) {
      throw new ModelFileException(
          "%s was compiled for %s, and is to run on %s: export it on a machine with a GPU"
              .formatted(file, kind, device.label()));
    }
    String capability = find(COMPUTE_CAPABILITY, metadata).replace(".", "");
    if (!capability.isEmpty() && !capability.equals(Integer.toString(device.computeCapability()))) {
      throw new ModelFileException(
          "%s was compiled for compute capability %s, and %s (%s) has %d: export it on this machine"
              .formatted(
                  file, capability, device.label(), device.name(), device.computeCapability()));
    }
  }

  /** What the compiler noted beside the library, in JSON of one level. */
  private String metadata() {
    String name = library.getFileName().toString();
    Path file =
        kernels().resolve(name.substring(0, name.length() - ".so".length()) + "_metadata.json");
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new ModelFileException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static String find(Pattern pattern, String metadata) {
    Matcher matcher = pattern.matcher(metadata);
    return matcher.find() ? matcher.group(1).toLowerCase(Locale.ROOT) : "";
  }

  /** Deletes what was unpacked. */
  @Override
  public void close() {
    delete(temporary);
  }

  private static void delete(@Nullable Path folder) {
    if (folder == null) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) { // The system clears its folder of temporary files.
      System.getLogger(AotiPackage.class.getName())
          .log(System.Logger.Level.DEBUG, "a temporary file stays: " + folder, e);
    }
  }
}
