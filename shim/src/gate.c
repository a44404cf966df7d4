#include "gate.h"

#include <string.h>

#include "captures.h"
#include "flight.h"
#include "log.h"
#include "pace.h"
#include "queues.h"
#include "uncancelled.h"
#include "watch.h"

#define AGAIN_NANOS UINT64_C(1000000000)

const struct ot_driver *_Atomic ot_driver;
_Atomic bool ot_active;
_Atomic bool ot_daemon_decides;
__thread __attribute__((tls_model("initial-exec"))) struct ot_thread ot_self;

bool ot_claim(const struct ot_driver *driver) {
  const struct ot_driver *nobody = NULL;
  return atomic_compare_exchange_strong(&ot_driver, &nobody, driver) || nobody == driver;
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
  return !atomic_load(&ot_active) ||
         (ot_above_floor(queue->device, atomic_load(&queue->slot->priority)) &&
          gate_open(queue->slot, now));
}

static void wait_for_change(struct ot_queue *queue) {
  struct ot_slot *slot = queue->slot;
  int32_t floor = ot_floor_word(queue->device);
  if (!ot_above_floor(queue->device, atomic_load(&slot->priority))) {
    ot_board_await(queue->device, floor, OT_FALL, ot_watch_period_nanos());
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
         atomic_load_explicit(&ot_daemon_decides, memory_order_relaxed);
}

/* A command that others may overtake, that is the first after a pause, or that finds its gate
 * closed. It has been counted as entered: it is counted first and then looks whether the queue is
 * ready, and whoever proves the queue idle looks in the other order. */
static OUT_OF_THE_WAY void enter_slowly(struct ot_lane *lane, uint32_t kind) {
  OT_UNCANCELLED;
  struct ot_queue *queue = lane->queue;
  if (!atomic_load(&queue->ready) || atomic_load(&queue->quiet_since))
    ot_become_ready(queue);
  ot_self.inside = true;
  if (is_bounded(queue)) {
    ot_self.paced_at = ot_pace_before(lane, kind);
  } else {
    ot_flight_untimed(lane);
    if (ot_holds_others(queue))
      ot_pace_show_progress(lane);
  }
  ot_self.inside = false;
  if (ot_gate_wait(queue)) {
    ot_flight_untimed(lane);
    if (ot_self.paced_at)
      ot_self.paced_at = ot_now();
  }
}

/* Where all slots are taken, a search goes through every program of the machine. */
static OUT_OF_THE_WAY void look_up(struct ot_memory *memory, void *handle, void *stream) {
  OT_UNCANCELLED;
  bool same = memory->context == handle && memory->stream == stream;
  if (same && ot_now() < memory->again_at)
    return;
  struct ot_lane *lane = ot_look_up(handle, stream);
  *memory = (struct ot_memory){handle, stream, lane, lane ? 0 : ot_now() + AGAIN_NANOS};
}

static inline struct ot_lane *lane_of(void *stream) {
  void *handle = ot_driver->context_of(stream);
  if (SELDOM(!handle))
    return NULL;
  uint64_t now = atomic_load_explicit(&ot_generation, memory_order_acquire);
  if (SELDOM(ot_self.generation != now)) {
    memset(ot_self.memory, 0, sizeof ot_self.memory);
    ot_self.generation = now;
  }
  struct ot_memory *memory =
      &ot_self.memory[((uintptr_t)stream >> 4 ^ (uintptr_t)stream) % OT_REMEMBERED];
  if (SELDOM(memory->context != handle || memory->stream != stream || !memory->lane))
    look_up(memory, handle, stream);
  return memory->lane;
}

struct ot_lane *ot_enter(void *stream, uint32_t kind) {
  if (SELDOM(!atomic_load_explicit(&ot_active, memory_order_relaxed) || !ot_driver ||
             ot_self.inside))
    return NULL;
  struct ot_lane *lane = lane_of(stream);
  if (SELDOM(!lane))
    return NULL;
  /* What is recorded into a graph does not run now, and nothing may be inserted there. */
  if (SELDOM(atomic_load_explicit(&ot_captures, memory_order_relaxed) &&
             ot_driver->is_capturing(stream)))
    return NULL;
  struct ot_queue *queue = lane->queue;
  bool bounded = is_bounded(queue);
  ot_self.paced_at = bounded ? ot_pace_passes(lane, kind) : 0;
  uint64_t entered = atomic_fetch_add(&lane->entered, 1);
  int32_t priority = atomic_load_explicit(&queue->slot->priority, memory_order_relaxed);
  bool others = ot_bottom_priority(queue->device) < priority;
  if (SELDOM(!atomic_load(&queue->ready) ||
             atomic_load_explicit(&queue->quiet_since, memory_order_relaxed) ||
             !ot_above_floor(queue->device, priority) ||
             atomic_load_explicit(&queue->slot->gate, memory_order_relaxed) != OT_GATE_OPEN ||
             (bounded ? !ot_self.paced_at
                      : others &&
                            entered >= atomic_load_explicit(&lane->show_at, memory_order_relaxed))))
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
  if (SELDOM(ot_self.paced_at))
    ot_flight_add(lane, number, kind, ot_self.paced_at);
}

void ot_leave_complete(struct ot_lane *lane, uint32_t kind, bool launched, uint64_t before) {
  if (!lane)
    return;
  ot_leave(lane, kind, launched);
  /* Another thread's command may have come into the stream meanwhile, and nothing is known of that
   * one, nor which of the two numbers is whose. */
  if (launched)
    ot_prove(lane, atomic_load(&lane->submitted) == before + 1 ? before + 1 : before);
  if (atomic_load(&lane->queue->ready) && ot_queue_is_quiet(lane->queue))
    ot_queue_settle(lane->queue);
}

/* Synchronization */

struct ot_sync ot_sync_begin(void *stream) {
  struct ot_sync sync = {0};
  if (!atomic_load_explicit(&ot_active, memory_order_relaxed) || !ot_driver || ot_self.inside)
    return sync;
  /* Whose queue this is shows in any of the thread's lanes: no queue is made for a thread that only
   * waits. */
  void *handle = ot_driver->context_of(stream);
  for (int i = 0; handle && i < OT_REMEMBERED; i++) {
    struct ot_memory *memory = &ot_self.memory[i];
    if (ot_self.generation != atomic_load(&ot_generation))
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

/* Then there is no use in asking, and whoever asks might wait for a thread that waits itself. */
static bool stands_held(struct ot_queue *queue) {
  return !ot_queue_may_run(queue, ot_now()) && ot_queue_stands(queue);
}

void ot_sync_end(struct ot_sync sync, bool proved) {
  if (!sync.queue)
    return;
  atomic_fetch_sub(&sync.queue->syncing, 1);
  if (!proved || !atomic_load_explicit(&ot_active, memory_order_relaxed))
    return;
  if (sync.lane)
    ot_prove(sync.lane, sync.submitted);
  if (!atomic_load(&sync.queue->ready))
    return;
  if (ot_queue_is_quiet(sync.queue)) {
    ot_queue_settle(sync.queue);
  } else if (ot_holds_others(sync.queue) && !stands_held(sync.queue)) {
    /* Other streams may be idle by now as well: one question a stream, and the device is free for
     * others at once. */
    OT_UNCANCELLED;
    ot_queues_lock();
    ot_queue_query(sync.queue);
    ot_queues_unlock();
  }
}

void ot_sync_seen(void) {
  struct ot_sync sync = ot_sync_begin(OT_ALL_STREAMS);
  ot_sync_end(sync, true);
}
