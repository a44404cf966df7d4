package dev.overtake.control.daemon;

import dev.overtake.control.page.PolicyMode;
import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * The policies that can be chosen by name. HPF and NONE are the shims' own; every other is a {@link
 * Policy} that the daemon runs: those that {@link ServiceLoader} finds, and highest priority first
 * once more, decided here instead of there, to compare the two. Immutable.
 */
final class PolicyCatalog {
  /** Highest priority first, through the gates. */
  static final String HPF_BY_DAEMON = "HPF-DAEMON";

  private final Map<String, Policy> run = new TreeMap<>();

  private PolicyCatalog(Iterable<Policy> policies) {
    run.put(HPF_BY_DAEMON, new HighestPriorityFirst());
    for (Policy policy : policies) {
      if (modeWithoutDaemon(policy.name()).isEmpty()) {
        run.putIfAbsent(policy.name(), policy);
      }
    }
  }

  /** With those that are on the class path. */
  static PolicyCatalog installed() {
    return new PolicyCatalog(ServiceLoader.load(Policy.class));
  }

  /** With these. */
  static PolicyCatalog of(Collection<? extends Policy> policies) {
    return new PolicyCatalog(List.copyOf(policies));
  }

  /** The mode of a policy that needs no daemon. */
  private static Optional<PolicyMode> modeWithoutDaemon(String name) {
    return switch (name) {
      case "HPF" -> Optional.of(PolicyMode.HPF);
      case "NONE" -> Optional.of(PolicyMode.NONE);
      default -> Optional.empty();
    };
  }

  /** The mode in which a policy of this name is decided, if there is one. */
  Optional<PolicyMode> mode(String name) {
    return modeWithoutDaemon(name)
        .or(() -> run.containsKey(name) ? Optional.of(PolicyMode.DAEMON) : Optional.empty());
  }

  /** The policy of this name that the daemon runs, if there is one. */
  Optional<Policy> find(String name) {
    return Optional.ofNullable(run.get(name));
  }

  /** All names. */
  List<String> names() {
    var names = new ArrayList<>(List.of("HPF", "NONE"));
    names.addAll(run.keySet());
    return names;
  }
}
