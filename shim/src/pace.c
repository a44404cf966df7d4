#include "pace.h"

#include <sys/prctl.h>
#include <time.h>

#include "log.h"

/* What a marker costs the device, and the share of a queue's time that markers may take: 2.3 us were measured for a write
 * and a wait, and the launching thread's share is hidden behind the device's wherever it matters. */
#define MARKER_NANOS 2500
#define MARKER_SHARE 50 /* one fiftieth */

#define MIN_THRESHOLD 2 /* with one, the device is idle between two commands */
#define STALLED_MIN_THRESHOLD 8
#define MAX_THRESHOLD 1024
#define MIN_COMMAND_NANOS 200
#define MAX_COMMAND_NANOS 2000000 /* a pause of the program must not pass for a long command */
#define FIRST_GUESS_NANOS 20000

/* A queue that holds others places markers as well, few of them: they are how others see that it makes progress. */
#define PROGRESS_BATCH 64

/* Waits of the launching thread: the short ones are spun, since a late launch leaves the device idle. */
#define SPIN_NANOS 30000
#define SLEEP_NANOS 50000
/* How long no marker may come before the driver is asked whether anything still can. */
#define PATIENCE_NANOS UINT64_C(20000000)

void ot_pace_start(struct ot_lane *lane) {
  atomic_flag_clear(&lane->marking);
  atomic_store(&lane->command_nanos, FIRST_GUESS_NANOS);
  atomic_store(&lane->threshold, MIN_THRESHOLD);
  atomic_store(&lane->batch, 1);
}

uint64_t ot_completed(struct ot_lane *lane) {
  uint64_t proven = atomic_load(&lane->proven);
  if (!lane->word) return proven;
  if (ot_driver->poll) ot_driver->poll(lane);
  /* The device writes the low half. A marker that was placed is never more than that behind. */
  uint64_t marked = atomic_load(&lane->marked);
  uint32_t behind = (uint32_t)marked - atomic_load_explicit(lane->word, memory_order_acquire);
  uint64_t reached = behind <= marked && behind < UINT32_MAX / 2 ? marked - behind : 0;
  return reached > proven ? reached : proven;
}

void ot_pace_interrupt(struct ot_lane *lane) { atomic_store(&lane->seen_at, 0); }

static uint64_t between(uint64_t least, uint64_t value, uint64_t most) {
  return value < least ? least : value > most ? most : value;
}

static void observe(struct ot_lane *lane, uint64_t now) {
  uint64_t complete = ot_completed(lane), since = atomic_load(&lane->seen_at);
  if (complete <= lane->seen_complete) return;
  if (since) {
    uint64_t average = atomic_load(&lane->command_nanos);
    uint64_t each = (now - since) / (complete - lane->seen_complete);
    /* One long gap, while the work stood stalled or the program did something else, shall not count for much. */
    each = between(MIN_COMMAND_NANOS, each, 4 * average < MAX_COMMAND_NANOS ? 4 * average : MAX_COMMAND_NANOS);
    atomic_store(&lane->command_nanos, (7 * average + each) / 8);
  }
  lane->seen_complete = complete;
  atomic_store(&lane->seen_at, now);
}

/*
 * By time: what still runs after the gate has closed is `bound`. At level 1 that is all that is in flight. At level 2 it is
 * what stands before the next wait, and more may be in flight behind it, which keeps the device busy where the launching
 * thread is late.
 */
static void set_config(struct ot_lane *lane, bool stalls) {
  struct ot_slot *slot = lane->queue->slot;
  uint32_t threshold = atomic_load(&slot->threshold_wanted), batch = atomic_load(&slot->batch_wanted);
  if (!threshold || !batch) {
    uint64_t each = atomic_load(&lane->command_nanos);
    uint64_t bound = atomic_load(&slot->in_flight_micros) * UINT64_C(1000) / each;
    uint64_t cheap = MARKER_NANOS * MARKER_SHARE / each;
    if (stalls) {
      threshold = (uint32_t)between(STALLED_MIN_THRESHOLD, 4 * bound, MAX_THRESHOLD);
      batch = (uint32_t)between(1, cheap, bound ? bound : 1);
    } else {
      threshold = (uint32_t)between(MIN_THRESHOLD, bound, MAX_THRESHOLD);
      batch = (uint32_t)between(1, cheap, threshold / 2);
    }
  }
  if (batch > threshold) batch = threshold;
  /* While it is let through only in case somebody waits for it: one by one. */
  if (atomic_load(&lane->queue->device->escaping)) threshold = batch = 1;
  atomic_store(&lane->threshold, threshold);
  atomic_store(&lane->batch, batch);
  atomic_store(&slot->threshold, threshold);
  atomic_store(&slot->batch, batch);
}

static uint64_t in_flight(struct ot_lane *lane) { return atomic_load(&lane->submitted) - ot_completed(lane); }

/* A sleep takes as much longer as the thread's timer slack allows, 50 us by default: too much here. The thread is the
 * program's, so its own value is put back. */
static void sleep_briefly(void) {
  int slack = prctl(PR_GET_TIMERSLACK);
  prctl(PR_SET_TIMERSLACK, 1000);
  struct timespec time = {0, SLEEP_NANOS};
  nanosleep(&time, NULL);
  if (slack > 0) prctl(PR_SET_TIMERSLACK, slack);
}

static void spin_briefly(void) {
  for (int i = 0; i < 50; i++) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
  }
}

/* Nothing completed for a while. Whether to go on waiting: only if the device has work of this lane, and either that is
 * held, or it has not been all that long. What the driver answers about errors, the program will hear itself. */
static bool still_worth_waiting(struct ot_lane *lane, uint64_t waited) {
  return waited < ot_config.escape_nanos && ot_driver->query(lane->context, lane->stream) != OT_STREAM_IDLE;
}

static void wait_for_completions(struct ot_lane *lane, uint32_t threshold) {
  uint64_t now = ot_now(), progress_at = now, asked_at = now, complete = ot_completed(lane);
  while (in_flight(lane) >= threshold && atomic_load(&lane->marked) > complete) {
    if (ot_gate_wait(lane->queue)) { /* What is in flight may stand stalled on the device: no use in looking. */
      ot_pace_interrupt(lane);
      progress_at = asked_at = ot_now();
    }
    /* The commands of one lane differ by orders of magnitude, so an expected time is no reason to sleep for long. */
    if (now - progress_at < SPIN_NANOS) {
      spin_briefly();
    } else {
      sleep_briefly();
    }
    now = ot_now();
    uint64_t before = complete;
    complete = ot_completed(lane);
    if (complete != before) {
      progress_at = asked_at = now;
    } else if (now - asked_at > PATIENCE_NANOS) {
      if (!still_worth_waiting(lane, now - progress_at)) return;
      asked_at = now;
    }
  }
}

void ot_pace_throttle(struct ot_lane *lane) {
  if (!lane->word) return; /* no marker yet */
  uint32_t threshold = atomic_load(&lane->threshold);
  if (atomic_load(&lane->queue->device->escaping)) threshold = 1;
  if (in_flight(lane) < threshold) return;
  wait_for_completions(lane, threshold);
  if (atomic_flag_test_and_set(&lane->marking)) return;
  observe(lane, ot_now());
  atomic_flag_clear(&lane->marking);
}

/* On the context's first marker, and the lane's. */
static bool prepare(struct ot_lane *lane) {
  struct ot_context *context = lane->context;
  if (!atomic_load(&context->attached)) {
    if (atomic_load(&ot_captures)) return false; /* What it takes is not allowed now. */
    bool attached = ot_driver->attach(context);
    if (!attached)
      ot_warn_once("work in flight cannot be bounded on this device: lower-priority work waits its turn only "
                   "before it is launched");
    atomic_store(&context->attached, attached ? 1 : 2);
  }
  return atomic_load(&context->attached) == 1 && (lane->word || ot_driver->prepare(lane));
}

static bool may_stall_now(struct ot_lane *lane) {
  struct ot_slot *slot = lane->queue->slot;
  return lane->context->can_wait && atomic_load(&slot->level_wanted) != 1 &&
         atomic_load_explicit(&ot_page->header.policy_mode, memory_order_relaxed) == OT_POLICY_HPF;
}

void ot_pace_mark(struct ot_lane *lane, bool bounded, bool may_stall) {
  uint64_t behind = atomic_load(&lane->submitted) - atomic_load(&lane->marked);
  if (behind < (bounded ? atomic_load(&lane->batch) : PROGRESS_BATCH)) return;
  if (atomic_flag_test_and_set(&lane->marking)) return; /* Another thread's will stand behind this command, too. */
  if (prepare(lane)) {
    bool stall = bounded && may_stall && may_stall_now(lane);
    uint64_t number = atomic_load(&lane->submitted);
    atomic_store(&lane->queue->slot->level, stall ? 2 : 1);
    /* Known before it can be reached, so that a completion is never taken for one of long ago. */
    uint64_t marked = atomic_load(&lane->marked);
    atomic_store(&lane->marked, number);
    if (!ot_driver->mark(lane, (uint32_t)number, stall, atomic_load(&lane->queue->slot->priority))) {
      atomic_store(&lane->marked, marked);
    } else if (stall) {
      atomic_store(&lane->stalled, number);
    }
    observe(lane, ot_now());
    set_config(lane, stall);
  }
  atomic_flag_clear(&lane->marking);
}
