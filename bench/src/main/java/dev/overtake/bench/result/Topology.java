package dev.overtake.bench.result;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which hardware queues the two sides submit to, or, of whole programs, how they are spread. */
public enum Topology {
  /** Both to one, first in first out: the default stream of one process. */
  @JsonProperty("shared")
  SHARED("shared"),
  /** Each to its own. */
  @JsonProperty("separate")
  SEPARATE("separate"),
  /** Two threads of one process, on the stream that each finds as current. */
  @JsonProperty("threads")
  THREADS("threads"),
  /** Two processes. */
  @JsonProperty("processes")
  PROCESSES("processes"),
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
