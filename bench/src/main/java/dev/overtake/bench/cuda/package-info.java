/**
 * What clients in this JVM compute on an NVIDIA GPU: matrix products by cuBLAS, and models that
 * PyTorch compiled.
 */
@NullMarked
package dev.overtake.bench.cuda;

import org.jspecify.annotations.NullMarked;
