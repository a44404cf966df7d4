package dev.overtake.control.daemon;

/** A request that cannot be answered; the message tells the client what to do. */
final class HttpFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String allow;

  HttpFailure(int status, String message) {
    this(status, message, "");
  }

  private HttpFailure(int status, String message, String allow) {
    super(message);
    this.status = status;
    this.allow = allow;
  }

  static HttpFailure methodNotAllowed(String method, String path, String allow) {
    return new HttpFailure(
        405, "%s does not take %s: use %s".formatted(path, method, allow), allow);
  }

  int status() {
    return status;
  }

  /** For the header of this name; empty: none. */
  String allow() {
    return allow;
  }
}
