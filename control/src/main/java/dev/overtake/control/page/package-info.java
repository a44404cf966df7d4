/**
 * The control page: the file in shared memory by which queues of all processes of a user meet. Its
 * layout, from which the C header is generated; the mapping and the typed views of it; and the two
 * computations that every party makes alike, the floor and the span of a device.
 *
 * <p>What is decided over the queues, and by whom, is not here.
 */
@NullMarked
package dev.overtake.control.page;

import org.jspecify.annotations.NullMarked;
