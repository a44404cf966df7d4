package dev.overtake.control.page;

/**
 * How queues come to have a slot, become ready and idle, and give it up: what their owners do, and
 * anybody in the place of an owner that is dead. Thread-safe.
 */
public final class Claims {
  private final Slots slots;
  private final Floor floor;
  private final Doorbell doorbell;

  /** On this page. */
  public Claims(ControlPage page) {
    slots = page.slots();
    floor = page.floor();
    doorbell = page.doorbell();
  }

  /**
   * Claims a slot; the queue is idle and its gate open.
   *
   * @return its index
   * @throws PageException if all slots are taken
   */
  public int claim(QueueClaim claim) throws PageException {
    for (int slot = 0; slot < PageLayout.SLOTS; slot++) {
      if (slots.compareAndSetClaim(slot, PageLayout.CLAIM_FREE, PageLayout.CLAIM_WRITING)) {
        slots.fill(slot, claim);
        slots.claim(slot, PageLayout.CLAIM_LIVE);
        slots.activate(slot);
        follow(claim.device());
        return slot;
      }
    }
    throw new PageException(
        "all %d slots of the control page are taken: end programs that are scheduled"
            .formatted(PageLayout.SLOTS));
  }

  /** The owner gives the slot up. */
  public void release(int slot) {
    int device = slots.device(slot);
    slots.stop(slot);
    slots.deactivate(slot);
    slots.claim(slot, PageLayout.CLAIM_FREE);
    follow(device);
  }

  /** The owner has commands to run. */
  public void ready(int slot, long nowNanos) {
    slots.ready(slot, nowNanos);
    floor.recompute(slots.device(slot));
    doorbell.ring();
  }

  /** The owner's commands are all done. */
  public void idle(int slot, long nowNanos) {
    slots.idle(slot, nowNanos);
    floor.recompute(slots.device(slot));
    doorbell.ring();
  }

  /**
   * Releases the slot of a dead owner. Several may try at once: one does it.
   *
   * @param owner found dead
   * @return whether this call did it
   */
  public boolean reap(int slot, Owner owner) {
    if (!slots.owner(slot).equals(owner)
        || !slots.compareAndSetClaim(slot, PageLayout.CLAIM_LIVE, PageLayout.CLAIM_WRITING)) {
      return false;
    }
    if (!slots.owner(slot).equals(owner)) {
      // Another reaped it, and a new owner claimed it, between the look and the compare-and-set.
      slots.claim(slot, PageLayout.CLAIM_LIVE);
      floor.recompute(slots.device(slot));
      return false;
    }
    release(slot);
    return true;
  }

  /** Frees a slot whose claim or release was begun by somebody who died over it. */
  public void abandon(int slot) {
    int device = slots.device(slot);
    slots.stop(slot);
    slots.deactivate(slot);
    if (slots.compareAndSetClaim(slot, PageLayout.CLAIM_WRITING, PageLayout.CLAIM_FREE)) {
      follow(device);
    }
  }

  private void follow(int device) {
    if (device >= 0 && device < PageLayout.DEVICES) {
      floor.recompute(device);
      floor.recomputeSpan(device);
    }
    doorbell.ring();
  }
}
