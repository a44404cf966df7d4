/* The watcher: the one thread that the shim adds to every process that it schedules (interrupt.c
 * adds one a device where it works). It finds out
 * that a queue is idle when nobody says so, ends lingering, publishes counters, and looks after
 * those who keep work waiting that stands stalled on the device. It sleeps while the process does
 * nothing. */
#ifndef OT_WATCH_H
#define OT_WATCH_H

#include <stdint.h>

/* Sees to it that there is a watcher, which will notice by itself that a queue is ready; wakes it
 * if it was asleep for good, and costs next to nothing otherwise. */
void ot_watch_start(void);

/* Wakes it at once, because a queue that it was to look at later needs it sooner. */
void ot_watch_poke(void);

/* In a child after fork: there is no watcher. */
void ot_watch_in_child(void);

/* How often one looks after those who hold it. */
uint64_t ot_watch_period_nanos(void);

#endif
