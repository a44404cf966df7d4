package dev.overtake.bench.harness;

/** Hears how far an experiment has come. Called by the experiment's thread. */
public interface Progress {
  /** Hears nothing. */
  Progress NONE =
      new Progress() {
        @Override
        public void begin(double totalSeconds) {}

        @Override
        public void at(double seconds, String doing) {}
      };

  /**
   * The experiment begins.
   *
   * @param totalSeconds how much measuring is ahead
   */
  void begin(double totalSeconds);

  /**
   * The experiment is under way.
   *
   * @param seconds of measuring that lie behind
   * @param doing what is being measured, in a few words
   */
  void at(double seconds, String doing);
}
