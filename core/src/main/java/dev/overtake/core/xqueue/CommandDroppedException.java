package dev.overtake.core.xqueue;

/** A command was dropped before it was launched, by a resume or a close. */
public final class CommandDroppedException extends OvertakeException {
  CommandDroppedException(String queue) {
    super("the command was dropped from queue " + queue + " before it was launched", null);
  }
}
