package dev.overtake.control.daemon;

import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What a request is answered with. */
record HttpReply(int status, String contentType, String body) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** JSON that is written already. */
  static HttpReply json(String body) {
    return new HttpReply(200, "application/json", body);
  }

  static HttpReply json(Object value) {
    return json(MAPPER.writeValueAsString(value) + "\n");
  }

  static HttpReply failure(int status, String message) {
    String body = MAPPER.writeValueAsString(Map.of("error", message));
    return new HttpReply(status, "application/json", body + "\n");
  }
}
