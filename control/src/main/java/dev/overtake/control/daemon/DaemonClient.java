package dev.overtake.control.daemon;

import dev.overtake.control.status.StatusJson;
import dev.overtake.control.status.StatusReport;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The API of a page's daemon as seen by a command. Not for use by several threads. */
public final class DaemonClient {
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final JsonMapper MAPPER = new JsonMapper();

  private final Path page;

  /** Of the daemon of this page; nothing is opened yet. */
  public DaemonClient(Path page) {
    this.page = page;
  }

  /**
   * All that there is, with what queues used over the last seconds.
   *
   * @throws DaemonException if the daemon cannot be reached, or reports as another version does
   */
  public StatusReport status() throws DaemonException {
    try {
      return StatusJson.read(send("GET", "/v1/status", null));
    } catch (JacksonException e) {
      throw new DaemonException(
          "the daemon of %s is of another version: end it, and start it again (overtake daemon)"
              .formatted(page),
          e);
    }
  }

  /**
   * Chooses the policy.
   *
   * @throws DaemonException if the daemon cannot be reached or refuses; the message is its
   */
  public void policy(String name) throws DaemonException {
    var _ = send("PUT", "/v1/policy", MAPPER.writeValueAsString(Map.of("name", name)));
  }

  private String send(String method, String path, @Nullable String body) throws DaemonException {
    try {
      int port =
          new PortFile(page)
              .read()
              .orElseThrow(() -> new DaemonException(unreachable("it told no port"), null));
      var connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
      connection.setRequestMethod(method);
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      if (body != null) {
        String token = new ApiToken(page).read().orElse("");
        connection.setRequestProperty("Authorization", "Bearer " + token);
        connection.setDoOutput(true);
        connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
      }
      if (connection.getResponseCode() >= 400) {
        throw DaemonException.refused(connection.getResponseCode(), refusal(connection));
      }
      try (var in = connection.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (DaemonException e) {
      throw e;
    } catch (IOException e) {
      throw new DaemonException(unreachable(String.valueOf(e.getMessage())), e);
    }
  }

  private String unreachable(String why) {
    return "the daemon of %s does not answer (%s): is it running? (overtake daemon)"
        .formatted(page, why);
  }

  private static String refusal(HttpURLConnection connection) throws IOException {
    try (var in = connection.getErrorStream()) {
      byte[] body = in == null ? new byte[0] : in.readAllBytes();
      return MAPPER.readTree(body).path("error").asString("the daemon refused");
    } catch (JacksonException e) {
      return "the daemon refused (HTTP %d)".formatted(connection.getResponseCode());
    }
  }
}
