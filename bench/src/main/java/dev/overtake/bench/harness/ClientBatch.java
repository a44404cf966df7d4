package dev.overtake.bench.harness;

import java.util.List;

/** The low side as some closed-loop clients. */
final class ClientBatch implements BatchSide {
  private final List<ClosedLoopClient> clients;
  private final WorkMeter meter;

  /**
   * @param meter what all of them tell of the commands that have run
   */
  ClientBatch(List<ClosedLoopClient> clients, WorkMeter meter) {
    this.clients = List.copyOf(clients);
    this.meter = meter;
  }

  @Override
  public void start() {
    clients.forEach(ClosedLoopClient::start);
  }

  @Override
  public void beginMeasuring() {
    meter.begin();
  }

  @Override
  public Work measured() {
    return meter.end();
  }

  @Override
  public boolean hasFailed() {
    return clients.stream().anyMatch(ClosedLoopClient::hasFailed);
  }

  @Override
  public void expectEnd() {
    clients.forEach(ClosedLoopClient::expectEnd);
  }

  @Override
  public void join() throws InterruptedException {
    for (ClosedLoopClient client : clients) {
      client.join();
    }
  }

  @Override
  public void end() throws InterruptedException {
    join();
    for (ClosedLoopClient client : clients) {
      client.end();
    }
  }
}
