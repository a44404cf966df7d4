/**
 * Scenarios as people write them: YAML, with units, read into the {@link dev.overtake.sim.model
 * model}. Every mistake is told in one line that says where it is and what may stand there. The
 * format is described in docs/simulator.md.
 */
@NullMarked
package dev.overtake.sim.scenario;

import org.jspecify.annotations.NullMarked;
