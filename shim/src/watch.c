#include "watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "gate.h"
#include "helper.h"
#include "interrupt.h"
#include "log.h"
#include "stalls.h"

#define MICROSECOND UINT64_C(1000)
#define MILLISECOND UINT64_C(1000000)

/* A stream is asked about once it had no new command for this long. */
#define QUIET_NANOS (50 * MICROSECOND)
/* The longer it is busy, the less often it is asked: at most an eighth of that time is lost before
 * it is seen idle. */
#define MAX_QUERY_NANOS (500 * MICROSECOND)
#define PUBLISH_NANOS (10 * MILLISECOND)
/* How often one looks whether those above are still there, without being held by them: while they
 * are, work in flight is bounded, which costs a little. */
#define ROLL_CALL_NANOS (1000 * MILLISECOND)

/* To be woken costs the waker some microseconds at the start of its request. So after a request the
 * watcher stays up for a while and looks for the next one by itself, at least this often; most are
 * over by then, and proved idle by whoever waited for them. */
#define LOOK_NANOS (1 * MILLISECOND)
#define STAY_UP_NANOS (200 * MILLISECOND)
#define LOOK_AT_HARMLESS_NANOS (10 * MILLISECOND)

static pthread_mutex_t starting = PTHREAD_MUTEX_INITIALIZER;
static _Atomic bool running;
static _Atomic uint32_t pokes; /* futex */
static _Atomic uint32_t
    sleeping; /* 1 while it waits for more than a moment, 2 while it waits for good */

uint64_t ot_watch_period_nanos(void) {
  uint64_t quarter = ot_config.escape_nanos / 4;
  return quarter < 20 * MILLISECOND ? quarter : 20 * MILLISECOND;
}

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

static uint64_t entered(struct ot_queue *queue) {
  uint64_t sum = 0;
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next)
    sum += atomic_load(&lane->entered);
  return sum;
}

/* Finds out whether a queue that holds others is idle. Returns how long until it is to be looked at
 * again. */
static uint64_t look_for_idle(struct ot_queue *queue, uint64_t now) {
  uint64_t commands = entered(queue);
  if (commands != queue->seen_entered) {
    queue->seen_entered = commands;
    queue->seen_at = now;
    queue->next_query = now + QUIET_NANOS;
  }
  /* Whoever synchronizes will tell, and soon; unless it is another queue's work that it waits for.
   */
  if (atomic_load(&queue->syncing) && now - queue->seen_at < 2 * MILLISECOND)
    return MILLISECOND;
  if (now < queue->next_query)
    return queue->next_query - now;
  ot_queue_query(queue);
  uint64_t pause = (now - queue->seen_at) / 8;
  if (pause < QUIET_NANOS)
    pause = QUIET_NANOS;
  pause = least(pause, MAX_QUERY_NANOS);
  queue->next_query = now + pause;
  return pause;
}

/* One queue that is ready; `asks`: also by the driver's answers, for which another thread may have
 * to wait. Returns how long until it is to be looked at again. */
static uint64_t look_at(struct ot_queue *queue, bool asks, uint64_t now) {
  uint64_t next = PUBLISH_NANOS;
  ot_queue_publish(queue);
  if (ot_queue_stands_in_its_way(queue)) {
    ot_board_step_aside(queue->device, queue->slot);
    next = MILLISECOND;
  }
  if (now >= queue->next_roll_call) {
    ot_board_roll_call(queue->device, atomic_load(&queue->slot->priority));
    queue->next_roll_call = now + ROLL_CALL_NANOS;
  }
  uint64_t quiet = atomic_load(&queue->quiet_since);
  if (quiet) {
    uint64_t until = quiet + ot_queue_linger_nanos(queue);
    if (now < until)
      return until - now;
    ot_queue_settle(queue);
  } else if (!asks) {
    return next;
  } else if (ot_bottom_priority(queue->device) < atomic_load(&queue->slot->priority)) {
    next = least(next, look_for_idle(queue, now));
  } else if (now - queue->seen_at >= PUBLISH_NANOS) {
    /* It holds nobody: that it is idle matters to those who look at it, and to nobody else. */
    queue->seen_at = now;
    ot_queue_query(queue);
  }
  return next;
}

/* One round. Returns how long to sleep; UINT64_MAX for good. */
static uint64_t look(void) {
  static uint64_t last_ready;
  uint64_t now = ot_now(), next = UINT64_MAX;
  if (!ot_gate_is_active())
    return ot_stalls_look_after(now) ? ot_watch_period_nanos() : UINT64_MAX;
  bool damaged = !ot_board_intact(), holds_others = false;
  for (struct ot_queue *queue = ot_queues_lock(); queue; queue = queue->next) {
    int32_t priority = atomic_load(&queue->slot->priority);
    holds_others |= ot_bottom_priority(queue->device) < priority;
    if (ot_top_priority(queue->device) > priority)
      ot_interrupt_watch(queue->device);
    if (atomic_load(&queue->slot->run) != OT_RUN_READY)
      continue;
    last_ready = now;
    bool held = !ot_queue_may_run(queue, now);
    if (held) {
      /* Its work may stand stalled on the device, where nobody but this thread can look after it.
       */
      next = least(next, ot_watch_period_nanos());
      ot_board_watch(queue->device, atomic_load(&queue->slot->priority), now);
    }
    /* Behind what stands there the driver's queue may be full, and a thread be in the driver with
     * its lock for as long: whoever asked would wait with it, and look after nothing. */
    next = least(next, look_at(queue, !held || !ot_queue_stands(queue), now));
  }
  if (!damaged)
    ot_spare_age(now);
  ot_queues_unlock();
  if (damaged)
    ot_give_up_scheduling("the control page was damaged or replaced by another version's");
  if (now - last_ready < STAY_UP_NANOS)
    next = least(next, holds_others ? LOOK_NANOS : LOOK_AT_HARMLESS_NANOS);
  return next;
}

static void watch(void *unused) {
  (void)unused;
  for (;;) {
    uint32_t seen = atomic_load(&pokes); /* A poke from here on is seen by the number. */
    uint64_t pause = look();
    bool for_good = pause == UINT64_MAX;
    atomic_store(&sleeping, for_good ? 2 : pause > 2 * QUIET_NANOS);
    if (pause < 10 * MICROSECOND)
      pause = 10 * MICROSECOND;
    ot_futex_wait(&pokes, seen, for_good ? 1000 * MILLISECOND : pause);
    atomic_store(&sleeping, 0);
  }
}

static void start(void) {
  pthread_mutex_lock(&starting);
  if (!atomic_load(&running)) {
    int error = ot_helper_start("overtake", watch, NULL);
    atomic_store(&running, error == 0);
    if (error)
      ot_give_up_scheduling("its helper thread could not be started");
  }
  pthread_mutex_unlock(&starting);
}

static void wake(uint32_t if_sleeping) {
  if (!atomic_load(&running))
    start();
  atomic_fetch_add(&pokes, 1);
  if (atomic_load(&sleeping) >= if_sleeping)
    ot_futex_wake(&pokes);
}

void ot_watch_start(void) { wake(2); }

void ot_watch_poke(void) { wake(1); }

void ot_watch_in_child(void) {
  atomic_store(&running, false);
  atomic_store(&sleeping, 0);
  pthread_mutex_init(&starting, NULL);
}
