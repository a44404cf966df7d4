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

  /** The stand-in itself. */
  static Path library() {
    return LIBRARY;
  }

  /** A package for CUDA, whose model behaves as these words say. */
  static Path write(Path file, String behaviour) throws IOException {
    return write(file, behaviour, "{\"AOTI_DEVICE_KEY\": \"cuda\", \"AOTI_PLATFORM\": \"linux\"}");
  }

  static Path write(Path file, String behaviour, String metadata) throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      String folder = "made/data/aotinductor/model/";
      add(zip, "made/archive_format", "pt2".getBytes(UTF_8));
      add(zip, folder + "abc.wrapper.so", Files.readAllBytes(LIBRARY));
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
