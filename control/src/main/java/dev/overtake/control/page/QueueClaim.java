package dev.overtake.control.page;

/**
 * What is said of a queue when its slot is claimed.
 *
 * @param owner whose it is
 * @param device index of the device
 * @param scope what it covers
 * @param key a thread's tid, a stream's handle, or 0
 * @param name for people
 * @param priority {@link PageLayout#MIN_PRIORITY} to {@link PageLayout#MAX_PRIORITY}
 */
public record QueueClaim(
    Owner owner, int device, Scope scope, long key, String name, int priority) {}
