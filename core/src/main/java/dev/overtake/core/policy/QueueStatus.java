package dev.overtake.core.policy;

/**
 * One queue as a policy sees it.
 *
 * @param name for people; need not be unique
 * @param device the XPU that the queue's commands run on; queues compete only within a device
 * @param ready whether the queue has unfinished commands, and its owner lets them run
 * @param hints what its owner said of it
 */
public record QueueStatus(String name, String device, boolean ready, Hints hints) {}
