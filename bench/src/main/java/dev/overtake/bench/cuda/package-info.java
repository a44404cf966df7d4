/**
 * Matrix products on an NVIDIA GPU as the two sides of a test: the clients are threads of this JVM,
 * with XQueues or without. Their products are computed by cuBLAS.
 */
@NullMarked
package dev.overtake.bench.cuda;

import org.jspecify.annotations.NullMarked;
