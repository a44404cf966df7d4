/**
 * What threads that meet in a queue or a scheduler may see. Each class is a jcstress test of one
 * encounter; its comment names a mutation of core that it catches.
 *
 * <p>Only the public API is used. Hardware and queues here are as thin as can be, so that the
 * windows under test are not closed by the locks of a double.
 */
@NullMarked
package dev.overtake.stress;

import org.jspecify.annotations.NullMarked;
