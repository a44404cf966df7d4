package dev.overtake.platform.cuda;

import dev.overtake.driver.StreamQueue;

/**
 * One XQueue's way into a stream. Markers are events; at level 2 the device writes words, and waits
 * for the queue's gate before every command.
 *
 * <p>While a queue is suspended at level 2, calls of the driver that wait for the whole device do
 * not return: cuCtxSynchronize, cuMemFree, cuModuleLoadData, {@link CudaModule#kernel}, which loads
 * the kernel, and the first launch of one that a library loads when it is first used. What a
 * latency-critical side needs is to be loaded and run once before.
 *
 * <p>The driver sends all streams of a context over a few connections, 32 at most
 * (CUDA_DEVICE_MAX_CONNECTIONS, which is set to that unless it is set), and a stream that stands at
 * its gate may block another on the same one. So all but two of them is how many queues of a
 * context reach level 2 at a time; further ones reach level 1. A program that has more streams in
 * the context than connections may still see one of them wait for a suspended queue: on an H100 a
 * free stream ran beside 31 at their gates, and stood beside 32.
 *
 * <p>On a stream that somebody else made the driver is asked nothing before the first command.
 */
public final class CudaHwQueue extends StreamQueue {
  CudaHwQueue(CudaStream stream, boolean gated) {
    super(new CudaPort(stream), gated);
    if (stream.isOwned()) {
      prepare();
    }
  }

  @Override
  public Class<CudaCommand> commandType() {
    return CudaCommand.class;
  }
}
