package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.sim.trace.TraceReader;
import dev.overtake.sim.trace.TracedRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code overtake bench --trace} on the simulated driver, and what {@code overtake sim} makes of
 * it.
 */
class BenchTraceTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private void run(String typed) {
    int status =
        Main.commandLine(Map.of())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(typed.replace("FOLDER", folder.toString()).split(" "));
    assertThat(status).as(err::toString).isEqualTo(ExitStatus.OK);
  }

  private List<TracedRequest> requests() throws IOException {
    var requests = new ArrayList<TracedRequest>();
    try (TraceReader reader = TraceReader.open(folder.resolve("trace.jsonl"))) {
      for (TracedRequest each = reader.next(); each != null; each = reader.next()) {
        requests.add(each);
      }
    }
    return requests;
  }

  @Test
  void aTraceOfAGpuCanBeSimulated() throws IOException {
    run(
        "bench test4 --device cuda:0 --topology both --modes baseline,4:2 --edge 8 --rate 50"
            + " --rounds 2 --duration 400ms --out FOLDER --trace FOLDER/trace.jsonl");

    Map<String, List<TracedRequest>> sides =
        requests().stream().collect(Collectors.groupingBy(TracedRequest::client));
    assertThat(sides)
        .containsOnlyKeys(
            "high", "low", "high-shared", "low-shared", "high-separate", "low-separate");
    sides.forEach(
        (side, requests) ->
            assertThat(requests)
                .allSatisfy(
                    each ->
                        assertThat(each.commandNanos())
                            // The products of a chain, and at this size a command is a product.
                            .hasSize(side.startsWith("high") ? 4 : 16)
                            .allSatisfy(nanos -> assertThat(nanos).isPositive())));
    assertThat(sides.get("high")).hasSize(20);

    Files.writeString(
        folder.resolve("scenario.yaml"),
        """
        duration: 400ms
        devices: [{name: gpu, sharing: fifo}]
        clients:
          - name: serve
            load: {trace: trace.jsonl, client: high-shared}
            work: {trace: trace.jsonl, client: high-shared}
          - name: train
            load: loop
            work: {trace: trace.jsonl, client: low-shared}
        """);
    run("sim FOLDER/scenario.yaml");
    assertThat(out.toString()).contains("serve", "train");
  }
}
