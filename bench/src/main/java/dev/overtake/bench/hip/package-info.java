/** Matrix products on an AMD GPU, computed by hipBLAS. */
@NullMarked
package dev.overtake.bench.hip;

import org.jspecify.annotations.NullMarked;
