package dev.overtake.platform.cuda;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;

/**
 * A model as examples/models/export.py leaves it in a folder: compiled by AOTInductor in one or
 * more segments, with an input and the output that PyTorch itself gave for it.
 *
 * <pre>
 * model.properties         what follows here
 * segment-00.pt2, ...      packages; the outputs of each are the inputs of the next
 * input-0.bin, ...         an input, row by row
 * output-0.bin, ...        what PyTorch made of it
 * </pre>
 *
 * @param folder where it is
 * @param name such as {@code resnet18}
 * @param torch the version of PyTorch that compiled it
 * @param segments the packages, at least one
 * @param inputs of the first segment
 * @param outputs of the last
 */
public record ExportedModel(
    Path folder,
    String name,
    String torch,
    List<Path> segments,
    List<TensorType> inputs,
    List<TensorType> outputs) {
  private static final String PROPERTIES = "model.properties";

  /** Makes the lists unchangeable. */
  public ExportedModel {
    segments = List.copyOf(segments);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * Reads what is said of it; the packages are not looked at.
   *
   * @throws ModelFileException if it is no such folder
   */
  public static ExportedModel read(Path folder) {
    Path file = folder.resolve(PROPERTIES);
    var properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
      int segments = Integer.parseInt(property(file, properties, "segments"));
      if (segments < 1) {
        throw new IllegalArgumentException("segments is " + segments);
      }
      return new ExportedModel(
          folder,
          property(file, properties, "name"),
          property(file, properties, "torch"),
          IntStream.range(0, segments)
              .mapToObj(i -> folder.resolve("segment-%02d.pt2".formatted(i)))
              .toList(),
          types(property(file, properties, "inputs")),
          types(property(file, properties, "outputs")));
    } catch (IOException e) {
      throw new ModelFileException(
          "%s has no model: %s cannot be read; examples/models/export.py makes one"
              .formatted(folder, file),
          e);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static String property(Path file, Properties properties, String key) {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new ModelFileException("%s says nothing of '%s': export it anew".formatted(file, key));
    }
    return value.strip();
  }

  private static List<TensorType> types(String text) {
    return Arrays.stream(text.split(";", -1)).map(String::strip).map(TensorType::parse).toList();
  }

  /** The recorded input of this number. */
  public Path inputFile(int index) {
    return folder.resolve("input-%d.bin".formatted(index));
  }

  /** What PyTorch made of the recorded inputs. */
  public Path outputFile(int index) {
    return folder.resolve("output-%d.bin".formatted(index));
  }
}
