package dev.overtake.core.scheduler;

/** Decides nothing: the application suspends and resumes its queues itself. */
enum ApplicationManagedScheduler implements Scheduler {
  INSTANCE;

  @Override
  public void attach(Schedulable queue) {}

  @Override
  public void detach(Schedulable queue) {}

  @Override
  public void changed() {}
}
