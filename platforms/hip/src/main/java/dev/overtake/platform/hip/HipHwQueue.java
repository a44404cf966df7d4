package dev.overtake.platform.hip;

import dev.overtake.driver.StreamQueue;

/**
 * One XQueue's way into a stream. Markers are events and, at level 2, words that the device writes:
 * there it waits for the queue's gate before every command.
 *
 * <p>While a queue is suspended at level 2, calls of the runtime that wait for the whole device do
 * not return: hipDeviceSynchronize, hipFree, hipModuleLoadData, the first launch of a kernel that
 * is loaded when it is first used. What a latency-critical side needs is to be loaded and run once
 * before.
 *
 * <p>The runtime sends all streams of a device over a few hardware queues (GPU_MAX_HW_QUEUES, which
 * is set to 32 unless it is set), and a stream that stands at its gate blocks others on the same
 * one. So all but two of them is how many queues of a device reach level 2 at a time; further ones
 * reach level 1. A program that has more streams than hardware queues may still see one of them
 * wait for a suspended queue. That is how the runtime's source has it; it has not been measured.
 *
 * <p>On a stream that somebody else made the runtime is asked nothing before the queue has its
 * XQueue.
 */
public final class HipHwQueue extends StreamQueue {
  HipHwQueue(HipStream stream, boolean gated) {
    super(new HipPort(stream), gated);
    if (gated) {
      prepare();
    }
  }

  @Override
  public Class<HipCommand> commandType() {
    return HipCommand.class;
  }
}
