/* Which queues there are, from the first command of each to the end of its thread, stream or
 * process. */
#include "registry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "flight.h"
#include "log.h"
#include "start.h"

_Atomic uint64_t ot_generation = 1;

pthread_mutex_t ot_registry = PTHREAD_MUTEX_INITIALIZER;
struct ot_queue *_Atomic ot_queues;
static _Atomic uint32_t peeking;
static _Atomic uint32_t
    queues_on[OT_DEVICES]; /* of this process; one alone may stall a stream on the device */

/* Whether one queue may stall streams: a wait in a stream stops every queue that uses it, and work
 * of other streams that waits for it, so it is only for a process that is one queue. */
bool ot_alone_on_device(struct ot_queue *queue) {
  return queue->scope == OT_SCOPE_PROCESS &&
         atomic_load(&queues_on[queue->device - ot_page->devices]) == 1;
}

/* Waits until no wait stands in a stream any more that a second queue of this process may get
 * behind. Bounded: if it takes longer, the escape opens. */
static void drain_stalls(struct ot_device_line *device) {
  for (int tries = 0; tries < 500; tries++) {
    bool clear = true;
    for (struct ot_queue *queue = ot_queues; queue; queue = queue->next) {
      if (queue->device != device)
        continue;
      for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
        /* One that is being placed was allowed when this queue did not count yet. */
        if (atomic_flag_test_and_set(&lane->marking)) {
          clear = false;
          continue;
        }
        uint64_t stalled = atomic_load(&lane->stalled);
        atomic_flag_clear(&lane->marking);
        if (stalled && !lane->gone && ot_completed(lane) <= stalled &&
            (lane->leaving || atomic_load(&lane->context->ending) || !ot_driver->query ||
             ot_flight_stands(lane) || ot_is_entered(lane) || ot_lane_ask(lane) == OT_STREAM_BUSY))
          clear = false;
      }
    }
    if (clear)
      return;
    usleep(100);
  }
}

static struct ot_queue *find_queue(struct ot_device_line *device, uint32_t scope, uint64_t key) {
  for (struct ot_queue *queue = ot_queues; queue; queue = queue->next) {
    if (queue->device == device && queue->scope == scope && queue->key == key)
      return queue;
  }
  return NULL;
}

static struct ot_queue *new_queue(struct ot_device_line *device) {
  struct ot_queue *queue = aligned_alloc(64, (sizeof *queue + 63) / 64 * 64);
  if (queue) {
    *queue = (struct ot_queue){.device = device, .left = true};
    pthread_mutex_init(&queue->transition, NULL);
  }
  return queue;
}

static void join(struct ot_queue *queue) {
  pthread_mutex_lock(&queue->transition);
  queue->left = false;
  pthread_mutex_unlock(&queue->transition);
  queue->next = ot_queues;
  ot_queues = queue;
}

/* As its thread, or its stream, has left it. */
static void resume(struct ot_queue *queue, int32_t priority) {
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next)
    atomic_store(&lane->entered, atomic_load(&lane->submitted));
  if (atomic_exchange(&queue->slot->priority, priority) != priority) {
    ot_board_respan(queue->device);
    ot_board_ring();
  }
  join(queue);
}

static void begin(struct ot_queue *queue, struct ot_slot *slot, uint32_t scope, uint64_t key) {
  queue->before = 0;
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
    if (queue->key != key) /* What another thread left in flight was not at this priority. */
      ot_lane_retire(lane);
    atomic_store(&lane->entered, atomic_load(&lane->submitted));
    queue->before += ot_completed(lane);
  }
  queue->slot = slot;
  queue->has_place = true;
  queue->scope = scope;
  queue->key = key;
  atomic_store(&queue->quiet_since, 0);
  atomic_store(&queue->short_gaps, 512);
  queue->seen_entered = queue->seen_at = queue->next_query = queue->next_roll_call = 0;
  join(queue);
}

static struct ot_queue *add_queue(struct ot_device_line *device, uint32_t scope, uint64_t key,
                                  int32_t priority) {
  struct ot_queue *queue = ot_spare_take(device, key, priority);
  if (queue && queue->has_place && queue->scope == scope && queue->key == key) {
    resume(queue, priority);
    return queue;
  }
  if (!queue)
    queue = new_queue(device);
  char name[32] = "";
  if (scope == OT_SCOPE_THREAD) {
    pthread_getname_np(pthread_self(), name, sizeof name);
  } else {
    strncpy(name, program_invocation_short_name, sizeof name - 1);
  }
  /* Counted before anybody sees its priority: from then on no stream is stalled any more. */
  uint32_t others = atomic_fetch_add(&queues_on[device - ot_page->devices], 1);
  struct ot_slot *slot = queue ? ot_board_claim(device, scope, key, name, priority) : NULL;
  if (queue && queue->has_place) { /* Another's; only now, so that what is below stays bounded. */
    ot_queue_give_place_back(queue);
    if (!slot)
      slot = ot_board_claim(device, scope, key, name, priority);
  }
  if (!slot) {
    atomic_fetch_sub(&queues_on[device - ot_page->devices], 1);
    if (queue)
      ot_spare_put(queue);
    return NULL;
  }
  begin(queue, slot, scope, key);
  static bool stops_at_exit;
  if (!stops_at_exit) {
    /* After the driver was initialized, so that it comes before whatever the driver does at exit.
     */
    stops_at_exit = true;
    atexit(ot_stop);
  }
  if (others == 1)
    drain_stalls(device);
  ot_debug("queue %td: %s, scope %u, priority %d", slot - ot_page->slots, name, scope, priority);
  return queue;
}

/* The queue that the calling thread's commands in this stream belong to. */
static struct ot_queue *queue_of(struct ot_device_line *device, void *stream) {
  uint32_t scope = ot_config.scope;
  uint64_t key = 0;
  int32_t priority = ot_config.priority;
  if (ot_self.hint == OT_HINT_SET) {
    scope = OT_SCOPE_THREAD;
    priority = ot_self.priority;
  }
  if (scope == OT_SCOPE_THREAD) {
    key = ot_thread_id();
    ot_thread_end_matters();
  } else if (scope == OT_SCOPE_STREAM) {
    key = (uint64_t)(uintptr_t)stream;
    if (stream == OT_STREAM_PER_THREAD) {
      key = ot_key_of_per_thread_stream(ot_thread_id());
      ot_thread_end_matters();
    }
    priority += ot_driver->stream_priority(stream);
    if (priority > OT_MAX_PRIORITY)
      priority = OT_MAX_PRIORITY;
  }
  struct ot_queue *queue = find_queue(device, scope, key);
  return queue ? queue : add_queue(device, scope, key, priority);
}

OUT_OF_THE_WAY struct ot_lane *ot_look_up(void *handle, void *stream) {
  struct ot_lane *lane = NULL;
  ot_self.inside = true;
  if (ot_self.hint == OT_HINT_UNKNOWN)
    ot_thread_rules();
  pthread_mutex_lock(&ot_registry);
  struct ot_context *context = ot_context_of(handle);
  struct ot_queue *queue = context ? queue_of(context->device, stream) : NULL;
  if (queue)
    lane = ot_lane_in(queue, context, stream);
  pthread_mutex_unlock(&ot_registry);
  ot_self.inside = false;
  return lane;
}

/* Whether there is work that is bounded because of this queue, which has been one to reckon with: a
 * daemon's policy bounds all, and shares the device among those who are there. */
static bool bounds_others(struct ot_queue *queue) {
  return ot_holds_others(queue) && atomic_load(&queue->slot->ready_since) &&
         atomic_load(&ot_page->header.policy_mode) == OT_POLICY_HPF;
}

void ot_queue_leave(struct ot_queue *queue) {
  for (struct ot_queue *_Atomic *link = &ot_queues; *link; link = &(*link)->next) {
    if (*link != queue)
      continue;
    *link = atomic_load(&queue->next); /* It keeps its own: somebody may be at it. */
    break;
  }
  ot_queue_withdraw(queue);
  queue->left_at = ot_now();
  if (!bounds_others(queue))
    ot_queue_give_place_back(queue);
  ot_spare_put(queue);
}

void ot_queue_give_place_back(struct ot_queue *queue) {
  queue->has_place = false;
  atomic_fetch_sub(&queues_on[queue->device - ot_page->devices], 1);
  ot_board_release(queue->slot);
}

/* The watcher's access */

struct ot_queue *ot_queues_lock(void) {
  pthread_mutex_lock(&ot_registry);
  return atomic_load(&ot_active) ? ot_queues : NULL;
}

void ot_queues_unlock(void) { pthread_mutex_unlock(&ot_registry); }

struct ot_queue *ot_queues_peek(void) {
  atomic_fetch_add(&peeking, 1);
  return atomic_load(&ot_active) ? ot_queues : NULL;
}

void ot_queues_peeked(void) { atomic_fetch_sub(&peeking, 1); }

/* Who peeks has done so in a microsecond, unless the processor is taken from him. */
bool ot_somebody_peeks(void) {
  for (int tries = 0; atomic_load(&peeking); tries++) {
    if (tries == 10000)
      return true;
  }
  return false;
}

/* All of them */

void ot_queues_let_go(void) {
  for (int i = 0; i < OT_DEVICES; i++) {
    if (atomic_load(&queues_on[i]))
      ot_board_let_all_pass(&ot_page->devices[i]);
  }
}

bool ot_queues_end(const struct timespec *until) {
  if (pthread_mutex_timedlock(&ot_registry, until))
    return false;
  bool any = ot_queues || ot_spare;
  while (ot_queues)
    ot_queue_leave(ot_queues);
  ot_spare_age(UINT64_MAX);
  pthread_mutex_unlock(&ot_registry);
  return any;
}

void ot_queues_in_child(void) {
  pthread_mutex_init(&ot_registry, NULL);
  ot_contexts_in_child();
  ot_queues = ot_spare = NULL;
  atomic_store(&peeking, 0);
  memset((void *)queues_on, 0, sizeof queues_on);
  memset(&ot_self, 0, sizeof ot_self);
  atomic_fetch_add(&ot_generation, 1);
}
