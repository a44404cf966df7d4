package dev.overtake.control.status;

import dev.overtake.control.page.PageLayout;
import dev.overtake.control.page.SlotStatus;
import dev.overtake.control.page.Wishes;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One queue.
 *
 * @param slot what commands know it by
 * @param pid of its process
 * @param scope {@code process}, {@code thread} or {@code stream}
 * @param key a thread's tid, a stream's handle, or 0
 * @param device index of the device
 * @param priority larger is more urgent
 * @param hints what else the policy is told
 * @param state {@code suspended} by somebody, {@code held} at the gate, {@code ready} (commands
 *     unfinished), or {@code idle}
 * @param level preemption level in effect
 * @param threshold launch config in effect, in commands
 * @param batch the same
 * @param levelWanted 0 is the best that there is
 * @param inFlightMicros launch config by time; null: it goes by commands
 * @param lingerMicros null: adaptive
 * @param inFlight commands, roughly
 * @param stuck whether it holds nobody at present, because it makes no progress
 * @param usage over the last seconds; null where no daemon counts
 */
public record QueueReport(
    int slot,
    int pid,
    String name,
    String scope,
    long key,
    int device,
    int priority,
    HintsReport hints,
    String state,
    int level,
    int threshold,
    int batch,
    int levelWanted,
    @Nullable Integer inFlightMicros,
    @Nullable Integer lingerMicros,
    long submitted,
    long completed,
    int inFlight,
    long readyNanos,
    long heldNanos,
    boolean stuck,
    long escapes,
    @Nullable Usage usage) {

  static QueueReport of(SlotStatus queue, long nowNanos, @Nullable Usage usage) {
    Wishes wishes = queue.wishes();
    return new QueueReport(
        queue.slot(),
        queue.owner().pid(),
        queue.name(),
        queue.scope().name().toLowerCase(Locale.ROOT),
        queue.key(),
        queue.device(),
        queue.priority(),
        HintsReport.of(queue.hints()),
        state(queue),
        queue.level(),
        queue.threshold(),
        queue.batch(),
        wishes.level(),
        wishes.threshold() == 0 ? wishes.inFlightMicros() : null,
        wishes.lingerMicros() == PageLayout.LINGER_ADAPTIVE ? null : wishes.lingerMicros(),
        queue.submitted(),
        queue.completed(),
        queue.inFlight(),
        queue.readyNanos(nowNanos),
        queue.heldNanos(),
        queue.stuck(),
        queue.escapes(),
        usage);
  }

  private static String state(SlotStatus queue) {
    if (queue.suspended()) {
      return "suspended";
    }
    if (queue.held()) {
      return "held";
    }
    return queue.ready() ? "ready" : "idle";
  }
}
