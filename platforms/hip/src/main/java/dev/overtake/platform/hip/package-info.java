/**
 * AMD GPUs: the HIP runtime through Java's foreign-function interface, and on top of it the
 * hardware queues of levels 1 and 2. {@code Hip}, {@code Hiprtc} and {@code Hipblas} are the only
 * classes that know functions of a library, one each; above them are types. What a scheduler
 * decides is not known here.
 */
@NullMarked
package dev.overtake.platform.hip;

import org.jspecify.annotations.NullMarked;
