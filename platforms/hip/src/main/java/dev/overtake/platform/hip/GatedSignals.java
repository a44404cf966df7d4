package dev.overtake.platform.hip;

import dev.overtake.driver.SignalProgress;

/** Signals whose operations are a call each (hipStreamWriteValue32, hipStreamWaitValue32). */
final class GatedSignals extends SignalProgress {
  private final SignalPool pool;
  private final SignalPool.Slot slot;
  private final HipStream stream;

  /**
   * @param slot its pool has it again when this is closed
   * @param placed behind which place it starts
   */
  GatedSignals(SignalPool pool, SignalPool.Slot slot, HipStream stream, long placed) {
    super(slot.progress(), slot.gate(), placed);
    this.pool = pool;
    this.slot = slot;
    this.stream = stream;
  }

  @Override
  protected void put(int reached) {
    HipDevice device = stream.device();
    int before = device.enter();
    try {
      Hip.requireNoCapture(stream.handle());
      Hip.writeValue(stream.handle(), slot.progressAddress(), reached);
      Hip.waitValue(stream.handle(), slot.gateAddress(), OPEN);
      Hip.writeValue(stream.handle(), slot.progressAddress(), reached + 1);
    } finally {
      device.leave(before);
    }
  }

  SignalPool.Slot slot() {
    return slot;
  }

  @Override
  public void close() {
    pool.giveBack(this);
  }
}
