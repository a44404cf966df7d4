#include "interrupt.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "channels.h"
#include "gate.h"
#include "helper.h"
#include "log.h"
#include "watch.h"

#define MICROSECOND UINT64_C(1000)
#define MILLISECOND UINT64_C(1000000)

/* To interrupt takes about half of this, most of it in the kernel's driver. What takes longer has
 * more than that left, on average, and is interrupted at once; anything else if it has not ended
 * after this time. Batch work of shorter kernels only loses by it, and requests win nothing. */
#define LONG_NANOS (1000 * MICROSECOND)
#define LOOK_NANOS (30 * MICROSECOND)
/* Without work there is nothing to interrupt, and who gets some says so (ot_interrupt_expect). */
#define REST_NANOS (1000 * MILLISECOND)
/* The driver may refuse because a context was just ending. */
#define MAX_REFUSALS 3

struct guard {
  uint8_t uuid[16]; /* of the device: the page may be damaged when what is stopped has to go on */
  pthread_mutex_t switching; /* stops and starts are one after the other */
  _Atomic bool stopped;
  int refusals;          /* under `switching`, one after the other */
  uint64_t looked_after; /* its thread's own: when it last looked whether those above are there */
  _Atomic enum { NOT_STARTED, RUNS, CANNOT } state;
};

static struct guard guards[OT_DEVICES] = {
    [0 ... OT_DEVICES - 1] = {.switching = PTHREAD_MUTEX_INITIALIZER}};

static struct guard *guard_of(struct ot_device_line *device) {
  return &guards[device - ot_page->devices];
}

struct situation {
  bool held; /* none of the queues may run, whose highest priority this is */
  int32_t priority;
  bool runs; /* but something of them does, and takes so many nanoseconds in all, by forecast */
  uint64_t nanos;
};

/* Nothing here may wait for a thread that is in the driver: it may be there because the channels
 * are stopped. */
static struct situation situation_on(struct ot_device_line *device) {
  struct situation found = {.priority = OT_MIN_PRIORITY};
  for (struct ot_queue *queue = ot_queues_peek(); queue; queue = atomic_load(&queue->next)) {
    if (queue->device != device)
      continue;
    int32_t priority = atomic_load(&queue->slot->priority);
    if (!ot_may_use_level(queue->slot, 3) || ot_above_floor(device, priority)) {
      found = (struct situation){0};
      break;
    }
    uint64_t nanos;
    found.held = true;
    found.priority = priority > found.priority ? priority : found.priority;
    if (ot_queue_runs(queue, &nanos)) {
      found.runs = true;
      found.nanos = nanos > found.nanos ? nanos : found.nanos;
    }
  }
  ot_queues_peeked();
  return found;
}

/* Whether there is work that somebody may overtake. It may just be launched: a command is counted
 * before it looks at anything. */
static bool has_work_on(struct ot_device_line *device) {
  bool found = false;
  for (struct ot_queue *queue = ot_queues_peek(); queue && !found;
       queue = atomic_load(&queue->next))
    found = queue->device == device &&
            atomic_load(&queue->slot->priority) < ot_top_priority(device) &&
            (atomic_load(&queue->ready) || !ot_queue_is_quiet(queue));
  ot_queues_peeked();
  return found;
}

/* Under `switching`. */
static bool start_now(struct guard *guard) {
  if (guard->stopped && ot_channels_start(guard->uuid))
    guard->stopped = false;
  return !guard->stopped;
}

static void stop(struct guard *guard, struct ot_device_line *device) {
  pthread_mutex_lock(&guard->switching);
  if (ot_gate_is_active()) {
    guard->stopped = true;
    int stopped = ot_channels_stop(guard->uuid);
    if (stopped > 0) {
      guard->refusals = 0;
      atomic_fetch_add(&device->interruptions, 1);
    } else {
      start_now(guard);
      if (stopped < 0 && ++guard->refusals == MAX_REFUSALS) {
        ot_debug("device %td: what runs cannot be interrupted", device - ot_page->devices);
        atomic_store(&guard->state, CANNOT);
      }
    }
  }
  pthread_mutex_unlock(&guard->switching);
}

static void note_interruption(struct ot_device_line *device) {
  for (struct ot_queue *queue = ot_queues_peek(); queue; queue = atomic_load(&queue->next)) {
    if (queue->device == device)
      ot_queue_was_interrupted(queue);
  }
  ot_queues_peeked();
}

/* False if it has to be tried again. */
static bool start(struct guard *guard, struct ot_device_line *device) {
  note_interruption(device); /* before anything can complete */
  pthread_mutex_lock(&guard->switching);
  bool started = start_now(guard);
  pthread_mutex_unlock(&guard->switching);
  return started;
}

/* Whoever holds this process may be dead, or the page damaged. */
static bool is_held_by_somebody(struct ot_device_line *device, const struct situation *situation) {
  if (!situation->held || !ot_board_intact())
    return false;
  ot_board_watch(device, situation->priority, ot_now());
  return !ot_above_floor(device, situation->priority);
}

/* Returns how long to wait for another floor. `changed`: it may be another than at the last look.
 */
static uint64_t look(struct guard *guard, struct ot_device_line *device, bool changed) {
  uint64_t since = ot_now();
  struct situation situation = situation_on(device);
  if (guard->stopped) { /* Only this thread stops it. */
    if (atomic_load(&guard->state) == RUNS && is_held_by_somebody(device, &situation))
      return ot_watch_period_nanos();
    return start(guard, device) ? LOOK_NANOS : MILLISECOND;
  }
  while (situation.runs) {
    if (situation.nanos >= LONG_NANOS || ot_now() - since >= LONG_NANOS) {
      stop(guard, device);
      return ot_watch_period_nanos();
    }
    struct timespec time = {0, LOOK_NANOS};
    nanosleep(&time, NULL);
    situation = situation_on(device);
  }
  /* What stands stalled there the watcher looks after as well, unless the driver keeps it. */
  if (situation.held && since - guard->looked_after >= ot_watch_period_nanos() &&
      has_work_on(device) && ot_board_intact()) {
    guard->looked_after = since;
    ot_board_watch(device, situation.priority, since);
  }
  /* What passed its gate just before may reach the device just after. */
  return changed && situation.held ? MILLISECOND : ot_watch_period_nanos();
}

static void keep_watch(void *argument) {
  struct ot_device_line *device = argument;
  struct guard *guard = guard_of(device);
  bool woken = true;
  int32_t before = 0;
  while ((atomic_load(&guard->state) == RUNS && ot_gate_is_active()) || guard->stopped) {
    int32_t floor = ot_floor_word(device);
    uint64_t pause = look(guard, device, woken || floor != before);
    before = floor;
    if (has_work_on(device)) {
      ot_board_wants_rises(device);
    } else if (!guard->stopped) {
      pause = REST_NANOS;
    }
    woken = ot_board_await(device, floor, guard->stopped ? OT_RISE | OT_FALL : OT_RISE, pause);
  }
}

void ot_interrupt_expect(struct ot_device_line *device) {
  if (ot_interrupt_reaches(device))
    ot_board_wants_rises(device);
}

void ot_interrupt_watch(struct ot_device_line *device) {
  struct guard *guard = guard_of(device);
  if (atomic_load(&guard->state) != NOT_STARTED || !ot_channels_on(device->uuid))
    return;
  memcpy(guard->uuid, device->uuid, sizeof guard->uuid);
  atomic_store(&guard->state, RUNS);
  if (ot_helper_start("overtake-stop", keep_watch, device)) {
    ot_debug("there is no thread to interrupt what runs on a device");
    atomic_store(&guard->state, CANNOT);
  }
}

bool ot_interrupt_reaches(struct ot_device_line *device) {
  return atomic_load(&guard_of(device)->state) == RUNS;
}

void ot_interrupt_end(void) {
  for (int i = 0; i < OT_DEVICES; i++) {
    if (atomic_load(&guards[i].state) != NOT_STARTED)
      start(&guards[i], &ot_page->devices[i]);
  }
}

int overtake_try_interrupt(const uint8_t uuid[16], int stop) {
  return stop ? ot_channels_stop(uuid) > 0 : ot_channels_start(uuid);
}

void ot_interrupt_in_child(void) {
  for (int i = 0; i < OT_DEVICES; i++) {
    pthread_mutex_init(&guards[i].switching, NULL);
    guards[i].stopped = false;
    guards[i].refusals = 0;
    atomic_store(&guards[i].state, NOT_STARTED);
  }
}
