/*
 * The time slice that NVIDIA's own scheduler gives this process's work on a device.
 *
 * Processes without MPS take turns on the device: each has it for a time slice, 2 ms where nobody
 * asks for another, and in between what runs is saved, in the middle of a kernel. So a request that
 * finds the kernel of another process there waits for the rest of its slice, whatever stands at
 * gates and stalls. With a short slice the device does at its own level what they do above: it
 * interrupts the kernel that runs.
 *
 * CUDA sets the slice of its compute channels by a call of the driver that needs no privilege, and
 * only for channels of the same process. This sees that call pass, and makes it again with other
 * values. The card's own settings are not touched.
 */
#ifndef OT_SLICE_H
#define OT_SLICE_H

#include <stdbool.h>

/* Makes the slices of this process short, or what its driver wanted: a call of the driver for each
 * that is not so yet. Any thread may call it. */
void ot_slice_make(bool is_short);

#endif
