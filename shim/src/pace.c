#include "pace.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "forecast.h"
#include "log.h"
#include "stalls.h"
#include "queues.h"

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

/* Of a command never seen before. */
#define FIRST_GUESS_NANOS 20000
/* The same where too small a guess would let a flood of long commands stand before one marker. */
#define LONGEST_GUESS_NANOS 1000000000

/* Commands in flight, whatever they take; the driver's own queue holds about as many. A power of
 * two. */
#define MAX_IN_FLIGHT 1024

/* Waits of the launching thread: a late launch leaves the device idle, so it spins for as long as a
 * bound's time takes, as the driver does by default where it waits. */
#define SPIN_NANOS (300 * MICROSECOND)
#define SLEEP_NANOS (20 * MICROSECOND)
/* How long no marker may come before the driver is asked whether anything still can. */
#define PATIENCE_NANOS (20000 * MICROSECOND)

/* The bound is raised by this share of itself each time that the device ran dry behind it, to twice
 * at most; with each completion that is seen, this share of the rise is taken back. */
#define RISE_SHARE 4
#define FALL_SHARE 128

/* A command in flight: high half its kind, low half the forecast in nanoseconds, whose lowest bit
 * says that a marker stands behind it. */
#define MARKED UINT64_C(1)

bool ot_pace_start(struct ot_lane *lane) {
  atomic_flag_clear(&lane->marking);
  lane->flight = calloc(MAX_IN_FLIGHT, sizeof *lane->flight);
  return lane->flight;
}

static _Atomic uint64_t *in_ring(struct ot_lane *lane, uint64_t number) {
  return &lane->flight[number % MAX_IN_FLIGHT];
}

static uint64_t forecast_of(uint64_t entry) { return (uint32_t)entry & ~MARKED; }

uint64_t ot_completed(struct ot_lane *lane) {
  uint64_t proven = atomic_load(&lane->proven);
  if (!lane->word)
    return proven;
  if (ot_driver->poll)
    ot_driver->poll(lane);
  /* The device writes the low half. A marker that was placed is never more than that behind. */
  uint64_t marked = atomic_load(&lane->marked);
  uint32_t behind = (uint32_t)marked - atomic_load_explicit(lane->word, memory_order_acquire);
  uint64_t reached = behind <= marked && behind < UINT32_MAX / 2 ? marked - behind : 0;
  return reached > proven ? reached : proven;
}

static uint64_t in_flight(struct ot_lane *lane) {
  uint64_t complete = ot_completed(lane), submitted = atomic_load(&lane->submitted);
  return submitted > complete ? submitted - complete : 0;
}

void ot_pace_interrupt(struct ot_lane *lane) {
  atomic_store(&lane->busy_since, 0);
  atomic_store(&lane->waited, false);
}

/* Learning */

/* Takes note of what has completed since it last looked. Under `marking`. */
static void observe(struct ot_lane *lane, uint64_t now) {
  uint64_t complete = ot_completed(lane), first = atomic_load(&lane->seen_complete) + 1;
  if (complete < first)
    return;
  if (complete - first >= MAX_IN_FLIGHT)
    first = complete - MAX_IN_FLIGHT + 1; /* They were not bounded then. */
  bool idle = complete >= atomic_load(&lane->submitted);
  uint64_t expected = 0, since = atomic_load(&lane->busy_since);
  for (uint64_t n = first; n <= complete; n++)
    expected += forecast_of(atomic_load(in_ring(lane, n)));
  /* Of a device that has nothing left it is not known when it ended. */
  if (!idle && since && expected && now > since) {
    /* Together they took this long; what each took is guessed in proportion to what was expected of
     * it. */
    uint64_t took = now - since;
    for (uint64_t n = first; n <= complete; n++) {
      uint64_t entry = atomic_load(in_ring(lane, n));
      if (entry >> 32)
        ot_forecast_learn((uint32_t)(entry >> 32), took * forecast_of(entry) / expected);
    }
  }
  atomic_store(&lane->seen_complete, complete);
  atomic_store(&lane->busy_since, idle ? 0 : now);
  int64_t backlog = atomic_fetch_sub(&lane->backlog, (int64_t)expected) - (int64_t)expected;
  if (backlog < 0 || idle)
    atomic_store(&lane->backlog, backlog = 0);
  uint64_t rise = atomic_load(&lane->rise);
  atomic_store(&lane->rise, rise - rise / FALL_SHARE);
  atomic_store(&lane->busy_until, now + (uint64_t)backlog);
}

void ot_pace_after(struct ot_lane *lane, uint64_t number, uint32_t kind) {
  uint32_t forecast = ot_forecast(kind, FIRST_GUESS_NANOS) & ~(uint32_t)MARKED;
  uint64_t now = ot_now(), until = atomic_load(&lane->busy_until);
  atomic_store(in_ring(lane, number), (uint64_t)kind << 32 | forecast);
  atomic_fetch_add(&lane->backlog, (int64_t)forecast);
  atomic_fetch_add(&lane->since_marker, ot_forecast(kind, LONGEST_GUESS_NANOS));
  atomic_store(&lane->busy_until, (until > now ? until : now) + forecast);
  /* The first on an idle device begins now; any other when the one before it ends. */
  if (number == ot_completed(lane) + 1)
    atomic_store(&lane->busy_since, now);
}

/* What the work in flight will still take. Of what stands before the next marker it is only known
 * that it began when the marker before it was reached. */
static uint64_t remaining(struct ot_lane *lane, uint64_t now) {
  int64_t backlog = atomic_load(&lane->backlog);
  if (backlog <= 0 || !in_flight(lane))
    return 0;
  uint64_t group = 0, submitted = atomic_load(&lane->submitted);
  for (uint64_t n = ot_completed(lane) + 1; n <= submitted; n++) {
    uint64_t entry = atomic_load(in_ring(lane, n));
    group += forecast_of(entry);
    if (entry & MARKED)
      break;
  }
  uint64_t since = atomic_load(&lane->busy_since);
  uint64_t passed = since && now > since ? now - since : 0;
  if (passed > group)
    passed = group;
  return (uint64_t)backlog > passed ? (uint64_t)backlog - passed : 0;
}

/* Markers */

/* On the context's first marker, and the lane's. Lanes share what the context has. */
static bool prepare_once(struct ot_lane *lane) {
  struct ot_context *context = lane->context;
  if (!atomic_load(&context->attached)) {
    if (atomic_load(&ot_captures))
      return false; /* What it takes is not allowed now. */
    bool attached = ot_driver->attach(context);
    if (!attached)
      ot_warn_once("work in flight cannot be bounded on this device: lower-priority work waits its "
                   "turn only "
                   "before it is launched");
    atomic_store(&context->attached, attached ? 1 : 2);
  }
  return atomic_load(&context->attached) == 1 && (lane->word || ot_driver->prepare(lane));
}

static bool may_stall_now(struct ot_lane *lane) {
  return lane->context->can_wait && atomic_load(&lane->queue->slot->level_wanted) != 1 &&
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
  if (stall) {
    bool others = atomic_load(&lane->stalled) >= ot_completed(lane) && number > 1;
    if (!others || priority < atomic_load(&lane->stalled_at))
      atomic_store(&lane->stalled_at, priority);
    ot_stalls_note(lane->queue->device, priority);
    atomic_store(&lane->stalled, number);
  }
  atomic_fetch_or(in_ring(lane, number), MARKED);
  atomic_store(&lane->since_marker, 0);
  atomic_store(&slot->level, stall ? 2 : 1);
  atomic_store(&slot->batch, (uint32_t)(number - marked));
  observe(lane, ot_now());
}

void ot_pace_show_progress(struct ot_lane *lane) {
  if (atomic_load(&lane->submitted) - atomic_load(&lane->marked) < OT_PROGRESS_BATCH)
    return;
  if (atomic_flag_test_and_set(&lane->marking))
    return;
  place(lane, false);
  atomic_flag_clear(&lane->marking);
}

bool ot_pace_mark_end(struct ot_lane *lane) {
  if (atomic_load(&ot_captures) || atomic_flag_test_and_set(&lane->marking))
    return false;
  place(lane, false);
  atomic_flag_clear(&lane->marking);
  return atomic_load(&lane->marked) == atomic_load(&lane->submitted);
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
  uint64_t close = MARKER_NANOS * MARKER_SHARE;
  if (close > config.bound)
    close = config.bound;
  return (waiting > MARKER_NANOS && waiting + next > close) || since > CHECK_NANOS ||
         unmarked >= MAX_IN_FLIGHT / 4;
}

/* Waiting */

/* Whether a command that will take `next` has to wait for others to complete. */
static bool is_full(struct ot_lane *lane, struct config config, uint64_t next, bool stalls,
                    uint64_t now) {
  uint64_t commands = in_flight(lane);
  if (config.threshold)
    return commands >= config.threshold;
  if (commands >= MAX_IN_FLIGHT)
    return true;
  if (stalls)
    return false;
  /* One that is longer than the bound must begin some time; a third of the bound is time enough to
   * launch it. */
  uint64_t left = remaining(lane, now);
  return left > config.bound / 3 && left + next > config.bound + atomic_load(&lane->rise);
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
         ot_driver->query(lane->context, lane->stream) != OT_STREAM_IDLE;
}

/* At every command, so that a completion is known within the time of a launch. What is thought to
 * remain because nobody has looked keeps the program from launching while the device runs dry. */
static void catch_up(struct ot_lane *lane, uint64_t now) {
  if (ot_completed(lane) <= atomic_load_explicit(&lane->seen_complete, memory_order_relaxed) ||
      atomic_flag_test_and_set(&lane->marking))
    return;
  observe(lane, now);
  atomic_flag_clear(&lane->marking);
}

/* A program that launches hardly faster than the device works has the device run dry at any pause
 * of its own, when it may be so little ahead: the bound is raised for it. Not for one that waited
 * for its work itself, nor where a pause was no fault of the bound. */
static void rise_if_dry(struct ot_lane *lane, struct config config, uint64_t now) {
  if (atomic_load(&lane->busy_until) > now || !atomic_load(&lane->waited))
    return;
  atomic_store(&lane->waited, false);
  if (atomic_load(&lane->proven) >= atomic_load(&lane->submitted))
    return;
  uint64_t rise = atomic_load(&lane->rise) + config.bound / RISE_SHARE;
  atomic_store(&lane->rise, rise < config.bound ? rise : config.bound);
}

static void wait_for_room(struct ot_lane *lane, struct config config, uint64_t next, bool stalls) {
  uint64_t now = ot_now(), progress_at = now, asked_at = now, complete = ot_completed(lane);
  atomic_store(&lane->waited, true);
  while (is_full(lane, config, next, stalls, now) && atomic_load(&lane->marked) > complete) {
    if (ot_gate_wait(lane->queue)) { /* What is in flight may stand stalled on the device: no use in
                                        looking. */
      ot_pace_interrupt(lane);
      progress_at = asked_at = ot_now();
    }
    if (now - progress_at < SPIN_NANOS) {
      spin_briefly();
    } else {
      sleep_briefly();
    }
    now = ot_now();
    uint64_t before = complete;
    complete = ot_completed(lane);
    if (complete != before) {
      catch_up(lane, now);
      progress_at = asked_at = now;
    } else if (now - asked_at > PATIENCE_NANOS) {
      if (!still_worth_waiting(lane, now - progress_at))
        return;
      asked_at = now;
    }
  }
}

void ot_pace_before(struct ot_lane *lane, uint32_t kind) {
  struct config config = config_of(lane);
  uint64_t now = ot_now(), next = ot_forecast(kind, LONGEST_GUESS_NANOS);
  catch_up(lane, now);
  rise_if_dry(lane, config, now);
  if (marker_is_due(lane, config, next, now) && !atomic_flag_test_and_set(&lane->marking)) {
    place(lane, true);
    atomic_flag_clear(&lane->marking);
  }
  if (!lane->word)
    return; /* There is no marker, and so nothing to wait for. */
  bool stalls = atomic_load(&lane->stalled) == atomic_load(&lane->marked);
  if (is_full(lane, config, next, stalls, now))
    wait_for_room(lane, config, next, stalls);
  atomic_store_explicit(&lane->queue->slot->threshold,
                        config.threshold ? config.threshold : (uint32_t)in_flight(lane) + 1,
                        memory_order_relaxed);
}
