package dev.overtake.control.page;

/**
 * How somebody wants a queue's commands to be launched; the owner follows as far as its device can.
 *
 * @param level preemption level: 1 to 3, or 0 for the best that there is
 * @param threshold most commands in flight; 0: by time
 * @param batch commands from marker to marker; 0: by time
 * @param inFlightMicros most work in flight, in microseconds, where it goes by time
 * @param lingerMicros ready this long after the last command, or {@link PageLayout#LINGER_ADAPTIVE}
 */
public record Wishes(int level, int threshold, int batch, int inFlightMicros, int lingerMicros) {
  /** What a queue starts with unless its environment says otherwise. */
  public static final Wishes DEFAULT = new Wishes(0, 0, 0, 300, PageLayout.LINGER_ADAPTIVE);
}
