package dev.overtake.platform.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Packages with the stand-in for a compiled model (shim/test/simcuda/model.c). */
final class ModelFiles {
  private static final Path LIBRARY =
      Path.of(System.getProperty("overtake.torch", "")).resolveSibling("model.so");

  private ModelFiles() {}

  /** The stand-in as a library of its own. */
  static Path library() {
    return LIBRARY;
  }

  /** The same, linked as it is in a package. */
  static Path packed() {
    return LIBRARY.resolveSibling("packed-model.so");
  }

  /** A package for CUDA, whose model behaves as these words say. */
  static Path write(Path file, String behaviour) throws IOException {
    return write(file, behaviour, "{\"AOTI_DEVICE_KEY\": \"cuda\", \"AOTI_PLATFORM\": \"linux\"}");
  }

  static Path write(Path file, String behaviour, String metadata) throws IOException {
    return write(file, Files.readAllBytes(packed()), behaviour, metadata);
  }

  /** A package with something else for a library. */
  static Path write(Path file, byte[] library) throws IOException {
    return write(file, library, "", "{}");
  }

  private static Path write(Path file, byte[] library, String behaviour, String metadata)
      throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      String folder = "made/data/aotinductor/model/";
      add(zip, "made/archive_format", "pt2".getBytes(UTF_8));
      add(zip, folder + "abc.wrapper.so", library);
      add(zip, folder + "abc.wrapper_metadata.json", metadata.getBytes(UTF_8));
      add(zip, folder + "behaviour", behaviour.getBytes(UTF_8));
    }
    return file;
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
    zip.closeEntry();
  }
}
