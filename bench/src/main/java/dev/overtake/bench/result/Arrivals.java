package dev.overtake.bench.result;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the requests of the high side are spaced in time. */
public enum Arrivals {
  /** At equal distances. */
  @JsonProperty("periodic")
  PERIODIC,
  /** At exponentially distributed distances: independent clients. */
  @JsonProperty("poisson")
  POISSON
}
