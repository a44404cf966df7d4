/**
 * Accelerators with an OpenCL driver, found through the ICD loader: the API through Java's
 * foreign-function interface, and on top of it the hardware queues of levels 1 and 2. {@code
 * OpenCl} is the only class that knows a function of the library; above it are types. What a
 * scheduler decides is not known here.
 */
@NullMarked
package dev.overtake.platform.opencl;

import org.jspecify.annotations.NullMarked;
