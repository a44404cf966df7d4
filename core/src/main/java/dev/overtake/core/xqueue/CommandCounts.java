package dev.overtake.core.xqueue;

/**
 * What became of the commands of one queue since it was opened; one consistent reading.
 *
 * @param submitted all that were accepted
 * @param launched of these, handed to the hardware
 * @param completed finished without an error
 * @param failed finished with an error, or lost with the device
 * @param dropped never launched and never will be
 */
public record CommandCounts(
    long submitted, long launched, long completed, long failed, long dropped) {
  /** Commands that have not finished, pending and in flight. */
  public long unfinished() {
    return submitted - completed - failed - dropped;
  }
}
