package dev.overtake.microbench;

import dev.overtake.core.policy.Policies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.Statistics;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Runs benchmarks, writes their results as JSON, and prints a table. */
public final class Microbench {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private Microbench() {}

  /**
   * Writes {@code microbench.json}, and {@code l1-overhead.json} unless single benchmarks are
   * named.
   *
   * @param args the folder for the results, then JMH's own options
   */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]));
    Path results = folder.resolve("microbench.json");
    var jmhArgs = List.of(args).subList(1, args.length).toArray(String[]::new);
    var commandLine = new CommandLineOptions(jmhArgs);
    List<String> policies = Policies.installed(Microbench.class.getClassLoader()).names();
    var options =
        new OptionsBuilder()
            .parent(commandLine)
            .param(
                "policy",
                commandLine.getParameter("policy").orElse(policies).toArray(String[]::new))
            .addProfiler(GCProfiler.class)
            .resultFormat(ResultFormatType.JSON)
            .result(results.toString())
            // JMH's own counters still use what JDK 25 warns of.
            .jvmArgsAppend("--sun-misc-unsafe-memory-access=allow")
            .build();
    Collection<RunResult> runs = new Runner(options).run();
    withoutPaths(results);

    print(runs);
    if (commandLine.getIncludes().isEmpty()) {
      System.out.println("\nOverhead of L1 on commands of 0.5 ms, some 30 seconds ...");
      L1Overhead.Report overhead = L1Overhead.measure();
      JSON.writeValue(folder.resolve("l1-overhead.json"), overhead);
      print(overhead);
    }
  }

  /** Takes out where this machine keeps its JDK, and the single samples, which are many. */
  private static void withoutPaths(Path results) {
    JsonNode runs = JSON.readTree(results);
    for (JsonNode run : runs) {
      ((ObjectNode) run).remove("jvm");
      ((ObjectNode) run.get("primaryMetric")).remove("rawDataHistogram");
    }
    JSON.writeValue(results, runs);
  }

  private static void print(Collection<RunResult> runs) {
    System.out.printf("%n%-58s %14s %14s %14s %8s%n", "", "median", "low", "high", "B/op");
    for (RunResult run : runs) {
      Result<?> shown = shown(run);
      Statistics statistics = shown.getStatistics();
      boolean sampled = run.getParams().getMode() == Mode.SampleTime;
      System.out.printf(
          "%-58s %,14.0f %,14.0f %,14.0f %8.1f  %s%n",
          name(run.getParams()),
          statistics.getPercentile(50),
          statistics.getPercentile(sampled ? 1 : 0),
          statistics.getPercentile(sampled ? 99 : 100),
          allocatedBytes(run),
          shown.getScoreUnit());
    }
    System.out.println("low and high: of sampled times the 1st and 99th percentile of the calls,");
    System.out.println("of throughputs the slowest and the fastest iteration");
  }

  /** What a benchmark counts itself says more than how often it ran. */
  private static Result<?> shown(RunResult run) {
    Result<?> events = run.getSecondaryResults().get("events");
    return events == null ? run.getPrimaryResult() : events;
  }

  /** Per operation; not a number if the profiler saw nothing. */
  private static double allocatedBytes(RunResult run) {
    Result<?> allocated = run.getSecondaryResults().get("gc.alloc.rate.norm");
    return allocated == null ? Double.NaN : allocated.getScore();
  }

  private static String name(BenchmarkParams params) {
    String benchmark = params.getBenchmark();
    var name =
        new StringBuilder(
            benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1));
    for (String key : params.getParamsKeys()) {
      name.append(' ').append(params.getParam(key));
    }
    return name.toString();
  }

  private static void print(L1Overhead.Report report) {
    System.out.printf(
        "%n%-20s %10s %9s %17s %9s %9s %9s%n",
        "", "stream ms", "overhead", "95 %", "fastest", "gap us", "overhead");
    for (L1Overhead.Way way : report.ways()) {
      System.out.printf(
          "%-20s %10.3f %8.2f%% %7.2f to %5.2f%% %8.2f%% %9.2f %8.2f%%%n",
          way.name(),
          way.medianStreamMillis(),
          way.overheadPercent(),
          way.overheadLowPercent(),
          way.overheadHighPercent(),
          way.fastestOverheadPercent(),
          way.medianGapMicros(),
          way.gapOverheadPercent());
    }
  }
}
