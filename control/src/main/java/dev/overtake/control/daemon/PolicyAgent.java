package dev.overtake.control.daemon;

import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Controls;
import dev.overtake.control.page.Owner;
import dev.overtake.control.page.PolicyMode;
import dev.overtake.control.page.SlotStatus;
import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.policy.PolicyRun;
import dev.overtake.core.policy.QueueStatus;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides by the policy that the page names, and opens and closes gates. Where the shims decide, or
 * nobody, it sees to it that no gate stays closed. What the page says holds, whoever wrote it.
 *
 * <p>A policy that fails, or that nobody here knows, holds nobody.
 */
final class PolicyAgent implements Agent {
  /** How often it looks for gates that should be open. */
  static final long INTERVAL_NANOS = 100_000_000;

  private final ControlPage page;
  private final Controls controls;
  private final PolicyCatalog catalog;
  private final Consumer<String> warnings;
  private final Niceness niceness = new Niceness(Owner::nice);

  private long dueNanos = Long.MIN_VALUE;
  private int seenRings;
  private String unknown = ""; // The last name that was warned of.
  private @Nullable PolicyRun run;

  PolicyAgent(ControlPage page, PolicyCatalog catalog, Consumer<String> warnings) {
    this.page = page;
    this.controls = new Controls(page);
    this.catalog = catalog;
    this.warnings = warnings;
    this.seenRings = page.doorbell().rings() - 1;
  }

  @Override
  public int doWork(long nowNanos) {
    int rings = page.doorbell().rings(); // Before looking: a later ring is another step's.
    if (rings == seenRings && nowNanos < dueNanos) {
      return 0;
    }
    seenRings = rings;
    List<SlotStatus> queues = page.slots().status();
    if (page.daemon().policyMode() != PolicyMode.DAEMON) {
      dueNanos = nowNanos + INTERVAL_NANOS;
      run = null; // What a policy remembers is of the time in which it decided.
      return openAll(queues);
    }
    Decision decision = ask(page.daemon().policyName(), queues, nowNanos);
    // At least once an interval: a ring may be lost with the process that should have rung.
    dueNanos = Math.min(decision.wakeUpNanos(), nowNanos + INTERVAL_NANOS);
    int changed = apply(decision, queues);
    if (page.daemon().policyMode() != PolicyMode.DAEMON) {
      changed += openAll(page.slots().status()); // Somebody chose otherwise meanwhile.
    }
    return changed;
  }

  @Override
  public long dueNanos() {
    return dueNanos;
  }

  private Decision ask(String name, List<SlotStatus> queues, long nowNanos) {
    Policy policy = catalog.find(name).orElse(null);
    if (policy == null) {
      run = null;
      if (!name.equals(unknown)) {
        unknown = name;
        warnings.accept(
            "there is no policy %s here, so that every queue runs; choose one of %s"
                .formatted(name, catalog.names()));
      }
      return Decision.runAll();
    }
    unknown = "";
    if (run == null || !run.policy().equals(policy)) {
      run = new PolicyRun(policy, (failed, failure) -> warn(name, failure));
    }
    return run.decide(queues.stream().map(queue -> toPolicy(queue, nowNanos)).toList(), nowNanos);
  }

  private void warn(String name, Throwable failure) {
    warnings.accept(
        "policy %s failed, so that every queue runs until it decides again: %s"
            .formatted(name, failure));
  }

  /**
   * A suspended queue launches nothing, and a stuck one must not hold what it may be waiting for.
   */
  private QueueStatus toPolicy(SlotStatus queue, long nowNanos) {
    return new QueueStatus(
        queue.id(),
        queue.name(),
        Integer.toString(queue.device()),
        queue.owner().pid(),
        niceness.of(queue.owner(), nowNanos),
        queue.ready() && !queue.suspended() && !queue.stuck(),
        queue.readySinceNanos(),
        queue.hints());
  }

  private int apply(Decision decision, List<SlotStatus> queues) {
    int changed = 0;
    // Hold before releasing: what is released must not slip in front of what is about to be held.
    for (int i = 0; i < queues.size(); i++) {
      if (decision.isHeld(i) && !queues.get(i).gateClosed()) {
        controls.hold(queues.get(i).slot(), true);
        changed++;
      }
    }
    for (int i = 0; i < queues.size(); i++) {
      if (!decision.isHeld(i)) {
        changed += open(queues.get(i));
      }
    }
    return changed;
  }

  private int openAll(List<SlotStatus> queues) {
    return queues.stream().mapToInt(this::open).sum();
  }

  private int open(SlotStatus queue) {
    if (!queue.gateClosed() || queue.suspended()) {
      return 0;
    }
    controls.hold(queue.slot(), false);
    return 1;
  }
}
