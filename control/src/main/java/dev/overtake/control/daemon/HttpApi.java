package dev.overtake.control.daemon;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * HTTP on the loopback interface. A page that a browser shows must not reach it: a request is
 * refused unless the name that it was sent to is the loopback's (a foreign name may resolve to it)
 * and the page that sent it, if one did, comes from there too. Other users of the machine may look,
 * and change nothing: for that it takes the {@linkplain ApiToken token}.
 */
final class HttpApi implements AutoCloseable {
  private static final int MAX_BODY_BYTES = 64 * 1024;
  private static final int UNAUTHORIZED = 401;
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  /** Of the JDK's server, which otherwise has no end to any. */
  private static final int MOST_CONNECTIONS = 64;

  private static final int MOST_REQUEST_SECONDS = 10;
  private static final int MOST_REPLY_SECONDS = 30;

  static {
    limitServers();
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ApiToken token;
  private final String authorization;
  private final Routes routes;
  private final Consumer<String> warnings;

  /**
   * Starts it.
   *
   * @param port as {@link DaemonConfig} has it
   * @param token made anew
   * @throws DaemonException if the port is taken
   */
  HttpApi(@Nullable Integer port, ApiToken token, Routes routes, Consumer<String> warnings)
      throws IOException {
    this.token = token;
    this.routes = routes;
    this.warnings = warnings;
    server = port == null ? listenSomewhere() : listen(port);
    try {
      authorization =
          "Bearer " + token.renew(); // Only once nothing else can keep it from starting.
    } catch (IOException | RuntimeException e) {
      server.start(); // One that has never run does not give back its port.
      server.stop(0);
      throw e;
    }
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** All of this process: the JDK reads the limits once, before the first. */
  static void limitServers() {
    limit("jdk.httpserver.maxConnections", MOST_CONNECTIONS);
    limit("sun.net.httpserver.maxReqTime", MOST_REQUEST_SECONDS);
    limit("sun.net.httpserver.maxRspTime", MOST_REPLY_SECONDS);
  }

  private static void limit(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }

  private static HttpServer listenSomewhere() throws IOException {
    try {
      return HttpServer.create(address(DaemonConfig.DEFAULT_PORT), 0);
    } catch (BindException e) {
      return HttpServer.create(address(0), 0); // Another page's daemon has it, or anybody.
    }
  }

  private static HttpServer listen(int port) throws IOException {
    try {
      return HttpServer.create(address(port), 0);
    } catch (BindException e) {
      throw new DaemonException(
          "port %d is taken by another program: give another with --port, or --port 0 for any"
              .formatted(port),
          e);
    }
  }

  private static InetSocketAddress address(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpReply reply;
      try {
        requireLoopback(exchange.getRequestHeaders());
        requireToken(exchange);
        reply = routes.answer(read(exchange));
      } catch (HttpFailure e) {
        if (!e.allow().isEmpty()) {
          exchange.getResponseHeaders().set("Allow", e.allow());
        }
        if (e.status() == UNAUTHORIZED) {
          exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
        }
        reply = HttpReply.failure(e.status(), String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        warnings.accept(
            "%s %s failed: %s".formatted(exchange.getRequestMethod(), exchange.getRequestURI(), e));
        reply = HttpReply.failure(500, "the daemon failed; its log says how");
      }
      send(exchange, reply);
    }
  }

  private static HttpRequest read(HttpExchange exchange) throws IOException, HttpFailure {
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      throw new HttpFailure(413, "the body is longer than %d bytes".formatted(MAX_BODY_BYTES));
    }
    URI uri = exchange.getRequestURI();
    String method = exchange.getRequestMethod();
    return new HttpRequest(
        method.equals("HEAD") ? "GET" : method, // The same without the body.
        uri.getPath(),
        Objects.requireNonNullElse(uri.getQuery(), ""),
        new String(body, StandardCharsets.UTF_8));
  }

  private static void requireLoopback(Headers headers) throws HttpFailure {
    String host = headers.getFirst("Host");
    if (host == null || !LOOPBACK.contains(host.replaceFirst(":\\d*$", ""))) {
      throw new HttpFailure(
          403, "this API answers at localhost alone, not at '%s'".formatted(host));
    }
    if (!isLoopbackOrigin(headers.getFirst("Origin"))) {
      throw new HttpFailure(403, "this API answers no other site's pages");
    }
  }

  private void requireToken(HttpExchange exchange) throws HttpFailure {
    String method = exchange.getRequestMethod();
    if (method.equals("GET") || method.equals("HEAD")) {
      return;
    }
    String shown = exchange.getRequestHeaders().getFirst("Authorization");
    if (shown == null
        || !MessageDigest.isEqual(
            shown.getBytes(StandardCharsets.UTF_8),
            authorization.getBytes(StandardCharsets.UTF_8))) {
      throw new HttpFailure(
          UNAUTHORIZED,
          "a change takes a header 'Authorization: Bearer TOKEN' with the token in "
              + token.file());
    }
  }

  private static boolean isLoopbackOrigin(@Nullable String origin) {
    return origin == null
        || LOOPBACK.contains(origin.replaceFirst("^http://", "").replaceFirst(":\\d*$", ""));
  }

  private static void send(HttpExchange exchange, HttpReply reply) throws IOException {
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", reply.contentType());
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(reply.status(), head ? -1 : body.length);
    if (!head) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close(); // Waits: no request may touch the page once its owner closes it.
  }
}
