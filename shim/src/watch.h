/* The watcher: the one thread that the shim adds to a process. It finds out that a queue is idle when nobody says so, ends
 * lingering, publishes counters, and looks after those who keep work waiting that stands stalled on the device. It sleeps
 * while no queue is ready. */
#ifndef OT_WATCH_H
#define OT_WATCH_H

#include <stdint.h>

/* Wakes the watcher, and starts it if there is none. */
void ot_watch_poke(void);

/* Stops it and waits until it is not inside the driver any more. */
void ot_watch_stop(void);

/* In a child after fork: there is no watcher. */
void ot_watch_forget(void);

/* How often one looks after those who hold it. */
uint64_t ot_watch_period_nanos(void);

#endif
