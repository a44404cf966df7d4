/*
 * What the files of the registry share, which has the queues, lanes and contexts of this process:
 * registry.c (queues), spare.c (those kept for the next), lanes.c (streams), contexts.c, threads.c.
 * All but what says otherwise is under its lock. Nobody else includes this.
 */
#ifndef OT_REGISTRY_H
#define OT_REGISTRY_H

#include "queues.h"

/* registry.c */

extern pthread_mutex_t ot_registry;        /* not held at the gate */
extern struct ot_queue *_Atomic ot_queues; /* also read without it: see ot_queues_peek */

/* Nobody launches in it any more: it becomes a spare one. Its memory stays: a thread that is on its
 * way out of the driver may still count in its lanes. */
void ot_queue_leave(struct ot_queue *queue);
/* A spare one's, on the page. */
void ot_queue_give_place_back(struct ot_queue *queue);
/* Whether somebody is between ot_queues_peek and ot_queues_peeked; gives him a moment to be
 * through. */
bool ot_somebody_peeks(void);

/* spare.c */

extern struct ot_queue *ot_spare; /* linked by next_spare */

void ot_spare_put(struct ot_queue *queue);
/* NULL if there is none to be had. */
struct ot_queue *ot_spare_take(struct ot_device_line *device, uint64_t key, int32_t priority);
/* Forgets that a thread was there: another may get its number, and not its streams. */
void ot_spare_disown(uint64_t thread);

/* lanes.c */

/* The one of a stream, made if there is none; NULL without memory. */
struct ot_lane *ot_lane_in(struct ot_queue *queue, struct ot_context *context, void *stream);
/* Counts all that it has as complete, and asks nothing of its stream any more. */
void ot_lane_retire(struct ot_lane *lane);

/* contexts.c */

/* Made if there is none; NULL if it is of a device that cannot be scheduled. */
struct ot_context *ot_context_of(void *handle);
void ot_contexts_in_child(void); /* without the lock, as all in a child after fork */

/* threads.c */

/* Has the end of the calling thread noticed; needs no lock. */
void ot_thread_end_matters(void);
/* What the calling thread's name says of its priority; without the lock. */
void ot_thread_rules(void);

static inline uint64_t ot_key_of_per_thread_stream(uint64_t thread) {
  return (uintptr_t)OT_STREAM_PER_THREAD | thread << 32;
}

#endif
