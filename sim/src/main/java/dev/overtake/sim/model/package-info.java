/**
 * What is simulated: machines with their devices, the clients that use them, and how long. Values
 * alone, checked when they are made; nothing here draws a number or knows what time it is. All
 * times are virtual nanoseconds from the beginning of the simulation.
 */
@NullMarked
package dev.overtake.sim.model;

import org.jspecify.annotations.NullMarked;
