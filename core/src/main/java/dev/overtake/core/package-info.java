/** x. */
@NullMarked
package dev.overtake.core;

import org.jspecify.annotations.NullMarked;
