/*
 * Level 3: a kernel that runs is taken off the device while none of this process's queues there may
 * run, and goes on where it was once one may. For what gates and stalls cannot stop: a kernel that
 * is long, and commands launched before anybody was above.
 *
 * It costs a call of the kernel's driver each way, and the device saves the kernel and brings it
 * back. So it is done at once where what runs up to the next marker takes a millisecond or more by
 * forecast, and else if something still runs after one.
 */
#ifndef OT_INTERRUPT_H
#define OT_INTERRUPT_H

#include "board.h"

/* From the watcher: there is a queue of this process on the device that others may overtake. Starts
 * a thread for the device once it has channels that can be stopped. */
void ot_interrupt_watch(struct ot_device_line *device);

/* A queue of this process that others there may overtake is about to become ready. */
void ot_interrupt_expect(struct ot_device_line *device);

/* Whether what runs on the device can be interrupted. */
bool ot_interrupt_reaches(struct ot_device_line *device);

/* Scheduling has ended: whatever is stopped goes on. */
void ot_interrupt_end(void);

/* For `overtake doctor`, in a process that is not scheduled: stops what it runs on the device, or
 * lets it go on. 1 if that is done, else 0. */
__attribute__((visibility("default"))) int overtake_try_interrupt(const uint8_t uuid[16], int stop);

/* In a child after fork: it has no channels and no such threads. */
void ot_interrupt_in_child(void);

#endif
