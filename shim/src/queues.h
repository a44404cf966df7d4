/*
 * What the files behind gate.h share: gate.c (a command's way), pace.c (how much is in flight),
 * ready.c (when a queue has work and when it has none), the registry's files (registry.h: which
 * contexts, queues and lanes there are), start.c (whether there are any). Nobody else includes
 * this.
 */
#ifndef OT_QUEUES_H
#define OT_QUEUES_H

#include "gate.h"

/* What each command pays is what it makes the processor fetch: between two launches the driver has
 * used up the nearest cache. So the way of a command with nothing to wait for is short, and the
 * rest is kept out of it. */
#define SELDOM(condition) __builtin_expect(!!(condition), 0)
#define OUT_OF_THE_WAY __attribute__((noinline, cold))

/* Whether commands are scheduled. Once false for good, everything passes. */
extern _Atomic bool ot_active;

/* Whether the daemon's policy decides, as was last seen: the page's own word would be one more to
 * fetch. */
extern _Atomic bool ot_daemon_decides;

/* What a thread remembers of its last streams is void when this has changed. Starts above the
 * threads' 0. */
extern _Atomic uint64_t ot_generation;

enum ot_hint { OT_HINT_UNKNOWN, OT_HINT_NONE, OT_HINT_SET };

#define OT_REMEMBERED 8

struct ot_memory {
  void *context, *stream;
  struct ot_lane *lane;
  uint64_t again_at; /* without a lane, when to look for one again: that takes long */
};

/* What each thread knows. A preloaded library is there from the start: its thread-local storage
 * needs no call. */
struct ot_thread {
  uint64_t generation;
  struct ot_memory memory[OT_REMEMBERED];
  enum ot_hint hint;
  int32_t priority;
  bool inside; /* in the driver on behalf of the gate: what it calls is not scheduled */
  /* When the command that it launches was let through, if its queue's work in flight is bounded;
   * else 0. To read the clock is most of what the gate costs, so that is done once a command. */
  uint64_t paced_at;
};
extern __thread __attribute__((tls_model("initial-exec"))) struct ot_thread ot_self;

/* threads.c */

uint64_t ot_thread_id(void);
bool ot_threads_start(void); /* once; false if the process has no room for it */

/* registry.c */

/* The lane of the calling thread's commands in this stream of its current context, made if there is
 * none; NULL if they cannot be scheduled. */
struct ot_lane *ot_look_up(void *context, void *stream);
/* Whether a queue may stall streams: it is the process's own, and the only one on its device. */
bool ot_alone_on_device(struct ot_queue *queue); /* under a lane's `marking`: see drain_stalls */

/* Lets pass what of this process stands stalled on a device, whoever is above. */
void ot_queues_let_go(void);
/* Gives back all slots of the page; false if there were none, or somebody who hangs in the driver
 * keeps them until then (CLOCK_REALTIME). */
bool ot_queues_end(const struct timespec *until);
/* In a child after fork. */
void ot_queues_in_child(void);

/* ready.c */

static inline bool ot_holds_others(struct ot_queue *queue) {
  return ot_bottom_priority(queue->device) < atomic_load(&queue->slot->priority);
}
/* For the first command after a pause, which has been counted as entered. */
void ot_become_ready(struct ot_queue *queue);
/* Holds nobody from now on, whatever of it is in flight: it is left. Asks the driver nothing. */
void ot_queue_withdraw(struct ot_queue *queue);
/* That a lane's commands up to this one are complete. */
void ot_prove(struct ot_lane *lane, uint64_t command);
/* Whether a thread is on its way to launch there. Where the driver's queue is full it waits in the
 * driver, and so would whoever asks about the stream. */
bool ot_is_entered(struct ot_lane *lane);
/* What the driver says of its stream, where it can be asked. */
enum ot_stream_state ot_lane_ask(struct ot_lane *lane);
/* Whether a wait may stand before commands in the stream. */
bool ot_may_be_stalled(struct ot_lane *lane);

#endif
