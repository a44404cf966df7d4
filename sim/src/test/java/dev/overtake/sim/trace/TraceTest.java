package dev.overtake.sim.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TraceTest {
  private static final String HEADER = "{\"overtakeTrace\": 1, \"origin\": \"test\"}\n";

  @TempDir Path folder;

  @Property(tries = 50)
  void whatIsWrittenIsRead(@ForAll("traces") List<TracedRequest> requests) throws IOException {
    Path file = Files.createTempFile("trace", ".jsonl");
    try {
      try (TraceWriter writer = TraceWriter.create(file, "some \"origin\"\n")) {
        for (TracedRequest request : requests) {
          writer.write(request);
        }
      }
      assertThat(read(file)).isEqualTo(requests);
      assertThat(Files.readAllLines(file)).hasSize(1 + requests.size());
    } finally {
      Files.delete(file);
    }
  }

  @Provide
  Arbitrary<List<TracedRequest>> traces() {
    Arbitrary<String> names = Arbitraries.of("high", "low", "with \"quotes\" and \u00fc\n");
    Arbitrary<List<Long>> commands =
        Arbitraries.longs().between(0, TracedRequest.MOST_NANOS).list().ofMaxSize(5);
    return Combinators.combine(names, commands)
        .as((name, nanos) -> new TracedRequest(name, 0, nanos))
        .list()
        .ofMaxSize(30)
        .map(TraceTest::inOrder);
  }

  private static List<TracedRequest> inOrder(List<TracedRequest> requests) {
    var ordered = new ArrayList<TracedRequest>();
    for (TracedRequest each : requests) {
      ordered.add(
          new TracedRequest(each.client(), 1_000L * (ordered.size() / 3), each.commandNanos()));
    }
    return ordered;
  }

  private static List<TracedRequest> read(Path file) throws IOException {
    var requests = new ArrayList<TracedRequest>();
    try (TraceReader reader = TraceReader.open(file)) {
      for (TracedRequest next = reader.next(); next != null; next = reader.next()) {
        requests.add(next);
      }
    }
    return requests;
  }

  @Test
  void commandsMayBeUnknownAndLinesEmpty() throws IOException {
    Path file = file(HEADER + "\n{\"client\": \"a\", \"dueNanos\": 3}\n\n");
    assertThat(read(file)).containsExactly(new TracedRequest("a", 3, List.of()));
  }

  @Test
  void requestsOfOneClientAreFound() throws IOException {
    Path file =
        file(
            HEADER
                + "{\"client\": \"a\", \"dueNanos\": 9, \"commandNanos\": [1]}\n"
                + "{\"client\": \"b\", \"dueNanos\": 3, \"commandNanos\": []}\n");
    assertThat(TraceReader.requestsOf(file, "b"))
        .containsExactly(new TracedRequest("b", 3, List.of()));
    assertThat(TraceReader.requestsOf(file, "c")).isEmpty();
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        arguments("", ":1: not a trace: the first line must be {\"overtakeTrace\": 1"),
        arguments("[]\n", ":1: not a JSON object: give one a line"),
        arguments("{}\n", ":1: not a trace"),
        arguments("{\"overtakeTrace\": 2}\n", ":1: a trace of version 2: this version of overtake"),
        arguments(HEADER + "{\n", ":2: not JSON: give one object a line"),
        arguments(HEADER + "{\"dueNanos\": 1}\n", ":2: client is missing: give a name"),
        arguments(HEADER + "{\"client\": 4, \"dueNanos\": 1}\n", ":2: client is 4: give a name"),
        arguments(HEADER + "{\"client\": \" \", \"dueNanos\": 1}\n", ":2: the client has no name"),
        arguments(HEADER + "{\"client\": \"a\"}\n", ":2: dueNanos is missing: give whole nanos"),
        arguments(
            HEADER + "{\"client\": \"a\", \"dueNanos\": 1.5}\n", ":2: dueNanos is 1.5: give whole"),
        arguments(
            HEADER + "{\"client\": \"a\", \"dueNanos\": -1}\n", ":2: dueNanos is -1: give 0 to"),
        arguments(
            HEADER + "{\"client\": \"a\", \"dueNanos\": 99999999999999999999}\n",
            ":2: dueNanos is 99999999999999999999: give whole"),
        arguments(
            HEADER + "{\"client\": \"a\", \"dueNanos\": 1, \"commandNanos\": [1000000000000001]}",
            ":2: a command of 1000000000000001 ns is not possible: give 0 to 1000000000000000"),
        arguments(
            HEADER + "{\"client\": \"a\", \"dueNanos\": 1, \"commandNanos\": [-2]}\n",
            ":2: a command of -2 ns is not possible"),
        arguments(
            HEADER + "{\"client\": \"a\", \"dueNanos\": 1, \"commandNanos\": 2}\n",
            ":2: commandNanos is 2: give a list of times"),
        arguments(
            HEADER + "{\"client\": \"a\", \"dueNanos\": 1, \"due\": 2}\n",
            ":2: a request has no field 'due': give client, dueNanos, commandNanos"),
        arguments(
            HEADER + "\n{\"client\": \"a\", \"dueNanos\": 2}\n{\"client\": \"a\", \"dueNanos\": 1}",
            ":4: dueNanos is 1, before the last request of client a at 2"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakeIsToldInOneLineWithItsPlace(String text, String message) throws IOException {
    Path file = file(text);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(TraceException.class)
        .message()
        .startsWith(file + message)
        .hasLineCount(1);
  }

  @Test
  void whatIsNotTextIsTold() throws IOException {
    Path file = folder.resolve("t.jsonl");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThatThrownBy(() -> read(file)).hasMessage(file + ":1: not UTF-8 text");
  }

  @Test
  void missingFileIsTold() {
    Path file = folder.resolve("gone.jsonl");
    assertThatThrownBy(() -> read(file)).hasMessage(file + ": there is no such file");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("t.jsonl"), text);
  }
}
