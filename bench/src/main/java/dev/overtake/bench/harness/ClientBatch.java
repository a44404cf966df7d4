package dev.overtake.bench.harness;

import java.util.List;

/** The low side as some closed-loop clients. */
final class ClientBatch implements BatchSide {
  private static final double NANOS_PER_SECOND = 1e9;

  private final List<ClosedLoopClient> clients;
  private final int commandsPerPass;

  private long startNanos;
  private long commandsBefore;

  ClientBatch(List<ClosedLoopClient> clients, int commandsPerPass) {
    this.clients = List.copyOf(clients);
    this.commandsPerPass = commandsPerPass;
  }

  @Override
  public void start() {
    clients.forEach(ClosedLoopClient::start);
  }

  @Override
  public void beginMeasuring() {
    commandsBefore = commands();
    startNanos = System.nanoTime();
  }

  @Override
  public Work measured() {
    double seconds = (System.nanoTime() - startNanos) / NANOS_PER_SECOND;
    return new Work((double) (commands() - commandsBefore) / commandsPerPass, seconds);
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

  private long commands() {
    return clients.stream().mapToLong(ClosedLoopClient::commands).sum();
  }
}
