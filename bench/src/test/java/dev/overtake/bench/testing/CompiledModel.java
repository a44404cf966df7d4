package dev.overtake.bench.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Exported models, as examples/models/export.py leaves them, of the stand-in for a compiled model:
 * each segment adds 1 (shim/test/simcuda/model.c).
 */
public final class CompiledModel {
  private static final int WIDTH = 4;

  private CompiledModel() {}

  /** A model whose recorded output is what it computes. */
  public static Path write(Path folder, int batch, int segments) throws IOException {
    return write(folder, batch, segments, segments);
  }

  /**
   * Likewise, with something else recorded.
   *
   * @param recorded the output for an input of zeros
   */
  public static Path write(Path folder, int batch, int segments, float recorded)
      throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < segments; i++) {
      writePackage(folder.resolve("segment-%02d.pt2".formatted(i)));
    }
    Files.write(folder.resolve("input-0.bin"), floats(batch, 0));
    Files.write(folder.resolve("output-0.bin"), floats(batch, recorded));
    Files.writeString(
        folder.resolve("model.properties"),
        """
        name=%s
        torch=2.11.0
        segments=%d
        inputs=float32 %3$dx%4$d
        outputs=float32 %3$dx%4$d
        """
            .formatted(folder.getFileName(), segments, batch, WIDTH));
    return folder;
  }

  private static byte[] floats(int batch, float value) {
    ByteBuffer bytes =
        ByteBuffer.allocate(batch * WIDTH * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  private static void writePackage(Path file) throws IOException {
    Path library = Path.of(System.getProperty("overtake.torch")).resolveSibling("model.so");
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      String folder = "model/data/aotinductor/model/";
      add(zip, folder + "abc.wrapper.so", Files.readAllBytes(library));
      add(
          zip,
          folder + "abc.wrapper_metadata.json",
          "{\"AOTI_DEVICE_KEY\": \"cuda\"}".getBytes(UTF_8));
    }
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
    zip.closeEntry();
  }
}
