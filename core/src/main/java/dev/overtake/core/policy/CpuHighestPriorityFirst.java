package dev.overtake.core.policy;

/**
 * CHPF: {@linkplain HighestPriorityFirst HPF} with the priority that the process has on the CPU, so
 * that {@code nice} and {@code renice} are all that anybody has to know. The smaller the nice
 * value, the higher the priority; hints are ignored. As in XSched (OSDI'25, section 5.3, CPU HPF),
 * which reads the priority of the kernel's scheduler instead.
 *
 * <p>Invariant: no held queue belongs to a process whose nice value is at or below that of every
 * process with a ready queue on the device. Never leaves a device idle that has work. The queues of
 * a nice process can starve, by design.
 */
public final class CpuHighestPriorityFirst implements Policy {
  @Override
  public String name() {
    return "CHPF";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    return PriorityLevels.decide(this, snapshot, QueueStatus::device, queue -> -queue.nice());
  }
}
