package dev.overtake.control.page;

/**
 * What people, tools and the daemon do to queues that are not theirs: hints, suspension, gates, and
 * the choice of the policy. Thread-safe; a slot that was released meanwhile is written to in vain.
 */
public final class Controls {
  private final ControlPage page;
  private final Slots slots;

  /** On this page. */
  public Controls(ControlPage page) {
    this.page = page;
    this.slots = page.slots();
  }

  /** Changes what is said of the queue in the slot. */
  public void hint(int slot, QueueHints hints) {
    slots.hint(slot, hints);
    follow(slot);
    page.doorbell().ring();
  }

  /** Its owner launches nothing more, and it holds nobody. */
  public void suspend(int slot) {
    slots.suspended(slot, true);
    slots.closeGate(slot);
    follow(slot);
    page.doorbell().ring();
  }

  /** Undoes {@link #suspend}; a policy may hold it again at once. */
  public void resume(int slot) {
    slots.suspended(slot, false);
    slots.openGate(slot);
    follow(slot);
    page.doorbell().ring();
  }

  /** Closes the gate of a queue, or opens it unless somebody suspended the queue. */
  public void hold(int slot, boolean held) {
    if (held) {
      slots.closeGate(slot);
    } else if (!slots.suspended(slot)) {
      slots.openGate(slot);
      if (slots.suspended(slot)) {
        slots.closeGate(slot); // Suspended between the look and the opening.
      }
    }
  }

  /** Opens the gate of every queue that nobody suspended. */
  public void openGates() {
    for (SlotStatus queue : slots.status()) {
      if (queue.gateClosed()) {
        hold(queue.slot(), false);
      }
    }
  }

  /**
   * Changes who decides. A policy other than the daemon's finds all gates open.
   *
   * @param name of the policy, for people
   */
  public void policy(PolicyMode mode, String name) {
    if (mode != PolicyMode.DAEMON) {
      openGates();
    }
    page.daemon().policy(mode, name);
    page.floor().recomputeAll();
    page.doorbell().ring();
  }

  /** A policy that the daemon decides by ends with it, and HPF takes its place; others go on. */
  public void withoutDaemon() {
    if (page.daemon().policyMode() == PolicyMode.DAEMON) {
      policy(PolicyMode.HPF, PolicyMode.HPF.name());
    } else {
      openGates();
      page.doorbell().ring();
    }
  }

  private void follow(int slot) {
    int device = slots.device(slot);
    if (device >= 0 && device < PageLayout.DEVICES) {
      page.floor().recompute(device);
      page.floor().recomputeSpan(device);
    }
  }
}
