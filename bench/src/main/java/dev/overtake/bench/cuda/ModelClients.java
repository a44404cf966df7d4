package dev.overtake.bench.cuda;

import dev.overtake.bench.harness.ClientDevice;
import dev.overtake.bench.harness.ClientTestbed;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.platform.cuda.CudaStream;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Both sides of a test, each with its model in a stream; their owner closes those.
 *
 * @param highStream may be the other's too
 */
record ModelClients(LoadedModel high, CudaStream highStream, LoadedModel low, CudaStream lowStream)
    implements ClientTestbed.Clients {
  @Override
  public ClientDevice open(PreemptionLevel level, int passesInFlight) {
    return new Device(this, level, passesInFlight);
  }

  /**
   * Without an XQueue, too, a model is launched by its thread, as PyTorch has got ready for that.
   * What was launched runs to its end, whoever gives up; it is some milliseconds.
   */
  private record Device(ModelClients clients, PreemptionLevel level, int passesInFlight)
      implements ClientDevice {
    @Override
    public Client high(@Nullable Consumer<long[]> times) {
      return client(clients.high, clients.highStream, times);
    }

    @Override
    public List<Client> low(@Nullable Consumer<long[]> times) {
      return List.of(client(clients.low, clients.lowStream, times));
    }

    private Client client(LoadedModel model, CudaStream stream, @Nullable Consumer<long[]> times) {
      HwQueue queue = model.thread().launching(stream.openQueue(level));
      return new Client(queue, model).timed(() -> new CudaStopwatch(stream.context()), times);
    }

    @Override
    public void giveUp() {}

    @Override
    public void close() {}
  }
}
