package dev.overtake.bench.pytorch;

/** One of the two sides of a test. */
enum Side {
  HIGH("high"),
  LOW("low");

  private final String label;

  Side(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
