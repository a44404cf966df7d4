#include "pace.h"

#include <pthread.h>
#include <sys/prctl.h>
#include <time.h>

#include "captures.h"
#include "flight.h"
#include "interrupt.h"
#include "log.h"
#include "queues.h"
#include "stalls.h"

#define MICROSECOND UINT64_C(1000)

/* What a marker costs the device, and the share of a queue's time that markers may take. That
 * is some microseconds for a write and a wait. The launching thread pays more, which is hidden
 * behind the device's work unless there is too little. */
#define MARKER_NANOS (5 * MICROSECOND / 2)
#define MARKER_SHARE 80 /* one eightieth */
/* Where the device waits for the program, it is the launching thread that pays, and nothing queues
 * up that would have to be stopped: then there are only as many as it takes to check the forecasts.
 */
#define CHECK_NANOS (1000 * MICROSECOND)

/* Waits of the launching thread: a late launch leaves the device idle, so it spins for as long as a
 * bound's time takes, as the driver does by default where it waits. Not where that takes the device
 * a processor away. */
#define SPIN_NANOS (300 * MICROSECOND)
#define SLEEP_NANOS (20 * MICROSECOND)
/* How long no marker may come before the driver is asked whether anything still can. */
#define PATIENCE_NANOS (20000 * MICROSECOND)

/* The share of the work between two markers that may pass between two looks at what is in flight: a
 * look takes a good part of what the launch of a short command does. */
#define PASS_SHARE 10 /* a tenth */

/* Commands between two markers that only show progress; twice as many while they are short. */
#define SHOW_BATCH 64

/* The bound is raised by this share of itself each time that the device ran dry behind it, to twice
 * at most. It falls again with what completes. */
#define RISE_SHARE 4

/* Markers */

/* On the context's first marker, and the lane's. Lanes share what the context has. */
static bool prepare_once(struct ot_lane *lane) {
  struct ot_context *context = lane->context;
  if (!atomic_load(&context->attached)) {
    if (!ot_may_ask())
      return false;
    bool attached = !ot_driver->attach || ot_driver->attach(context);
    ot_asked();
    if (ot_config.level == 2 && attached && !context->can_wait)
      ot_warn_once("level 2 was asked for, but this device cannot be made to wait by %s: level 1 "
                   "it is",
                   ot_driver->name);
    if (!attached)
      ot_warn_once("work in flight cannot be bounded on this device: lower-priority work waits its "
                   "turn only "
                   "before it is launched");
    atomic_store(&context->attached, attached ? 1 : 2);
  }
  return atomic_load(&context->attached) == 1 && (lane->word || ot_driver->prepare(lane));
}

static bool may_stall_now(struct ot_lane *lane) {
  return lane->resumed && lane->context->can_wait && ot_may_use_level(lane->queue->slot, 2) &&
         atomic_load_explicit(&ot_page->header.policy_mode, memory_order_relaxed) == OT_POLICY_HPF;
}

static bool prepare(struct ot_lane *lane) {
  static pthread_mutex_t preparing = PTHREAD_MUTEX_INITIALIZER;
  if (lane->word && atomic_load(&lane->context->attached) == 1)
    return true;
  pthread_mutex_lock(&preparing);
  bool prepared = prepare_once(lane);
  pthread_mutex_unlock(&preparing);
  return prepared;
}

/* A wait keeps the priority at which it was placed. */
static void note_stall(struct ot_lane *lane, uint64_t number, int32_t priority) {
  uint64_t before = atomic_load(&lane->stalled);
  if (before && priority != lane->last_stall_at)
    lane->stalled_otherwise = before;
  lane->last_stall_at = priority;
  bool others = lane->stalled_otherwise && lane->stalled_otherwise >= ot_completed(lane);
  if (!others || priority < atomic_load(&lane->stalled_at))
    atomic_store(&lane->stalled_at, priority);
  atomic_store(&lane->stalled, number);
}

/* Behind the last command that was launched. Under `marking`. */
static void place(struct ot_lane *lane, bool stall) {
  struct ot_slot *slot = lane->queue->slot;
  uint64_t number = atomic_load(&lane->submitted), marked = atomic_load(&lane->marked);
  if (number == marked || !prepare(lane))
    return;
  stall = stall && ot_alone_on_device(lane->queue) && may_stall_now(lane);
  /* Known before it can be reached, so that a completion is never taken for one of long ago. */
  atomic_store(&lane->marked, number);
  int32_t priority = atomic_load(&slot->priority);
  if (!ot_driver->mark(lane, (uint32_t)number, stall, priority)) {
    atomic_store(&lane->marked, marked);
    return;
  }
  stall = stall && lane->resumed; /* The driver may have refused, and taken an event. */
  if (stall) {
    note_stall(lane, number, priority);
    ot_stalls_note(lane->queue->device, priority);
  }
  ot_flight_mark(lane, number, stall);
  bool interrupts = stall && ot_may_use_level(slot, 3) && ot_interrupt_reaches(lane->queue->device);
  atomic_store(&slot->level, interrupts ? 3 : stall ? 2 : 1);
  atomic_store(&slot->batch, (uint32_t)(number - marked));
  ot_flight_observe(lane, ot_now());
}

/* Its own synchronizations show progress too. Where the last marker has been reached already, the
 * commands are short, and the next may be further away: it costs the launching thread about as much
 * as one of them. A marker before a synchronization says nothing about what came behind that. */
void ot_pace_show_progress(struct ot_lane *lane) {
  uint64_t submitted = atomic_load(&lane->submitted), marked = atomic_load(&lane->marked);
  uint64_t proven = atomic_load(&lane->proven), shown = marked > proven ? marked : proven;
  if (submitted < shown + SHOW_BATCH) {
    atomic_store(&lane->show_at, shown + SHOW_BATCH);
    return;
  }
  if (atomic_flag_test_and_set(&lane->marking))
    return;
  bool keeps_up = marked && marked >= proven && ot_completed(lane) >= marked;
  place(lane, false);
  atomic_flag_clear(&lane->marking);
  atomic_store(&lane->show_at, submitted + (keeps_up ? 2 : 1) * SHOW_BATCH);
}

bool ot_pace_mark_end(struct ot_lane *lane) {
  if (!ot_may_ask())
    return false;
  bool placed = !atomic_flag_test_and_set(&lane->marking);
  if (placed) {
    place(lane, false);
    atomic_flag_clear(&lane->marking);
  }
  ot_asked();
  return placed && atomic_load(&lane->marked) == atomic_load(&lane->submitted);
}

/* The launch config in force for a queue. */
struct config {
  uint32_t threshold, batch; /* commands; 0: by time */
  uint64_t bound;            /* nanoseconds in flight */
};

static struct config config_of(struct ot_lane *lane) {
  struct ot_slot *slot = lane->queue->slot;
  /* While it is let through only in case somebody waits for it: one by one. */
  if (atomic_load_explicit(&lane->queue->device->escaping, memory_order_relaxed))
    return (struct config){1, 1, 0};
  struct config config = {atomic_load_explicit(&slot->threshold_wanted, memory_order_relaxed),
                          atomic_load_explicit(&slot->batch_wanted, memory_order_relaxed),
                          atomic_load_explicit(&slot->in_flight_micros, memory_order_relaxed) *
                              MICROSECOND};
  if (!config.threshold || !config.batch)
    config.threshold = config.batch = 0;
  if (config.batch > config.threshold)
    config.batch = config.threshold;
  return config;
}

/* Nanoseconds of work between two markers. */
static uint64_t marker_distance(struct config config) {
  uint64_t close = MARKER_NANOS * MARKER_SHARE;
  return close < config.bound ? close : config.bound;
}

/* Whether a marker is due behind what was launched, before a command that will take `next`. What
 * counts is what still waits behind the last marker: the device has done the rest. */
static bool marker_is_due(struct ot_lane *lane, struct config config, uint64_t next, uint64_t now) {
  uint64_t unmarked = atomic_load(&lane->submitted) - atomic_load(&lane->marked);
  if (!unmarked)
    return false;
  if (config.batch)
    return unmarked >= config.batch;
  uint64_t since = atomic_load(&lane->since_marker), until = atomic_load(&lane->busy_until);
  uint64_t waiting = until > now ? until - now : 0;
  if (waiting > since)
    waiting = since;
  return (waiting > MARKER_NANOS && waiting + next > marker_distance(config)) ||
         since > CHECK_NANOS || unmarked >= OT_MAX_IN_FLIGHT / 4;
}

/* Waiting */

/* Whether a command that will take `next` has to wait for others to complete. */
static bool is_full(struct ot_lane *lane, struct config config, uint64_t next, bool stalls,
                    uint64_t commands, uint64_t now) {
  if (config.threshold)
    return commands >= config.threshold;
  if (commands >= OT_MAX_IN_FLIGHT)
    return true;
  if (stalls)
    return false;
  /* One that is longer than the bound must begin some time; a third of the bound is time enough to
   * launch it. */
  uint64_t left = ot_flight_remaining(lane, now);
  uint64_t rise = atomic_load(&lane->rise);
  return left > config.bound / 3 &&
         left + next > config.bound + (rise < config.bound ? rise : config.bound);
}

/* A sleep takes as much longer as the thread's timer slack allows, 50 us by default: too much here.
 * The thread is the program's, so its own value is put back. */
static void sleep_briefly(void) {
  int slack = prctl(PR_GET_TIMERSLACK);
  prctl(PR_SET_TIMERSLACK, 1000);
  struct timespec time = {0, SLEEP_NANOS};
  nanosleep(&time, NULL);
  if (slack > 0)
    prctl(PR_SET_TIMERSLACK, slack);
}

static void spin_briefly(void) {
  for (int i = 0; i < 20; i++) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
  }
}

/* Nothing completed for a while. Whether to go on waiting: only if the device has work of this
 * lane, and it has not been all that long. What the driver answers about errors, the program will
 * hear itself. */
static bool still_worth_waiting(struct ot_lane *lane, uint64_t waited) {
  return waited < ot_config.escape_nanos &&
         (!ot_driver->query || ot_driver->query(lane->context, lane->stream) != OT_STREAM_IDLE);
}

/* A program that launches hardly faster than the device works has the device run dry at any pause
 * of its own, when it may be so little ahead: the bound is raised for it. Not for one that waited
 * for its work itself, nor where a pause was no fault of the bound. */
static void rise_if_dry(struct ot_lane *lane, struct config config, uint64_t now) {
  if (config.threshold || atomic_load(&lane->busy_until) > now || !atomic_load(&lane->waited))
    return;
  atomic_store(&lane->waited, false);
  if (atomic_load(&lane->proven) >= atomic_load(&lane->submitted))
    return;
  uint64_t rise = atomic_load(&lane->rise) + config.bound / RISE_SHARE;
  atomic_store(&lane->rise, rise < config.bound ? rise : config.bound);
}

/* Returns the time by then. */
static uint64_t wait_for_room(struct ot_lane *lane, struct config config, uint64_t next,
                              bool stalls) {
  uint64_t now = ot_now(), progress_at = now, asked_at = now, complete = ot_completed(lane);
  uint64_t spin = lane->context->is_processor ? 0 : SPIN_NANOS;
  atomic_store(&lane->waited, true);
  while (is_full(lane, config, next, stalls, ot_in_flight(lane), now) &&
         atomic_load(&lane->marked) > complete) {
    if (ot_gate_wait(lane->queue)) { /* What is in flight may stand stalled on the device: no use in
                                        looking. */
      ot_flight_untimed(lane);
      progress_at = asked_at = ot_now();
    }
    if (now - progress_at < spin) {
      spin_briefly();
    } else {
      sleep_briefly();
    }
    now = ot_now();
    uint64_t before = complete;
    complete = ot_completed(lane);
    if (complete != before) {
      ot_flight_catch_up(lane, now);
      progress_at = asked_at = now;
    } else if (now - asked_at > PATIENCE_NANOS) {
      if (!still_worth_waiting(lane, now - progress_at))
        break;
      asked_at = now;
    }
  }
  return now;
}

static void note_look(struct ot_lane *lane, struct config config, uint64_t now) {
  uint64_t close = marker_distance(config);
  atomic_store_explicit(&lane->looked_at, now, memory_order_relaxed);
  atomic_store_explicit(&lane->passed, 0, memory_order_relaxed);
  atomic_store_explicit(&lane->may_pass, config.threshold ? 0 : close / PASS_SHARE,
                        memory_order_relaxed);
}

uint64_t ot_pace_passes(struct ot_lane *lane, uint32_t kind) {
  uint64_t passed = atomic_load_explicit(&lane->passed, memory_order_relaxed),
           seen = atomic_load_explicit(&lane->seen_complete, memory_order_relaxed);
  passed += ot_flight_longest(kind);
  /* What has completed is looked at in time, or a pause of the program counts as its work; and the
   * first command on an idle device begins now. */
  if (passed > atomic_load_explicit(&lane->may_pass, memory_order_relaxed) ||
      ot_completed(lane) > seen ||
      atomic_load_explicit(&lane->submitted, memory_order_relaxed) == seen)
    return 0;
  atomic_store_explicit(&lane->passed, passed, memory_order_relaxed);
  return atomic_load_explicit(&lane->looked_at, memory_order_relaxed);
}

uint64_t ot_pace_before(struct ot_lane *lane, uint32_t kind) {
  struct config config = config_of(lane);
  uint64_t now = ot_now(), next = ot_flight_longest(kind);
  ot_flight_catch_up(lane, now);
  rise_if_dry(lane, config, now);
  if (marker_is_due(lane, config, next, now) && !atomic_flag_test_and_set(&lane->marking)) {
    place(lane, true);
    atomic_flag_clear(&lane->marking);
  }
  note_look(lane, config, now);
  if (!lane->word)
    return now; /* There is no marker, and so nothing to wait for. */
  bool stalls = atomic_load(&lane->stalled) == atomic_load(&lane->marked);
  uint64_t commands = ot_in_flight(lane);
  if (is_full(lane, config, next, stalls, commands, now)) {
    now = wait_for_room(lane, config, next, stalls);
    note_look(lane, config, now);
    commands = ot_in_flight(lane);
  }
  atomic_store_explicit(&lane->queue->slot->threshold,
                        config.threshold ? config.threshold : (uint32_t)commands + 1,
                        memory_order_relaxed);
  return now;
}
