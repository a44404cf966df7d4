/* Which contexts, queues and lanes there are, from the first command of each to the end of its
 * thread, stream or context. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "captures.h"
#include "flight.h"
#include "log.h"
#include "pace.h"
#include "queues.h"
#include "start.h"

_Atomic uint64_t ot_generation = 1;

/* Structure: which contexts, queues and lanes there are. Never held while a command waits. */
static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;
static struct ot_context *contexts;
static struct ot_queue *_Atomic queues;
/* Those of threads that have ended, or given their priority back, with their lanes: for the next.
 */
static struct ot_queue *spare;
static _Atomic uint32_t peeking;
static _Atomic uint32_t
    queues_on[OT_DEVICES]; /* of this process; one alone may stall a stream on the device */

/* Longer than a question about a context takes that began before that was ending; others may be
 * asked about all the while. */
#define QUESTION_NANOS UINT64_C(20000000)

static pthread_key_t thread_end;

uint64_t ot_thread_id(void) { return (uint64_t)syscall(SYS_gettid); }

/* Queues and lanes */

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
    for (struct ot_queue *queue = queues; queue; queue = queue->next) {
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
             ot_driver->query(lane->context, lane->stream) == OT_STREAM_BUSY))
          clear = false;
      }
    }
    if (clear)
      return;
    usleep(100);
  }
}

static void retire_lane(struct ot_lane *lane) {
  uint64_t submitted = atomic_load(&lane->submitted);
  atomic_store(&lane->entered, submitted);
  atomic_store(&lane->proven, submitted);
  if (ot_driver->drop)
    ot_driver->drop(lane);
  lane->gone = true;
  lane->leaving = false;
}

static struct ot_queue *find_queue(struct ot_device_line *device, uint32_t scope, uint64_t key) {
  for (struct ot_queue *queue = queues; queue; queue = queue->next) {
    if (queue->device == device && queue->scope == scope && queue->key == key)
      return queue;
  }
  return NULL;
}

static struct ot_queue *new_queue(struct ot_device_line *device) {
  struct ot_queue *queue = aligned_alloc(64, (sizeof *queue + 63) / 64 * 64);
  if (queue) {
    *queue = (struct ot_queue){.device = device, .released = true};
    pthread_mutex_init(&queue->transition, NULL);
  }
  return queue;
}

static void put_aside(struct ot_queue *queue) {
  queue->next_spare = spare;
  spare = queue;
}

/* Who peeks has done so in a microsecond, unless the processor is taken from him. */
static bool somebody_peeks(void) {
  for (int tries = 0; atomic_load(&peeking); tries++) {
    if (tries == 10000)
      return true;
  }
  return false;
}

/* One that nobody looks at any more: not its thread, nor who peeked when it was released. With the
 * lanes of this key rather than others: their work may be in flight. */
static struct ot_queue *take_spare(struct ot_device_line *device, uint64_t key) {
  struct ot_queue **found = NULL;
  for (struct ot_queue **link = &spare; *link; link = &(*link)->next_spare) {
    if ((*link)->device == device && (!found || (*link)->key == key))
      found = link;
  }
  if (!found || somebody_peeks())
    return NULL;
  struct ot_queue *queue = *found;
  *found = queue->next_spare;
  return queue;
}

static void begin(struct ot_queue *queue, struct ot_slot *slot, uint32_t scope, uint64_t key) {
  queue->before = 0;
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
    if (queue->key != key) /* What another thread left in flight was not at this priority. */
      retire_lane(lane);
    atomic_store(&lane->entered, atomic_load(&lane->submitted));
    queue->before += ot_completed(lane);
  }
  queue->slot = slot;
  queue->scope = scope;
  queue->key = key;
  atomic_store(&queue->quiet_since, 0);
  atomic_store(&queue->short_gaps, 512);
  atomic_store(&queue->syncing, 0);
  atomic_store(&queue->holding, 0);
  queue->seen_entered = queue->seen_at = queue->next_query = queue->next_roll_call = 0;
  pthread_mutex_lock(&queue->transition);
  queue->released = false;
  pthread_mutex_unlock(&queue->transition);
  queue->next = queues;
  queues = queue;
}

static struct ot_queue *add_queue(struct ot_device_line *device, uint32_t scope, uint64_t key,
                                  int32_t priority) {
  char name[32] = "";
  if (scope == OT_SCOPE_THREAD) {
    pthread_getname_np(pthread_self(), name, sizeof name);
  } else {
    strncpy(name, program_invocation_short_name, sizeof name - 1);
  }
  struct ot_queue *queue = take_spare(device, key);
  if (!queue)
    queue = new_queue(device);
  /* Counted before anybody sees its priority: from then on no stream is stalled any more. */
  uint32_t others = atomic_fetch_add(&queues_on[device - ot_page->devices], 1);
  struct ot_slot *slot = queue ? ot_board_claim(device, scope, key, name, priority) : NULL;
  if (!slot) {
    atomic_fetch_sub(&queues_on[device - ot_page->devices], 1);
    if (queue)
      put_aside(queue);
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

static uint64_t key_of_per_thread_stream(uint64_t thread) {
  return (uintptr_t)OT_STREAM_PER_THREAD | thread << 32;
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
    pthread_setspecific(thread_end, &ot_self);
  } else if (scope == OT_SCOPE_STREAM) {
    key = (uint64_t)(uintptr_t)stream;
    if (stream == OT_STREAM_PER_THREAD) {
      key = key_of_per_thread_stream(ot_thread_id());
      pthread_setspecific(thread_end, &ot_self);
    }
    priority += ot_driver->stream_priority(stream);
    if (priority > OT_MAX_PRIORITY)
      priority = OT_MAX_PRIORITY;
  }
  struct ot_queue *queue = find_queue(device, scope, key);
  return queue ? queue : add_queue(device, scope, key, priority);
}

static struct ot_context *find_context(void *handle) {
  for (struct ot_context *context = contexts; context; context = context->next) {
    if (context->handle == handle)
      return context;
  }
  struct ot_device_identity identity = {0};
  struct ot_context *context =
      ot_driver->identify(handle, &identity) ? calloc(1, sizeof *context) : NULL;
  struct ot_device_line *device = context ? ot_board_device(&identity) : NULL;
  if (!device) {
    free(context);
    return NULL;
  }
  *context = (struct ot_context){.handle = handle, .device = device, .next = contexts};
  contexts = context;
  return context;
}

/* Its word lies in the context's markers, so a lane that is used again stays in its context. */
static void reset_lane(struct ot_lane *lane, void *stream, uint64_t thread) {
  uint64_t submitted = atomic_load(&lane->submitted);
  atomic_store(&lane->entered, submitted);
  atomic_store(&lane->proven, submitted);
  atomic_store(&lane->stalled, 0);
  lane->stream = stream;
  lane->thread = thread;
  lane->ended = false;
  lane->gone = false;
}

/* Nobody can name its stream any more, and nothing is in flight there. */
static bool is_left(struct ot_lane *lane) {
  return lane->gone ||
         (lane->ended && atomic_load(&lane->proven) >= atomic_load(&lane->submitted) &&
          !ot_flight_stands(lane));
}

static struct ot_lane *lane_in(struct ot_queue *queue, struct ot_context *context, void *stream) {
  uint64_t thread = 0;
  if (stream == OT_STREAM_PER_THREAD) {
    thread = ot_thread_id();
    pthread_setspecific(thread_end, &ot_self);
  }
  struct ot_lane *reusable = NULL;
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
    if (lane->context != context)
      continue;
    if (!lane->gone && !lane->ended && !lane->leaving && lane->stream == stream &&
        lane->thread == thread)
      return lane;
    if (is_left(lane))
      reusable = lane;
  }
  if (reusable) {
    reset_lane(reusable, stream, thread);
    return reusable;
  }
  struct ot_lane *lane = aligned_alloc(64, (sizeof *lane + 63) / 64 * 64);
  if (!lane)
    return NULL;
  memset((void *)lane, 0, sizeof *lane);
  lane->queue = queue;
  lane->context = context;
  lane->stream = stream;
  lane->thread = thread;
  if (!ot_flight_start(lane)) {
    free(lane);
    return NULL;
  }
  lane->next = queue->lanes;
  queue->lanes = lane;
  return lane;
}

static void apply_thread_rules(void) {
  ot_self.hint = OT_HINT_NONE;
  char name[32] = "";
  if (!ot_config.rule_count || pthread_getname_np(pthread_self(), name, sizeof name))
    return;
  for (int i = 0; i < ot_config.rule_count; i++) {
    if (regexec(&ot_config.rules[i].name, name, 0, NULL, 0))
      continue;
    ot_self.hint = OT_HINT_SET;
    ot_self.priority = ot_config.rules[i].priority;
    return;
  }
}

OUT_OF_THE_WAY struct ot_lane *ot_look_up(void *handle, void *stream) {
  struct ot_lane *lane = NULL;
  ot_self.inside = true;
  if (ot_self.hint == OT_HINT_UNKNOWN)
    apply_thread_rules();
  pthread_mutex_lock(&registry);
  struct ot_context *context = find_context(handle);
  struct ot_queue *queue = context ? queue_of(context->device, stream) : NULL;
  if (queue)
    lane = lane_in(queue, context, stream);
  pthread_mutex_unlock(&registry);
  ot_self.inside = false;
  return lane;
}

/* Streams and contexts that end */

/* Its memory stays: a thread that is on its way out of the driver may still count in its lanes. */
static void release_queue(struct ot_queue *queue) {
  for (struct ot_queue *_Atomic *link = &queues; *link; link = &(*link)->next) {
    if (*link != queue)
      continue;
    *link = atomic_load(&queue->next); /* It keeps its own: somebody may be at it. */
    break;
  }
  atomic_fetch_sub(&queues_on[queue->device - ot_page->devices], 1);
  pthread_mutex_lock(&queue->transition);
  queue->released = true;
  atomic_store(&queue->ready, false);
  ot_board_release(queue->slot);
  pthread_mutex_unlock(&queue->transition);
}

static struct ot_lane *find_stalled_lane(void *stream) {
  struct ot_lane *found = NULL;
  pthread_mutex_lock(&registry);
  for (struct ot_queue *queue = queues; queue && !found; queue = queue->next) {
    for (struct ot_lane *lane = queue->lanes; lane && !found; lane = lane->next) {
      if (lane->stream == stream && !lane->leaving && ot_may_be_stalled(lane))
        found = lane;
    }
  }
  pthread_mutex_unlock(&registry);
  return found;
}

/* Of the calling thread's context. What it still has in flight, the driver completes on its own;
 * but what stands stalled has to be looked after until then, and a last marker tells when. */
void ot_retire_stream(void *stream) {
  if (!atomic_load(&ot_active))
    return;
  struct ot_lane *stalled = find_stalled_lane(stream);
  ot_self.inside = true;
  bool will_tell = stalled && ot_pace_mark_end(stalled);
  ot_self.inside = false;
  pthread_mutex_lock(&registry);
  for (struct ot_queue *queue = spare; queue; queue = queue->next_spare) {
    for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
      if (lane->stream == stream)
        retire_lane(lane);
    }
  }
  for (struct ot_queue *queue = queues, *next; queue; queue = next) {
    next = queue->next;
    for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
      if (lane->stream != stream || lane->leaving)
        continue;
      if (lane == stalled && will_tell)
        lane->leaving = true;
      else
        retire_lane(lane);
    }
    if (queue->scope == OT_SCOPE_STREAM && queue->key == (uint64_t)(uintptr_t)stream) {
      release_queue(queue);
    } else if (ot_queue_is_quiet(queue)) {
      ot_queue_settle(queue);
    }
  }
  atomic_fetch_add(&ot_generation, 1);
  pthread_mutex_unlock(&registry);
}

/* Several threads may try to end it at once. */
static void add_ending(void *handle, int32_t threads) {
  if (!atomic_load(&ot_active))
    return;
  pthread_mutex_lock(&registry);
  for (struct ot_context *context = contexts; context; context = context->next) {
    if (context->handle == handle && atomic_fetch_add(&context->ending, threads) + threads < 0)
      atomic_store(&context->ending, 0); /* It became known in between. */
  }
  pthread_mutex_unlock(&registry);
}

/* Its lanes stay as they are: the driver may only count down who uses it, or wait for work that
 * stands stalled, which is looked after meanwhile. */
void ot_context_may_end(void *handle) {
  add_ending(handle, 1);
  ot_await_questions(QUESTION_NANOS);
}

void ot_keep_context(void *handle) { add_ending(handle, -1); }

static void retire_lanes_in(struct ot_queue *queue, void *context) {
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
    if (lane->context->handle == context)
      retire_lane(lane);
  }
}

static void retire_streams_of(void *context) {
  for (struct ot_queue *queue = spare; queue; queue = queue->next_spare)
    retire_lanes_in(queue, context);
  for (struct ot_queue *queue = queues; queue; queue = queue->next) {
    retire_lanes_in(queue, context);
    if (ot_queue_is_quiet(queue))
      ot_queue_settle(queue);
  }
  atomic_fetch_add(&ot_generation, 1);
}

void ot_forget_context(void *handle) {
  if (!atomic_load(&ot_active))
    return;
  pthread_mutex_lock(&registry);
  retire_streams_of(handle);
  for (struct ot_context **link = &contexts; *link; link = &(*link)->next) {
    struct ot_context *context = *link;
    if (context->handle != handle)
      continue;
    /* Its lanes still point to it, and are never used again: it stays, without what belonged to the
     * driver. */
    *link = context->next;
    context->handle = NULL;
    if (atomic_load(&context->attached) == 1 && ot_driver->detach)
      ot_driver->detach(context);
    atomic_store(&context->attached, 2);
    break;
  }
  pthread_mutex_unlock(&registry);
}

/* Hints */

static void release_own_queues(uint64_t thread) {
  pthread_mutex_lock(&registry);
  for (struct ot_queue *queue = queues, *next; queue; queue = next) {
    next = queue->next;
    bool by_thread = queue->scope == OT_SCOPE_THREAD && queue->key == thread;
    bool by_its_stream =
        queue->scope == OT_SCOPE_STREAM && queue->key == key_of_per_thread_stream(thread);
    if (by_thread || by_its_stream) {
      release_queue(queue);
      put_aside(queue);
    }
  }
  ot_self.generation = 0; /* No other thread remembers its lanes. */
  pthread_mutex_unlock(&registry);
}

static void leave_own_streams(uint64_t thread) {
  pthread_mutex_lock(&registry);
  for (struct ot_queue *queue = queues; queue; queue = queue->next) {
    for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
      if (lane->thread != thread)
        continue;
      lane->ended = true;
      atomic_store(&lane->entered, atomic_load(&lane->submitted));
      if (ot_driver->drop) /* The driver may destroy the stream with the thread. */
        ot_driver->drop(lane);
    }
  }
  /* Another thread may get its number, and not its streams. */
  for (struct ot_queue *queue = spare; queue; queue = queue->next_spare) {
    if (queue->key == thread || queue->key == key_of_per_thread_stream(thread))
      queue->key = UINT64_MAX;
  }
  pthread_mutex_unlock(&registry);
}

static void on_thread_end(void *unused) {
  (void)unused;
  if (!atomic_load(&ot_active))
    return;
  release_own_queues(ot_thread_id());
  leave_own_streams(ot_thread_id());
}

void ot_thread_hint_set(int32_t priority) {
  bool had_queue = ot_self.hint == OT_HINT_SET || ot_config.scope == OT_SCOPE_THREAD;
  ot_self.hint = OT_HINT_SET;
  ot_self.priority = priority;
  ot_self.generation = 0;
  if (!had_queue)
    return;
  uint64_t thread = ot_thread_id();
  pthread_mutex_lock(&registry);
  for (struct ot_queue *queue = queues; queue; queue = queue->next) {
    if (queue->scope != OT_SCOPE_THREAD || queue->key != thread)
      continue;
    atomic_store(&queue->slot->priority, priority);
    ot_board_respan(queue->device);
    ot_board_ring();
  }
  pthread_mutex_unlock(&registry);
}

bool ot_thread_hint_get(int32_t *priority) {
  if (ot_self.hint == OT_HINT_UNKNOWN)
    apply_thread_rules();
  if (ot_self.hint != OT_HINT_SET)
    return false;
  *priority = ot_self.priority;
  return true;
}

void ot_thread_hint_clear(void) {
  if (ot_self.hint != OT_HINT_SET)
    return;
  ot_self.hint = OT_HINT_NONE;
  ot_self.generation = 0;
  release_own_queues(ot_thread_id());
}

void ot_process_hint_set(int32_t priority) {
  pthread_mutex_lock(&registry);
  ot_config.priority = priority;
  for (struct ot_queue *queue = queues; queue; queue = queue->next) {
    if (queue->scope != OT_SCOPE_PROCESS)
      continue;
    atomic_store(&queue->slot->priority, priority);
    ot_board_respan(queue->device);
    ot_board_ring();
  }
  pthread_mutex_unlock(&registry);
}

/* The watcher's access */

struct ot_queue *ot_queues_lock(void) {
  pthread_mutex_lock(&registry);
  return atomic_load(&ot_active) ? queues : NULL;
}

struct ot_queue *ot_queues_peek(void) {
  atomic_fetch_add(&peeking, 1);
  return atomic_load(&ot_active) ? queues : NULL;
}

void ot_queues_peeked(void) { atomic_fetch_sub(&peeking, 1); }

void ot_queues_unlock(void) { pthread_mutex_unlock(&registry); }

/* All of them */

bool ot_queues_start(void) { return !pthread_key_create(&thread_end, on_thread_end); }

void ot_queues_let_go(void) {
  for (int i = 0; i < OT_DEVICES; i++) {
    if (atomic_load(&queues_on[i]))
      ot_board_let_all_pass(&ot_page->devices[i]);
  }
}

bool ot_queues_end(const struct timespec *until) {
  if (pthread_mutex_timedlock(&registry, until))
    return false;
  bool any = queues;
  while (queues)
    release_queue(queues);
  pthread_mutex_unlock(&registry);
  return any;
}

void ot_queues_in_child(void) {
  pthread_mutex_init(&registry, NULL);
  contexts = NULL;
  queues = spare = NULL;
  atomic_store(&peeking, 0);
  memset((void *)queues_on, 0, sizeof queues_on);
  memset(&ot_self, 0, sizeof ot_self);
  atomic_fetch_add(&ot_generation, 1);
}
