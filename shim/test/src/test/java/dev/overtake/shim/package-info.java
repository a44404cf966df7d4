/**
 * The shim at work: real processes under it, on a simulated CUDA driver ({@code
 * shim/test/simcuda}). What ran when is judged by the driver's trace, and what the shim thinks of
 * it by the control page; no test depends on how fast the machine is.
 */
@NullMarked
package dev.overtake.shim;

import org.jspecify.annotations.NullMarked;
