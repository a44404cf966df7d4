package dev.overtake.bench.harness;

import java.util.List;

/** The low side on the host device: some closed-loop clients. */
final class HostBatch implements BatchSide {
  private static final double NANOS_PER_SECOND = 1e9;

  private final List<ClosedLoopClient> clients;
  private final int segmentsPerPass;

  private long startNanos;
  private long segmentsBefore;

  HostBatch(List<ClosedLoopClient> clients, int segmentsPerPass) {
    this.clients = List.copyOf(clients);
    this.segmentsPerPass = segmentsPerPass;
  }

  @Override
  public void start() {
    clients.forEach(ClosedLoopClient::start);
  }

  @Override
  public void beginMeasuring() {
    segmentsBefore = segments();
    startNanos = System.nanoTime();
  }

  @Override
  public Work measured() {
    double seconds = (System.nanoTime() - startNanos) / NANOS_PER_SECOND;
    return new Work((double) (segments() - segmentsBefore) / segmentsPerPass, seconds);
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

  private long segments() {
    return clients.stream().mapToLong(ClosedLoopClient::segments).sum();
  }
}
