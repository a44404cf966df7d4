package dev.overtake.control.daemon;

import dev.overtake.control.page.PolicyMode;
import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Policies;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.policy.Snapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The policies that can be chosen by name. HPF and NONE are the shims' own; every other is a {@link
 * Policy} that the daemon runs: those that come with Overtake, those of one's own, and highest
 * priority first once more, decided here instead of there, to compare the two. Immutable.
 */
public final class PolicyCatalog {
  /** Highest priority first, through the gates. */
  static final String HPF_BY_DAEMON = "HPF-DAEMON";

  /** What people can type, and the page has room for. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,31}");

  private static final Policy HPF = new HighestPriorityFirst();

  private final Policies policies;

  /** Those of one's own among them, as the daemon runs them, by name. */
  private final Map<String, Policy> prompt;

  /** A policy of one's own, with what it called itself, once: it is not asked for that again. */
  private record Named(String name, Policy policy) implements Policy {
    @Override
    public Decision schedule(Snapshot snapshot, long nowNanos) {
      return policy.schedule(snapshot, nowNanos);
    }
  }

  private PolicyCatalog(Policies policies, Map<String, Policy> prompt) {
    this.policies = policies;
    this.prompt = prompt;
  }

  /**
   * With those that come with Overtake, and those of one's own.
   *
   * @param jars of the latter, or folders of such; see {@link PolicyJars}
   * @param warnings one line for each that is left out: it cannot be read or made, or its name
   *     cannot be typed or is taken
   */
  public static PolicyCatalog installed(List<Path> jars, Consumer<String> warnings) {
    var byName = new LinkedHashMap<String, Policy>();
    Policies builtIn = Policies.installed(Policy.class.getClassLoader());
    builtIn.names().forEach(name -> byName.put(name, builtIn.find(name).orElseThrow()));
    var prompt = new HashMap<String, Policy>();
    for (Policy policy : PolicyJars.load(jars, warnings)) {
      String name = nameOf(policy, warnings);
      if (name == null) {
        continue;
      }
      var named = new Named(name, policy);
      if (isReserved(name) || byName.putIfAbsent(name, named) != null) {
        warnings.accept(
            "there is a policy %s already, so that %s is left out: give it another name"
                .formatted(name, policy.getClass().getName()));
        continue;
      }
      prompt.put(name, new PromptPolicy(named, PromptPolicy.PATIENCE_NANOS));
    }
    return new PolicyCatalog(Policies.of(List.copyOf(byName.values())), prompt);
  }

  /** With these. */
  static PolicyCatalog of(List<? extends Policy> policies) {
    return new PolicyCatalog(Policies.of(policies), Map.of());
  }

  /** Its name, or null after a warning. */
  private static @Nullable String nameOf(Policy policy, Consumer<String> warnings) {
    String said;
    try {
      @Nullable String name = policy.name();
      if (name != null && NAME.matcher(name).matches()) {
        return name;
      }
      said = "its name is '%s'".formatted(name);
    } catch (RuntimeException | Error e) { // Somebody else's: anything may happen.
      said = "asked for its name it failed (%s)".formatted(e.getClass().getName());
    }
    warnings.accept(
        "%s is left out, since %s: a name has 1 to 31 letters, digits, '-', '_' or '.'"
            .formatted(policy.getClass().getName(), said));
    return null;
  }

  private static boolean isReserved(String name) {
    return name.equals(HPF_BY_DAEMON) || modeWithoutDaemon(name).isPresent();
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
    return modeWithoutDaemon(name).or(() -> find(name).map(policy -> PolicyMode.DAEMON));
  }

  /**
   * The policy of this name as the daemon runs it, if there is one: one's own are {@linkplain
   * PromptPolicy waited for no longer than a while}. Always the same one.
   */
  Optional<Policy> find(String name) {
    return name.equals(HPF_BY_DAEMON)
        ? Optional.of(HPF)
        : Optional.ofNullable(prompt.get(name)).or(() -> policies.find(name));
  }

  /**
   * Those that decide in this JVM, by their own names, on the thread that asks and however long
   * they take: no clock has a say in what they decide.
   */
  public Policies policies() {
    return policies;
  }

  /** All names. */
  public List<String> names() {
    var names = new ArrayList<>(List.of("HPF", "NONE", HPF_BY_DAEMON));
    policies.names().stream().filter(name -> !isReserved(name)).forEach(names::add);
    return names;
  }
}
