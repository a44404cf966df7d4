/**
 * Matrix products on an accelerator as the two sides of a test: the clients are threads of this
 * JVM, with XQueues or without. What multiplies is not known here: that is a {@code ProductDevice}.
 */
@NullMarked
package dev.overtake.bench.products;

import org.jspecify.annotations.NullMarked;
