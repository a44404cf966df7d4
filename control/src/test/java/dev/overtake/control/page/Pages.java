package dev.overtake.control.page;

/** Queues and devices as tests put them on a page. */
public final class Pages {
  private Pages() {}

  /** A device of which nothing matters. */
  public static int device(ControlPage page) throws PageException {
    return device(page, "0000:3b:00.0");
  }

  public static int device(ControlPage page, String pciBusId) throws PageException {
    return page.devices().findOrAdd(pciBusId, new byte[16], "Test device");
  }

  /** An idle queue of this process. */
  public static int queue(ControlPage page, int device, int priority) throws PageException {
    return queue(page, Owner.self(), device, "queue", priority);
  }

  public static int queue(ControlPage page, Owner owner, int device, String name, int priority)
      throws PageException {
    return new Claims(page).claim(new QueueClaim(owner, device, Scope.PROCESS, 0, name, priority));
  }
}
