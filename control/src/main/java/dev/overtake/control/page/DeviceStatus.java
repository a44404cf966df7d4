package dev.overtake.control.page;

/**
 * A device at one moment.
 *
 * @param index in the page
 * @param name "NVIDIA H200"
 * @param pciBusId "0000:3b:00.0"
 * @param uuid 32 hexadecimal digits
 * @param floor the lowest priority that may run on it now; {@link PageLayout#MIN_PRIORITY} is open
 * @param top the highest priority of its queues, ready or not
 * @param bottom the lowest
 * @param escaping ready queues that hold nobody now, because they make no progress
 * @param escapes how often that happened
 * @param interruptions how often what ran on it was interrupted
 */
public record DeviceStatus(
    int index,
    String name,
    String pciBusId,
    String uuid,
    int floor,
    int top,
    int bottom,
    int escaping,
    long escapes,
    long interruptions) {}
