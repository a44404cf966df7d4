#include "gate.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"
#include "pace.h"
#include "watch.h"

const struct ot_driver *ot_driver;
_Atomic int ot_captures;

/* Whether commands are scheduled. Once false for good, everything passes. */
static _Atomic bool active;

/* Whether the daemon's policy decides, as was last seen: the page's own word would be one more to
 * fetch. */
static _Atomic bool daemon_decides;

/* What each command pays is what it makes the processor fetch: between two launches the driver has
 * used up the nearest cache. So the way of a command with nothing to wait for is short, and the
 * rest is kept out of it. */
#define SELDOM(condition) __builtin_expect(!!(condition), 0)
#define OUT_OF_THE_WAY __attribute__((noinline, cold))

/* Structure: which contexts, queues and lanes there are. Never held while a command waits. */
static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;
static struct ot_context *contexts;
static struct ot_queue *queues;
static _Atomic uint32_t
    queues_on[OT_DEVICES]; /* of this process; one alone may stall a stream on the device */

/* What a thread remembers of its last streams is void when this has changed. Starts above the
 * threads' 0. */
static _Atomic uint64_t generation = 1;

enum hint { HINT_UNKNOWN, HINT_NONE, HINT_SET };

#define REMEMBERED 8

/* What can be asked for; anything above is adaptive, or damage. */
#define MAX_LINGER_MICROS 1000000

struct memory {
  void *context, *stream;
  struct ot_lane *lane;
};

/* What each thread knows. A preloaded library is there from the start: its thread-local storage
 * needs no call. */
static __thread __attribute__((tls_model("initial-exec"))) struct {
  uint64_t generation;
  struct memory memory[REMEMBERED];
  enum hint hint;
  int32_t priority;
  bool inside; /* in the driver on behalf of the gate: what it calls is not scheduled */
} self;

static pthread_key_t thread_end;

static uint64_t thread_id(void) { return (uint64_t)syscall(SYS_gettid); }

/* Where waits were placed, and at what priority: for the time when queues and lanes are not to be
 * looked at any more. */
static _Atomic bool has_stalled_on[OT_DEVICES];
static _Atomic int32_t last_stalled_at[OT_DEVICES];

void ot_gate_note_stall(struct ot_device_line *device, int32_t priority) {
  size_t index = (size_t)(device - ot_page->devices);
  atomic_store_explicit(&last_stalled_at[index], priority, memory_order_relaxed);
  atomic_store_explicit(&has_stalled_on[index], true, memory_order_relaxed);
}

/* Queues and lanes */

static void stop(void);

/* Whether one queue may stall streams: a wait in a stream stops every queue that uses it, and work
 * of other streams that waits for it, so it is only for a process that is one queue. */
static bool alone_on_device(struct ot_queue *queue) {
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
        uint64_t stalled = atomic_load(&lane->stalled);
        if (stalled && !lane->gone && ot_completed(lane) <= stalled &&
            ot_driver->query(lane->context, lane->stream) == OT_STREAM_BUSY)
          clear = false;
      }
    }
    if (clear)
      return;
    usleep(100);
  }
}

static struct ot_queue *find_queue(struct ot_device_line *device, uint32_t scope, uint64_t key) {
  for (struct ot_queue *queue = queues; queue; queue = queue->next) {
    if (queue->device == device && queue->scope == scope && queue->key == key)
      return queue;
  }
  return NULL;
}

static struct ot_queue *add_queue(struct ot_device_line *device, uint32_t scope, uint64_t key,
                                  int32_t priority) {
  char name[32] = "";
  if (scope == OT_SCOPE_THREAD) {
    pthread_getname_np(pthread_self(), name, sizeof name);
  } else {
    strncpy(name, program_invocation_short_name, sizeof name - 1);
  }
  struct ot_queue *queue = aligned_alloc(64, (sizeof *queue + 63) / 64 * 64);
  struct ot_slot *slot = queue ? ot_board_claim(device, scope, key, name, priority) : NULL;
  if (!slot) {
    free(queue);
    return NULL;
  }
  *queue = (struct ot_queue){
      .slot = slot, .device = device, .scope = scope, .key = key, .short_gaps = 512};
  pthread_mutex_init(&queue->transition, NULL);
  queue->next = queues;
  queues = queue;
  static bool stops_at_exit;
  if (!stops_at_exit) {
    /* After the driver was initialized, so that it comes before whatever the driver does at exit.
     */
    stops_at_exit = true;
    atexit(stop);
  }
  if (atomic_fetch_add(&queues_on[device - ot_page->devices], 1) == 1)
    drain_stalls(device);
  ot_debug("queue %td: %s, scope %u, priority %d", slot - ot_page->slots, name, scope, priority);
  return queue;
}

static int32_t process_priority(void) { return ot_config.priority; }

/* The queue that the calling thread's commands in this stream belong to. */
static struct ot_queue *queue_of(struct ot_device_line *device, void *stream) {
  uint32_t scope = ot_config.scope;
  uint64_t key = 0;
  int32_t priority = process_priority();
  if (self.hint == HINT_SET) {
    scope = OT_SCOPE_THREAD;
    priority = self.priority;
  }
  if (scope == OT_SCOPE_THREAD) {
    key = thread_id();
    pthread_setspecific(thread_end, &self);
  } else if (scope == OT_SCOPE_STREAM) {
    key = (uint64_t)(uintptr_t)stream;
    if (stream == OT_STREAM_PER_THREAD) {
      key |= thread_id() << 32;
      pthread_setspecific(thread_end, &self);
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
  lane->gone = false;
}

static struct ot_lane *lane_in(struct ot_queue *queue, struct ot_context *context, void *stream) {
  uint64_t thread = stream == OT_STREAM_PER_THREAD ? thread_id() : 0;
  struct ot_lane *reusable = NULL;
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
    if (lane->context != context)
      continue;
    if (!lane->gone && lane->stream == stream && lane->thread == thread)
      return lane;
    if (lane->gone)
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
  if (!ot_pace_start(lane)) {
    free(lane);
    return NULL;
  }
  lane->next = queue->lanes;
  queue->lanes = lane;
  return lane;
}

static void apply_thread_rules(void) {
  self.hint = HINT_NONE;
  char name[32] = "";
  if (!ot_config.rule_count || pthread_getname_np(pthread_self(), name, sizeof name))
    return;
  for (int i = 0; i < ot_config.rule_count; i++) {
    if (regexec(&ot_config.rules[i].name, name, 0, NULL, 0))
      continue;
    self.hint = HINT_SET;
    self.priority = ot_config.rules[i].priority;
    return;
  }
}

static OUT_OF_THE_WAY struct ot_lane *look_up(void *handle, void *stream) {
  struct ot_lane *lane = NULL;
  self.inside = true;
  if (self.hint == HINT_UNKNOWN)
    apply_thread_rules();
  pthread_mutex_lock(&registry);
  struct ot_context *context = find_context(handle);
  struct ot_queue *queue = context ? queue_of(context->device, stream) : NULL;
  if (queue)
    lane = lane_in(queue, context, stream);
  pthread_mutex_unlock(&registry);
  self.inside = false;
  return lane;
}

static inline struct ot_lane *lane_of(void *stream) {
  void *handle = ot_driver->current_context();
  if (SELDOM(!handle))
    return NULL;
  uint64_t now = atomic_load_explicit(&generation, memory_order_acquire);
  if (SELDOM(self.generation != now)) {
    memset(self.memory, 0, sizeof self.memory);
    self.generation = now;
  }
  struct memory *memory = &self.memory[((uintptr_t)stream >> 4 ^ (uintptr_t)stream) % REMEMBERED];
  if (SELDOM(memory->context != handle || memory->stream != stream || !memory->lane))
    *memory = (struct memory){handle, stream, look_up(handle, stream)};
  return memory->lane;
}

/* Ready and idle */

static void publish(struct ot_queue *queue) {
  atomic_store(&daemon_decides, atomic_load(&ot_page->header.policy_mode) == OT_POLICY_DAEMON);
  uint64_t submitted = 0, completed = 0;
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
    submitted += atomic_load(&lane->submitted);
    completed += ot_completed(lane);
  }
  atomic_store(&queue->slot->submitted, submitted);
  atomic_store(&queue->slot->completed, completed);
  atomic_store(&queue->slot->in_flight,
               submitted > completed ? (uint32_t)(submitted - completed) : 0);
}

void ot_queue_publish(struct ot_queue *queue) {
  publish(queue);
  uint64_t mark = atomic_load(&queue->slot->escape_mark);
  if (mark &&
      mark != atomic_load(&queue->slot->submitted) + atomic_load(&queue->slot->completed) + 1) {
    /* It was found stuck, and is not any more. */
    atomic_store(&queue->slot->escape_mark, 0);
    ot_board_refloor(queue->device);
  }
}

static bool holds_others(struct ot_queue *queue) {
  return ot_bottom_priority(queue->device) < atomic_load(&queue->slot->priority);
}

static void set_ready(struct ot_queue *queue, bool ready) {
  atomic_store(&queue->slot->run, ready ? OT_RUN_READY : OT_RUN_IDLE);
  atomic_store(&queue->ready, ready);
}

static void tell(struct ot_queue *queue) {
  if (holds_others(queue))
    ot_board_refloor(queue->device);
  if (atomic_load(&ot_page->header.policy_mode) == OT_POLICY_DAEMON)
    ot_board_ring();
}

bool ot_queue_stands_in_its_way(struct ot_queue *queue) {
  int32_t priority = atomic_load(&queue->slot->priority);
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
    uint64_t stalled = atomic_load(&lane->stalled);
    if (!stalled || lane->gone || atomic_load(&lane->stalled_at) >= priority)
      continue;
    uint64_t completed = ot_completed(lane);
    if (stalled >= completed && atomic_load(&lane->submitted) > completed)
      return true;
  }
  return false;
}

bool ot_queue_is_quiet(struct ot_queue *queue) {
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
    /* Below it if the stream was destroyed while a command stood at the gate. */
    if ((int64_t)(atomic_load(&lane->entered) - atomic_load(&lane->proven)) > 0)
      return false;
  }
  return true;
}

/* A moving average with a memory of some eight gaps. */
static void note_gap(struct ot_queue *queue, uint64_t gap) {
  uint32_t share = atomic_load(&queue->short_gaps);
  atomic_store(&queue->short_gaps, share - share / 8 + (gap < OT_LINGER_NANOS ? 1024 / 8 : 0));
}

/*
 * A program that synchronizes inside a request lets batch work in at every gap, one that does not
 * loses nothing when it gives the device back at once. Which of them this is, its last gaps tell:
 * to linger pays if what a short gap would cost (a hand-over, which is about as long as a linger)
 * is more likely than a long one.
 */
uint64_t ot_queue_linger_nanos(struct ot_queue *queue) {
  uint32_t wanted = atomic_load(&queue->slot->linger_micros);
  if (wanted <= MAX_LINGER_MICROS)
    return (uint64_t)wanted * 1000;
  return atomic_load(&queue->short_gaps) > 400 ? OT_LINGER_NANOS : 0;
}

static OUT_OF_THE_WAY void become_ready(struct ot_queue *queue) {
  pthread_mutex_lock(&queue->transition);
  uint64_t now = ot_now(), quiet = atomic_load(&queue->quiet_since);
  if (quiet) {
    note_gap(queue, now - quiet);
    atomic_store(&queue->quiet_since, 0);
  }
  if (!atomic_load(&queue->ready) && !queue->released) {
    publish(queue); /* So that nobody takes what it did until now for a lack of progress. */
    atomic_store(&queue->slot->escape_mark, 0);
    atomic_store(&queue->slot->ready_since, now);
    set_ready(queue, true);
    tell(queue);
    ot_watch_start();
  }
  pthread_mutex_unlock(&queue->transition);
}

static void become_idle(struct ot_queue *queue, uint64_t now) {
  set_ready(queue, false);
  /* A command that came in between saw READY and will not raise the floor: then this has not
   * happened. */
  if (!ot_queue_is_quiet(queue)) {
    set_ready(queue, true);
    atomic_store(&queue->quiet_since, 0);
    tell(queue); /* Somebody may have computed a floor without it. */
    return;
  }
  publish(queue);
  atomic_fetch_add(&queue->slot->busy_nanos, now - atomic_load(&queue->slot->ready_since));
  tell(queue);
}

void ot_queue_settle(struct ot_queue *queue) {
  pthread_mutex_lock(&queue->transition);
  if (atomic_load(&queue->ready)) {
    uint64_t now = ot_now();
    if (!ot_queue_is_quiet(queue)) {
      atomic_store(&queue->quiet_since, 0);
    } else {
      uint64_t quiet = atomic_load(&queue->quiet_since);
      if (!quiet)
        atomic_store(&queue->quiet_since, quiet = now);
      uint64_t linger = holds_others(queue) ? ot_queue_linger_nanos(queue) : 0;
      if (now - quiet >= linger) {
        become_idle(queue, now);
      } else {
        ot_watch_poke();
      }
    }
  }
  pthread_mutex_unlock(&queue->transition);
}

static void prove(struct ot_lane *lane, uint64_t command) {
  uint64_t proven = atomic_load(&lane->proven);
  while (proven < command && !atomic_compare_exchange_weak(&lane->proven, &proven, command)) {
  }
}

static void query_lane(struct ot_lane *lane) {
  uint64_t submitted = atomic_load(&lane->submitted);
  if (lane->gone || atomic_load(&lane->proven) >= submitted)
    return;
  if (ot_completed(lane) >= submitted) {
    prove(lane, submitted);
    return;
  }
  /* Only the thread itself can name its per-thread stream; the legacy stream is idle once that is.
   */
  bool foreign = lane->stream == OT_STREAM_PER_THREAD && lane->thread != thread_id();
  self.inside = true;
  enum ot_stream_state state =
      ot_driver->query(lane->context, foreign ? OT_STREAM_LEGACY : lane->stream);
  self.inside = false;
  if (state == OT_STREAM_IDLE)
    prove(lane, submitted);
}

void ot_queue_query(struct ot_queue *queue) {
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next)
    query_lane(lane);
  if (ot_queue_is_quiet(queue))
    ot_queue_settle(queue);
}

/* The gate */

void ot_give_up_scheduling(const char *why) {
  if (!atomic_exchange(&active, false))
    return;
  ot_warn("%s: this process is not scheduled any more, and goes on without", why);
  if (ot_board_intact())
    ot_board_forget_former_self();
  for (int i = 0; i < OT_DEVICES; i++) {
    /* What stands stalled on a device of ours waits for these words. */
    if (!atomic_load(&queues_on[i]))
      continue;
    atomic_store(&ot_page->devices[i].floor, 0);
    ot_futex_wake((_Atomic uint32_t *)&ot_page->devices[i].floor);
  }
}

static bool gate_open(struct ot_slot *slot, uint64_t now) {
  /* A damaged word keeps nobody waiting. */
  if (atomic_load_explicit(&slot->gate, memory_order_acquire) != OT_GATE_CLOSED)
    return true;
  if (atomic_load(&slot->suspended) == 1)
    return false;
  /* Closed by a daemon that is silent, or left behind by one: nobody would open it. */
  return atomic_load(&ot_page->header.policy_mode) != OT_POLICY_DAEMON ||
         !ot_board_daemon_alive(now);
}

bool ot_queue_may_run(struct ot_queue *queue, uint64_t now) {
  return !atomic_load(&active) ||
         (ot_above_floor(queue->device, atomic_load(&queue->slot->priority)) &&
          gate_open(queue->slot, now));
}

static void wait_for_change(struct ot_queue *queue) {
  struct ot_slot *slot = queue->slot;
  int32_t floor = ot_floor_word(queue->device);
  if (floor - ot_floor_value(atomic_load(&slot->priority)) < 0) {
    ot_futex_wait((_Atomic uint32_t *)&queue->device->floor, (uint32_t)floor,
                  ot_watch_period_nanos());
  } else {
    ot_futex_wait(&slot->gate, OT_GATE_CLOSED, ot_watch_period_nanos());
  }
}

static __attribute__((noinline)) void hold(struct ot_queue *queue) {
  struct ot_slot *slot = queue->slot;
  uint64_t start = ot_now(), now = start;
  if (atomic_fetch_add(&queue->holding, 1) == 0)
    atomic_store(&slot->held, 1);
  while (!ot_queue_may_run(queue, now)) {
    wait_for_change(queue);
    now = ot_now();
    if (now - start < ot_watch_period_nanos())
      continue;
    if (!ot_board_intact())
      ot_give_up_scheduling("the control page was damaged or replaced by another version's");
    ot_board_watch(queue->device, atomic_load(&slot->priority), now);
  }
  if (atomic_fetch_sub(&queue->holding, 1) == 1)
    atomic_store(&slot->held, 0);
  atomic_fetch_add(&slot->held_nanos, now - start);
}

bool ot_gate_wait(struct ot_queue *queue) {
  struct ot_slot *slot = queue->slot;
  if (ot_above_floor(queue->device, atomic_load_explicit(&slot->priority, memory_order_relaxed)) &&
      atomic_load_explicit(&slot->gate, memory_order_relaxed) == OT_GATE_OPEN)
    return false;
  if (ot_queue_may_run(queue, ot_now()))
    return false;
  hold(queue);
  return true;
}

/* Somebody above it is on the device: its work in flight is bounded, so that it can be overtaken.
 * Under a daemon's policy everybody is. */
static inline bool is_bounded(struct ot_queue *queue) {
  return ot_top_priority(queue->device) >
             atomic_load_explicit(&queue->slot->priority, memory_order_relaxed) ||
         atomic_load_explicit(&daemon_decides, memory_order_relaxed);
}

/* A command that others may overtake, that is the first after a pause, or that finds its gate
 * closed. It has been counted as entered: it is counted first and then looks whether the queue is
 * ready, and whoever proves the queue idle looks in the other order. */
static OUT_OF_THE_WAY void enter_slowly(struct ot_lane *lane, uint32_t kind) {
  struct ot_queue *queue = lane->queue;
  if (!atomic_load(&queue->ready) || atomic_load(&queue->quiet_since))
    become_ready(queue);
  self.inside = true;
  if (is_bounded(queue)) {
    ot_pace_before(lane, kind, alone_on_device(queue));
  } else if (holds_others(queue)) {
    ot_pace_show_progress(lane);
  }
  self.inside = false;
  if (ot_gate_wait(queue))
    ot_pace_interrupt(lane);
}

struct ot_lane *ot_enter(void *stream, uint32_t kind) {
  if (SELDOM(!atomic_load_explicit(&active, memory_order_relaxed) || !ot_driver || self.inside))
    return NULL;
  struct ot_lane *lane = lane_of(stream);
  if (SELDOM(!lane))
    return NULL;
  /* What is recorded into a graph does not run now, and nothing may be inserted there. */
  if (SELDOM(atomic_load_explicit(&ot_captures, memory_order_relaxed) &&
             ot_driver->is_capturing(stream)))
    return NULL;
  struct ot_queue *queue = lane->queue;
  uint64_t entered = atomic_fetch_add(&lane->entered, 1);
  int32_t priority = atomic_load_explicit(&queue->slot->priority, memory_order_relaxed);
  bool others = ot_bottom_priority(queue->device) < priority;
  if (SELDOM(!atomic_load(&queue->ready) ||
             atomic_load_explicit(&queue->quiet_since, memory_order_relaxed) ||
             !ot_above_floor(queue->device, priority) ||
             atomic_load_explicit(&queue->slot->gate, memory_order_relaxed) != OT_GATE_OPEN ||
             (others && entered - atomic_load_explicit(&lane->marked, memory_order_relaxed) >=
                            OT_PROGRESS_BATCH) ||
             is_bounded(queue)))
    enter_slowly(lane, kind);
  return lane;
}

void ot_leave(struct ot_lane *lane, uint32_t kind, bool launched) {
  if (SELDOM(!lane))
    return;
  if (SELDOM(!launched)) {
    atomic_fetch_sub(&lane->entered, 1);
    return;
  }
  uint64_t number = atomic_fetch_add(&lane->submitted, 1) + 1;
  if (SELDOM(is_bounded(lane->queue)))
    ot_pace_after(lane, number, kind);
}

void ot_leave_complete(struct ot_lane *lane, uint32_t kind, bool launched, uint64_t before) {
  if (!lane)
    return;
  ot_leave(lane, kind, launched);
  /* Another thread's command may have come into the stream meanwhile, and nothing is known of that
   * one, nor which of the two numbers is whose. */
  if (launched)
    prove(lane, atomic_load(&lane->submitted) == before + 1 ? before + 1 : before);
  if (atomic_load(&lane->queue->ready) && ot_queue_is_quiet(lane->queue))
    ot_queue_settle(lane->queue);
}

/* Synchronization */

struct ot_sync ot_sync_begin(void *stream) {
  struct ot_sync sync = {0};
  if (!atomic_load_explicit(&active, memory_order_relaxed) || !ot_driver || self.inside)
    return sync;
  /* Whose queue this is shows in any of the thread's lanes: no queue is made for a thread that only
   * waits. */
  void *handle = ot_driver->current_context();
  for (int i = 0; handle && i < REMEMBERED; i++) {
    struct memory *memory = &self.memory[i];
    if (self.generation != atomic_load(&generation))
      break;
    if (memory->context != handle || !memory->lane)
      continue;
    if (stream != OT_ALL_STREAMS && memory->stream != stream)
      continue;
    sync.queue = memory->lane->queue;
    if (stream != OT_ALL_STREAMS)
      sync.lane = memory->lane;
    break;
  }
  if (sync.queue)
    atomic_fetch_add(&sync.queue->syncing, 1);
  if (sync.lane)
    sync.submitted = atomic_load(&sync.lane->submitted);
  return sync;
}

void ot_sync_end(struct ot_sync sync, bool proved) {
  if (!sync.queue)
    return;
  atomic_fetch_sub(&sync.queue->syncing, 1);
  if (!proved || !atomic_load_explicit(&active, memory_order_relaxed))
    return;
  if (sync.lane)
    prove(sync.lane, sync.submitted);
  if (!atomic_load(&sync.queue->ready))
    return;
  if (ot_queue_is_quiet(sync.queue)) {
    ot_queue_settle(sync.queue);
  } else if (holds_others(sync.queue)) {
    /* Other streams may be idle by now as well: one question a stream, and the device is free for
     * others at once. */
    pthread_mutex_lock(&registry);
    ot_queue_query(sync.queue);
    pthread_mutex_unlock(&registry);
  }
}

void ot_sync_seen(void) {
  struct ot_sync sync = ot_sync_begin(OT_ALL_STREAMS);
  ot_sync_end(sync, true);
}

/* Streams and contexts that end */

static void release_queue(struct ot_queue *queue) {
  for (struct ot_queue **link = &queues; *link; link = &(*link)->next) {
    if (*link != queue)
      continue;
    *link = queue->next;
    break;
  }
  atomic_fetch_sub(&queues_on[queue->device - ot_page->devices], 1);
  pthread_mutex_lock(&queue->transition);
  queue->released = true;
  atomic_store(&queue->ready, false);
  ot_board_release(queue->slot);
  pthread_mutex_unlock(&queue->transition);
  /* Its memory stays: a thread that is on its way out of the driver may still count in its lanes.
   */
}

static void retire_lane(struct ot_lane *lane) {
  uint64_t submitted = atomic_load(&lane->submitted);
  atomic_store(&lane->entered, submitted);
  atomic_store(&lane->proven, submitted);
  lane->gone = true;
}

/* Of the calling thread's context. What it still has in flight, the driver completes on its own. */
void ot_retire_stream(void *stream) {
  if (!atomic_load(&active))
    return;
  pthread_mutex_lock(&registry);
  for (struct ot_queue *queue = queues, *next; queue; queue = next) {
    next = queue->next;
    for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
      if (lane->stream == stream)
        retire_lane(lane);
    }
    if (queue->scope == OT_SCOPE_STREAM && queue->key == (uint64_t)(uintptr_t)stream) {
      release_queue(queue);
    } else if (ot_queue_is_quiet(queue)) {
      ot_queue_settle(queue);
    }
  }
  atomic_fetch_add(&generation, 1);
  pthread_mutex_unlock(&registry);
}

void ot_retire_streams_of(void *handle) {
  if (!atomic_load(&active))
    return;
  pthread_mutex_lock(&registry);
  for (struct ot_queue *queue = queues; queue; queue = queue->next) {
    for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
      if (lane->context->handle == handle)
        retire_lane(lane);
    }
    if (ot_queue_is_quiet(queue))
      ot_queue_settle(queue);
  }
  atomic_fetch_add(&generation, 1);
  pthread_mutex_unlock(&registry);
}

void ot_forget_context(void *handle) {
  if (!atomic_load(&active))
    return;
  ot_retire_streams_of(handle); /* those that were used while it went */
  pthread_mutex_lock(&registry);
  for (struct ot_context **link = &contexts; *link; link = &(*link)->next) {
    struct ot_context *context = *link;
    if (context->handle != handle)
      continue;
    /* Its lanes still point to it, and are never used again: it stays, without what belonged to the
     * driver. */
    *link = context->next;
    context->handle = NULL;
    if (atomic_load(&context->attached) == 1)
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
    bool by_its_stream = queue->scope == OT_SCOPE_STREAM &&
                         queue->key == ((uintptr_t)OT_STREAM_PER_THREAD | thread << 32);
    if (by_thread || by_its_stream)
      release_queue(queue);
  }
  atomic_fetch_add(&generation, 1);
  pthread_mutex_unlock(&registry);
}

static void on_thread_end(void *unused) {
  (void)unused;
  if (atomic_load(&active))
    release_own_queues(thread_id());
}

void ot_thread_hint_set(int32_t priority) {
  bool had_queue = self.hint == HINT_SET || ot_config.scope == OT_SCOPE_THREAD;
  self.hint = HINT_SET;
  self.priority = priority;
  self.generation = 0;
  if (!had_queue)
    return;
  uint64_t thread = thread_id();
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
  if (self.hint == HINT_UNKNOWN)
    apply_thread_rules();
  if (self.hint != HINT_SET)
    return false;
  *priority = self.priority;
  return true;
}

void ot_thread_hint_clear(void) {
  if (self.hint != HINT_SET)
    return;
  self.hint = HINT_NONE;
  self.generation = 0;
  release_own_queues(thread_id());
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
  return atomic_load(&active) ? queues : NULL;
}

void ot_queues_unlock(void) { pthread_mutex_unlock(&registry); }

/* Start and end */

/* A child after fork has none of its parent's threads, and queues of its own once it uses a device.
 */
static void in_child(void) {
  pthread_mutex_init(&registry, NULL);
  contexts = NULL;
  queues = NULL;
  memset((void *)queues_on, 0, sizeof queues_on);
  memset(&self, 0, sizeof self);
  atomic_fetch_add(&generation, 1);
  ot_watch_forget();
}

bool ot_gate_start(void) {
  if (ot_config.disabled || !ot_board_open(ot_config.page_path, true))
    return false;
  ot_board_forget_former_self();
  if (pthread_key_create(&thread_end, on_thread_end) || pthread_atfork(NULL, NULL, in_child))
    return false;
  atomic_store(&active, true);
  return true;
}

bool ot_gate_is_active(void) { return atomic_load(&active); }

bool ot_gate_look_after_stalls(uint64_t now) {
  bool any = false;
  for (int i = 0; i < OT_DEVICES; i++) {
    if (!atomic_load(&has_stalled_on[i]))
      continue;
    any = true;
    if (ot_board_intact() &&
        !ot_above_floor(&ot_page->devices[i], atomic_load(&last_stalled_at[i])))
      ot_board_watch(&ot_page->devices[i], atomic_load(&last_stalled_at[i]), now);
  }
  return any;
}

/* At exit. The watcher stays: what the program still does may wait for work that stands stalled.
 * But it leaves the driver alone, which is about to go. */
static void stop(void) {
  if (!atomic_exchange(&active, false))
    return;
  ot_watch_poke();
  struct timespec patience;
  clock_gettime(CLOCK_REALTIME, &patience);
  patience.tv_sec += 1;
  if (pthread_mutex_timedlock(&registry, &patience))
    return; /* It hangs in the driver. That this process is gone, its pid will tell. */
  while (queues)
    release_queue(queues);
  pthread_mutex_unlock(&registry);
}
