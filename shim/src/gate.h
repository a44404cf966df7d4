/*
 * The gate: what a command passes on its way into the driver. Knows queues, streams and the control
 * page, and nothing of any driver: a front (cuda.c) calls it around the driver's functions, and
 * gives it the few that it needs itself.
 *
 *   enter  waits until the command may be launched: little enough of its queue in flight, and
 *          nothing above it ready
 *   leave  counts it
 *
 * A queue (ot_queue) is what is scheduled: a process, a thread or a stream on one device, one slot
 * of the page. A lane (ot_lane) is one stream as one queue uses it: commands in a lane complete in
 * order.
 *
 * All of these may be called from any thread. A NULL lane stands for a command that is not
 * scheduled.
 */
#ifndef OT_GATE_H
#define OT_GATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "board.h"

/* What a driver calls its default streams, once an alias (0) has been resolved. */
#define OT_STREAM_LEGACY ((void *)1)
#define OT_STREAM_PER_THREAD ((void *)2)

enum ot_stream_state { OT_STREAM_IDLE, OT_STREAM_BUSY, OT_STREAM_UNKNOWN };

struct ot_queue {
  /* What every command looks at */
  _Atomic bool ready; /* as the slot says, which other processes write beside */
  _Atomic uint64_t
      quiet_since; /* when all its work was proven complete; 0: it is not, as far as is known */
  struct ot_slot *slot;
  struct ot_device_line *device;

  uint32_t scope;
  uint64_t key;
  struct ot_lane *_Atomic lanes; /* grows at its head; never shrinks while the queue lives */
  struct ot_queue *_Atomic next;
  struct ot_queue *next_spare;
  uint64_t
      before;     /* commands that its lanes had completed when it began, for another thread, say */
  bool left;      /* nobody launches in it; under `transition` */
  bool has_place; /* on the page, also for a while after it was left; else its slot is another's */
  uint64_t left_at;           /* by ot_now */
  pthread_mutex_t transition; /* held while it becomes ready or idle */
  _Atomic uint32_t syncing;   /* threads inside a driver call that will prove it idle */
  _Atomic uint32_t holding;   /* threads at its gate */
  _Atomic uint32_t
      short_gaps; /* how often a gap was shorter than a linger, 0 never to 1024 always */
  /* The watcher's own. */
  uint64_t seen_entered, seen_at, next_query, next_roll_call;
};

struct ot_context {
  void *handle;
  struct ot_device_line *device;
  struct ot_context *next;
  _Atomic uint32_t attached; /* 0: not tried, 1: attached, 2: cannot be; then nothing bounds its
                                work in flight */
  bool is_processor;         /* the device computes on the processors that wait for it */
  _Atomic int32_t ending;    /* above 0 the driver may be destroying it, and is asked nothing */
  bool can_wait;             /* streams can wait for a word of host memory: L2 */
  /* The front's own, set by attach. */
  _Atomic uint32_t *markers;
  uint64_t markers_address, page_address;
  void *page_mapping;
  uint32_t markers_used;
};

struct ot_lane {
  /* What every command looks at */
  struct ot_queue *queue;
  _Atomic uint64_t entered;   /* commands that came to the gate */
  _Atomic uint64_t submitted; /* commands that the driver has taken */
  _Atomic uint64_t marked;    /* the last command with a marker behind it */
  _Atomic uint64_t show_at;   /* the command before which progress may have to be shown next */

  struct ot_context *context;
  void *stream;
  uint64_t thread; /* of a per-thread stream, which only it can name; else 0 */
  bool ended;      /* that thread has ended: to be used again once its work has */
  bool gone;       /* the stream was destroyed: to be used again for another */
  bool leaving; /* it is destroyed, or about to be, while work of it may stand stalled: the driver
                   is not asked about it, and its queue stays ready until that is done */
  struct ot_lane *next;
  _Atomic uint64_t proven; /* commands known to be complete, by a synchronization or query */
  /* Markers */
  atomic_flag marking;
  _Atomic uint64_t stalled;   /* the last command with a wait behind it */
  _Atomic int32_t stalled_at; /* the lowest priority of the waits that may still stand */
  int32_t last_stall_at;      /* that of the last one; both under `marking` */
  uint64_t stalled_otherwise; /* the last command whose wait had another */
  _Atomic uint32_t
      *_Atomic word; /* where the device writes the number of the marker that it reached */
  _Atomic uint32_t *_Atomic resumed; /* where it writes the number of the marker whose wait it has
                               behind it; NULL: it does not wait */
  void *_Atomic events;              /* the front's, where the device cannot write */
  /* Pace */
  _Atomic uint64_t *flight;      /* what is known of each command in flight */
  _Atomic int64_t backlog;       /* nanoseconds that those are expected to take */
  _Atomic uint64_t since_marker; /* of these, what stands behind the last marker */
  _Atomic uint64_t busy_since; /* when the first in flight began, as far as was seen; 0: unknown */
  _Atomic uint64_t busy_until; /* when the last in flight will end, by forecast */
  _Atomic uint64_t seen_complete; /* written under `marking` */
  _Atomic uint64_t rise;          /* nanoseconds by which the bound is raised */
  _Atomic bool waited;            /* for room, since the device was last found dry */
  /* Of the work that has passed without a look at what is in flight: when the last look was, and
   * the nanoseconds that have passed since and that may. */
  _Atomic uint64_t looked_at, passed, may_pass;
};

/* What the gate needs from a driver. None is called while the calling thread is inside another. */
struct ot_driver {
  const char *name;
  /* The context of the calling thread's commands in this stream, or with OT_ALL_STREAMS the current
   * one; NULL if there is none. */
  void *(*context_of)(void *stream);
  bool (*identify)(void *context, struct ot_device_identity *identity);
  bool (*is_capturing)(void *stream);
  int32_t (*stream_priority)(void *stream); /* larger is more urgent, 0 the default */
  /* Makes ready for markers in this context, which is current. False if it cannot place any. */
  bool (*attach)(struct ot_context *context); /* NULL: it is always ready */
  void (*detach)(struct ot_context *context); /* after the driver has destroyed it; or NULL */
  bool (*prepare)(struct ot_lane *lane);      /* gives it a word */
  /* Places a marker: the device writes `number` once all before it in the stream is complete, and
   * then, if it is to stall, goes on only once the floor lets this priority run. */
  bool (*mark)(struct ot_lane *lane, uint32_t number, bool stall, int32_t priority);
  void (*poll)(struct ot_lane *lane); /* brings the word up to date where the device does not write
                                         it; else NULL */
  /* Before a lane's stream ends, of which nothing may be asked from then on; or NULL. */
  void (*drop)(struct ot_lane *lane);
  /* NULL where the driver answers about markers only: then one is placed behind the last command.
   */
  enum ot_stream_state (*query)(struct ot_context *context, void *stream);
  const struct ot_stream_driver *streams; /* what stream_driver.h's functions are of; else NULL */
};

/* The one that is scheduled; NULL until a front has claimed it. */
extern const struct ot_driver *_Atomic ot_driver;

/* Of a program that uses several drivers, the first that claims it is scheduled. Returns whether
 * that is this one. */
bool ot_claim(const struct ot_driver *driver);

/* The kind (forecast.h) is the same at both. */
struct ot_lane *ot_enter(void *stream, uint32_t kind);
void ot_leave(struct ot_lane *lane, uint32_t kind, bool launched);
/* For a call that returned only once its command was complete; `before` is ot_submitted from
 * between enter and the call. */
void ot_leave_complete(struct ot_lane *lane, uint32_t kind, bool launched, uint64_t before);

static inline uint64_t ot_submitted(struct ot_lane *lane) {
  return lane ? atomic_load(&lane->submitted) : 0;
}

/* Waits until the queue may run. False if it need not. */
bool ot_gate_wait(struct ot_queue *queue);

/* Around a driver call that returns when a stream (or with OT_ALL_STREAMS all of the context) is
 * known to be idle. */
#define OT_ALL_STREAMS ((void *)-1)
struct ot_sync {
  struct ot_queue *queue;
  struct ot_lane *lane;
  uint64_t submitted;
};
struct ot_sync ot_sync_begin(void *stream);
void ot_sync_end(struct ot_sync sync, bool proved);
/* After a call that proved something about this thread's queue, such as an event's completion: asks
 * the driver. */
void ot_sync_seen(void);

/* A stream, or all streams of a context, are about to be destroyed: nothing of ours asks the driver
 * about them any more. */
void ot_retire_stream(void *stream);
void ot_context_may_end(void *context);
/* A context was destroyed; or was not, after all. */
void ot_forget_context(void *context);
void ot_keep_context(void *context);

/* The calling thread's own priority: from now on it has a queue of its own. */
void ot_thread_hint_set(int32_t priority);
bool ot_thread_hint_get(int32_t *priority);
void ot_thread_hint_clear(void);
void ot_process_hint_set(int32_t priority);

bool ot_gate_is_active(void);

/* The watcher (watch.c) is the helper thread; it calls these. */
struct ot_queue *
ot_queues_lock(void); /* the first of the list; NULL if there is none. To be unlocked either way */
void ot_queues_unlock(void);
/* Gives back the places of queues that were left long ago (spare.c); under the lock. */
void ot_spare_age(uint64_t now);
/* The same without the lock, for who must not wait for a thread that is in the driver: queues and
 * lanes that go are not freed, nor used again before ot_queues_peeked. */
struct ot_queue *ot_queues_peek(void);
void ot_queues_peeked(void);
bool ot_queue_is_quiet(struct ot_queue *queue);
/* Whether the device is at work for it, as far as is known: not where that stands stalled. Then the
 * nanoseconds that the longest of what runs takes, by forecast. Asks the driver nothing. */
bool ot_queue_runs(struct ot_queue *queue, uint64_t *nanos);
/* What ran was off the device for a while, which says nothing about how long it takes. */
void ot_queue_was_interrupted(struct ot_queue *queue);
void ot_queue_publish(struct ot_queue *queue);
void ot_queue_query(struct ot_queue *queue);
/* Whether work of it stands stalled on the device. */
bool ot_queue_stands(struct ot_queue *queue);
/* Whether its work waits on the device for a floor that its own priority, raised since, keeps up.
 */
bool ot_queue_stands_in_its_way(struct ot_queue *queue);
void ot_queue_settle(struct ot_queue *queue); /* to idle, if it is quiet and has lingered */
uint64_t ot_queue_linger_nanos(struct ot_queue *queue);
bool ot_queue_may_run(struct ot_queue *queue, uint64_t now);
void ot_give_up_scheduling(const char *why);

#endif
