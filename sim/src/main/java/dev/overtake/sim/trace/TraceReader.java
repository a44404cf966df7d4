package dev.overtake.sim.trace;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a trace, a request at a time. Not thread-safe. */
public final class TraceReader implements Closeable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Set<String> FIELDS = Set.of("client", "dueNanos", "commandNanos");

  private final Path file;
  private final BufferedReader in;
  private final Map<String, Long> lastDueNanos = new HashMap<>();
  private long lineNumber;

  private TraceReader(Path file, BufferedReader in) {
    this.file = file;
    this.in = in;
  }

  /**
   * Opens a file and reads its first line.
   *
   * @throws TraceException if it is not there, or not a trace of a version that is read here
   */
  @SuppressWarnings("MustBeClosed") // Whoever calls this closes it.
  public static TraceReader open(Path file) throws TraceException {
    TraceReader reader;
    try {
      reader = new TraceReader(file, Files.newBufferedReader(file));
    } catch (NoSuchFileException e) {
      throw new TraceException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new TraceException("%s: cannot be read (%s)".formatted(file, e.getMessage()), e);
    }
    try {
      reader.readHeader();
      return reader;
    } catch (TraceException e) {
      reader.closeQuietly(e);
      throw e;
    }
  }

  /**
   * What one client sent, in order; the whole file is read for it.
   *
   * @return empty if it sent nothing
   * @throws TraceException if something is wrong anywhere in the file
   */
  public static List<TracedRequest> requestsOf(Path file, String client) throws TraceException {
    var requests = new ArrayList<TracedRequest>();
    try (TraceReader reader = open(file)) {
      for (TracedRequest next = reader.next(); next != null; next = reader.next()) {
        if (next.client().equals(client)) {
          requests.add(next);
        }
      }
    } catch (TraceException e) {
      throw e;
    } catch (IOException e) {
      throw new TraceException("%s: cannot be read (%s)".formatted(file, e.getMessage()), e);
    }
    return requests;
  }

  /**
   * The next request, or null at the end.
   *
   * @throws TraceException if the line is not one, or it was due before the client's last one
   */
  public @Nullable TracedRequest next() throws TraceException {
    String line = readLine();
    while (line != null && line.isBlank()) {
      line = readLine();
    }
    if (line == null) {
      return null;
    }
    TracedRequest request = request(parse(line));
    long last = lastDueNanos.getOrDefault(request.client(), 0L);
    if (request.dueNanos() < last) {
      throw wrong(
          "dueNanos is %d, before the last request of client %s at %d: give them in order"
              .formatted(request.dueNanos(), request.client(), last));
    }
    lastDueNanos.put(request.client(), request.dueNanos());
    return request;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private void readHeader() throws TraceException {
    String line = readLine();
    JsonNode version = line == null ? null : parse(line).path("overtakeTrace");
    if (version == null || !version.isInt()) {
      throw wrong(
          "not a trace: the first line must be {\"overtakeTrace\": %d, \"origin\": \"…\"}"
              .formatted(TraceWriter.VERSION));
    }
    if (version.intValue() != TraceWriter.VERSION) {
      throw wrong(
          "a trace of version %d: this version of overtake reads version %d"
              .formatted(version.intValue(), TraceWriter.VERSION));
    }
  }

  private TracedRequest request(JsonNode object) throws TraceException {
    for (String field : object.propertyNames()) {
      if (!FIELDS.contains(field)) {
        throw wrong(
            "a request has no field '%s': give client, dueNanos, commandNanos".formatted(field));
      }
    }
    JsonNode client = object.path("client");
    if (!client.isString()) {
      throw wrong("client is %s: give a name".formatted(shown(client)));
    }
    var commandNanos = new ArrayList<Long>();
    JsonNode commands = object.path("commandNanos");
    if (!commands.isArray() && !commands.isMissingNode()) {
      throw wrong("commandNanos is %s: give a list of times".formatted(shown(commands)));
    }
    for (JsonNode command : commands) {
      commandNanos.add(nanos("a command", command));
    }
    try {
      return new TracedRequest(
          client.stringValue(), nanos("dueNanos", object.path("dueNanos")), commandNanos);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()), e);
    }
  }

  private long nanos(String what, JsonNode node) throws TraceException {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw wrong("%s is %s: give whole nanoseconds".formatted(what, shown(node)));
    }
    return node.longValue();
  }

  private static String shown(JsonNode node) {
    return node.isMissingNode() ? "missing" : node.toString();
  }

  private JsonNode parse(String line) throws TraceException {
    try {
      JsonNode node = JSON.readTree(line);
      if (!node.isObject()) {
        throw wrong("not a JSON object: give one a line");
      }
      return node;
    } catch (JacksonException e) {
      throw wrong("not JSON: give one object a line", e);
    }
  }

  private @Nullable String readLine() throws TraceException {
    lineNumber++;
    try {
      return in.readLine();
    } catch (CharacterCodingException e) {
      throw wrong("not UTF-8 text", e);
    } catch (IOException e) {
      throw wrong("cannot be read (%s)".formatted(e.getMessage()), e);
    }
  }

  private TraceException wrong(String problem) {
    return wrong(problem, null);
  }

  private TraceException wrong(String problem, @Nullable Throwable cause) {
    return new TraceException("%s:%d: %s".formatted(file, lineNumber, problem), cause);
  }

  private void closeQuietly(TraceException because) {
    try {
      close();
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }
}
