/** Matrix products on an NVIDIA GPU, computed by cuBLAS. */
@NullMarked
package dev.overtake.bench.cuda;

import org.jspecify.annotations.NullMarked;
