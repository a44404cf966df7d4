package dev.overtake.bench.result;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which hardware queues the two sides submit to. */
public enum Topology {
  /** Both to one, first in first out: the default stream of one process. */
  @JsonProperty("shared")
  SHARED("shared"),
  /** Each to its own. */
  @JsonProperty("separate")
  SEPARATE("separate"),
  /** Only one side runs. */
  @JsonProperty("none")
  NONE("none");

  private final String label;

  Topology(String label) {
    this.label = label;
  }

  /** The word for it in tables and in JSON. */
  public String label() {
    return label;
  }
}
