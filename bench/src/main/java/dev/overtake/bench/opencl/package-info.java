/** Matrix products on an OpenCL device, computed by a kernel of the project's own. */
@NullMarked
package dev.overtake.bench.opencl;

import org.jspecify.annotations.NullMarked;
