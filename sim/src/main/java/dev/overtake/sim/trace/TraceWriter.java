package dev.overtake.sim.trace;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;

/** Writes a trace, a request at a time. Not thread-safe. */
public final class TraceWriter implements Closeable {
  /** The version of the format, which its first line gives. */
  static final int VERSION = 1;

  private static final JsonMapper JSON = new JsonMapper();

  /** The first line. */
  private record Header(int overtakeTrace, String origin) {}

  private final BufferedWriter out;

  private TraceWriter(BufferedWriter out) {
    this.out = out;
  }

  /**
   * Begins a file; one of the same name is overwritten.
   *
   * @param origin where the requests come from, in a few words for people
   * @throws IOException if it cannot be written
   */
  @SuppressWarnings("MustBeClosed") // Whoever calls this closes it.
  public static TraceWriter create(Path file, String origin) throws IOException {
    var writer = new TraceWriter(Files.newBufferedWriter(file));
    writer.line(new Header(VERSION, origin));
    return writer;
  }

  /**
   * Adds a request. Those of one client come in the order in which they are due.
   *
   * @throws IOException if it cannot be written
   */
  public void write(TracedRequest request) throws IOException {
    line(request);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private void line(Object value) throws IOException {
    out.write(JSON.writeValueAsString(value));
    out.write('\n');
  }
}
