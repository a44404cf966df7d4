/**
 * A scenario under several policies, and each of its clients alone: what it takes to say what a
 * policy does to whom. Nothing here prints, or knows of files.
 */
@NullMarked
package dev.overtake.sim.comparison;

import org.jspecify.annotations.NullMarked;
