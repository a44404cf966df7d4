package dev.overtake.bench.suite;

import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.harness.Sharing;
import dev.overtake.bench.model.ResNet;
import dev.overtake.bench.result.Topology;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The five tests of the first report. Of the first three it gives only the product and the number
 * of threads; here every thread is a client with a queue of its own, one of them with high
 * priority.
 */
public enum Suite {
  /** One client multiplies matrices: what an XQueue costs where there is nobody to overtake. */
  TEST1("one client, matrix products", 0),
  /** Sixteen clients multiply matrices, one of them with high priority. */
  TEST2("16 clients, matrix products", 15),
  /** Eight clients multiply matrices, one of them with high priority. */
  TEST3("8 clients, matrix products", 7),
  /** A short chain of products at a rate, beside a long chain of products twice the size. */
  TEST4("two chains of matrix products", 1),
  /** ResNet-18 at a rate, beside ResNet-50 in a loop: the one with real models. */
  TEST5("ResNet-18 beside ResNet-50", 1);

  private static final int HIGH_PRODUCTS = 4;
  private static final int LOW_PRODUCTS = 16;

  private final String title;
  private final int lowClients;

  Suite(String title, int lowClients) {
    this.title = title;
    this.lowClients = lowClients;
  }

  /** As it is typed. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What it runs, in a few words. */
  public String title() {
    return title;
  }

  /** How many batch clients run beside the latency-critical one. */
  public int lowClients() {
    return lowClients;
  }

  /** The topologies in which the two sides are compared unless others are asked for. */
  public List<Topology> topologies() {
    return this == TEST5 ? List.of(Topology.SHARED, Topology.SEPARATE) : List.of(Topology.SEPARATE);
  }

  /** The modes that are compared unless others are asked for. */
  public List<Mode> modes() {
    return List.of(
        Mode.baseline(),
        Mode.queues(4, 2, PreemptionLevel.L1),
        Mode.queues(1, 1, PreemptionLevel.L1),
        Mode.queues(16, 8, PreemptionLevel.L2));
  }

  /** Matrix products in a pass of the latency-critical side. */
  public int highProducts() {
    return HIGH_PRODUCTS;
  }

  /** Likewise of a batch client. */
  public int lowProducts() {
    return this == TEST4 ? LOW_PRODUCTS : HIGH_PRODUCTS;
  }

  ModelSource highSource(long seed) {
    return this == TEST5
        ? ModelSource.of(ResNet.RESNET_18, seed)
        : ModelSource.products(HIGH_PRODUCTS, seed);
  }

  /** Null where nothing runs beside the high side. */
  @Nullable ModelSource lowSource(long seed) {
    return switch (this) {
      case TEST1 -> null;
      case TEST2, TEST3, TEST4 -> ModelSource.products(lowProducts(), seed + 1);
      case TEST5 -> ModelSource.of(ResNet.RESNET_50, seed + 1);
    };
  }

  /** How much larger than the high side's the low side's model is. */
  public int lowSize(int highSize) {
    return this == TEST4 ? 2 * highSize : highSize;
  }

  /** What is measured: each side alone, then the modes in each topology. */
  public List<Sharing> sharings(Set<Topology> topologies, List<Mode> modes) {
    var sharings = new ArrayList<Sharing>();
    sharings.add(Sharing.HIGH_ALONE);
    if (lowClients == 0) {
      modes.stream()
          .filter(mode -> !mode.equals(Mode.baseline()))
          .map(Sharing::highOnly)
          .forEach(sharings::add);
      return sharings;
    }
    sharings.add(Sharing.LOW_ALONE);
    for (Topology topology : topologies) {
      modes.forEach(mode -> sharings.add(Sharing.both(topology, mode)));
    }
    return sharings;
  }

  /** How many passes a batch client submits ahead: matrix products are awaited one by one. */
  int passesInFlight(Profile profile) {
    return this == TEST5 ? profile.passesInFlight() : 1;
  }

  /** The labels of all suites, for messages. */
  public static String labels() {
    return Arrays.stream(values()).map(Suite::label).collect(Collectors.joining(", "));
  }
}
