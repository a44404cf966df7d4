/**
 * NVIDIA GPUs: the CUDA driver through Java's foreign-function interface, and on top of it the
 * hardware queues of levels 1 and 2. {@code CudaDriver}, {@code Nvrtc}, {@code Cublas}, {@code
 * CublasLt} and {@code Aoti} are the only classes that know functions of a library of CUDA's or on
 * top of it, one each; above them are types. What a scheduler decides is not known here.
 */
@NullMarked
package dev.overtake.platform.cuda;

import org.jspecify.annotations.NullMarked;
