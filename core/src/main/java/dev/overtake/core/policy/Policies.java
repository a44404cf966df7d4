package dev.overtake.core.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * The policies that can be chosen by name: those that come with this library, and those of one's
 * own that {@link ServiceLoader} finds. Immutable.
 */
public final class Policies {
  private final Map<String, Policy> byName = new TreeMap<>();

  private Policies(Iterable<? extends Policy> policies) {
    for (Policy policy : policies) {
      Policy other = byName.putIfAbsent(policy.name(), policy);
      if (other != null) {
        throw new IllegalArgumentException(
            "two policies are named %s: %s and %s"
                .formatted(policy.name(), other.getClass().getName(), policy.getClass().getName()));
      }
    }
  }

  /**
   * Those that this class loader sees.
   *
   * @throws ServiceConfigurationError if one is named that cannot be made
   * @throws IllegalArgumentException if two have the same name
   */
  public static Policies installed(ClassLoader loader) {
    return new Policies(ServiceLoader.load(Policy.class, loader));
  }

  /**
   * These, and no others.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  public static Policies of(List<? extends Policy> policies) {
    return new Policies(policies);
  }

  /** The policy of this name, if there is one. */
  public Optional<Policy> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** The names, sorted. */
  public List<String> names() {
    return new ArrayList<>(byName.keySet());
  }
}
