package dev.overtake.control.daemon;

/**
 * A request, as far as it matters here.
 *
 * @param query what follows the question mark, decoded; empty if nothing does
 */
record HttpRequest(String method, String path, String query, String body) {}
