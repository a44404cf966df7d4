#include "board.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

/* The daemon writes its heartbeat every 100 ms. */
#define HEARTBEAT_PATIENCE_NANOS INT64_C(1000000000)

void ot_board_ring(void) {
  atomic_fetch_add(&ot_page->header.doorbell, 1);
  if (atomic_load(&ot_page->header.doorbell_waiters))
    ot_futex_wake(&ot_page->header.doorbell);
}

bool ot_board_daemon_alive(uint64_t now) {
  uint64_t heartbeat = atomic_load(&ot_page->header.daemon_heartbeat);
  int64_t age = (int64_t)(now - heartbeat);
  /* One of the future is from before the machine started anew: the page is on a disk. */
  return atomic_load(&ot_page->header.daemon_pid) && age < HEARTBEAT_PATIENCE_NANOS &&
         age > -HEARTBEAT_PATIENCE_NANOS;
}

/* Devices */

static bool same_device(const struct ot_device_line *line,
                        const struct ot_device_identity *identity) {
  return !memcmp(line->uuid, identity->uuid, sizeof line->uuid);
}

struct ot_device_line *ot_board_device(const struct ot_device_identity *identity) {
  for (int i = 0; i < OT_DEVICES; i++) {
    struct ot_device_line *line = &ot_page->devices[i];
    uint32_t state = OT_DEVICE_FREE;
    if (atomic_compare_exchange_strong(&line->state, &state, OT_DEVICE_WRITING)) {
      memcpy(line->uuid, identity->uuid, sizeof line->uuid);
      memcpy(line->pci_bus_id, identity->pci_bus_id, sizeof line->pci_bus_id);
      memcpy(line->name, identity->name, sizeof line->name);
      atomic_store(&line->state, OT_DEVICE_VALID);
      return line;
    }
    /* Whoever is writing it needs a microsecond. If it died in that one, the line is lost and the
     * next is taken. */
    for (int spins = 0; state == OT_DEVICE_WRITING && spins < 10000; spins++)
      state = atomic_load(&line->state);
    if (state == OT_DEVICE_VALID && same_device(line, identity))
      return line;
  }
  ot_warn_once("the control page has no line left for device %s: its queues are not scheduled",
               identity->pci_bus_id);
  return NULL;
}

static uint32_t device_index(const struct ot_device_line *device) {
  return (uint32_t)(device - ot_page->devices);
}

/* Slots */

static bool is_live(struct ot_slot *slot) { return atomic_load(&slot->claim) == OT_CLAIM_LIVE; }

static bool is_on(struct ot_slot *slot, uint32_t device) {
  return is_live(slot) && atomic_load(&slot->device) == device;
}

/* The next active slot at or behind index, or OT_SLOTS. */
static int next_active(int index) {
  for (int word = index / 64; word < OT_SLOTS / 64; word++) {
    uint64_t bits = atomic_load(&ot_page->header.active_slots[word]);
    if (word == index / 64)
      bits &= ~UINT64_C(0) << (index % 64);
    if (bits)
      return word * 64 + __builtin_ctzll(bits);
  }
  return OT_SLOTS;
}

#define FOR_EACH_ACTIVE(index)                                                                     \
  for (int index = next_active(0); index < OT_SLOTS; index = next_active(index + 1))

static void set_active(struct ot_slot *slot, bool active) {
  unsigned index = (unsigned)(slot - ot_page->slots);
  uint64_t bit = UINT64_C(1) << (index % 64);
  if (active) {
    atomic_fetch_or(&ot_page->header.active_slots[index / 64], bit);
  } else {
    atomic_fetch_and(&ot_page->header.active_slots[index / 64], ~bit);
  }
}

/* What /proc/<pid>/stat says of a process. */
struct process_status {
  char state;
  long threads;
  uint64_t start_time; /* with the pid it names one process for good */
};

static bool read_process(uint32_t pid, struct process_status *status) {
  char path[32], text[1024];
  snprintf(path, sizeof path, "/proc/%u/stat", pid);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return false;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0)
    return false;
  text[length] = '\0';
  const char *rest =
      strrchr(text, ')'); /* The program's name may hold anything, but ends here: field 2. */
  if (!rest)
    return false;
  long long threads;
  unsigned long long start_time;
  if (sscanf(rest,
             ") %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lld %*s %llu",
             &status->state, &threads, &start_time) != 3)
    return false;
  status->threads = (long)threads;
  status->start_time = start_time;
  return true;
}

static bool is_dead(struct ot_slot *slot) {
  uint32_t pid = atomic_load(&slot->pid);
  if (pid == 0 || pid > INT32_MAX)
    return true;
  if (kill((pid_t)pid, 0) && errno == ESRCH)
    return true;
  struct process_status status;
  if (!read_process(pid, &status))
    return false; /* /proc may be closed to us; the pid is there. */
  /* Killed, and its parent did not ask for its status yet. A leader that ended before its threads
   * looks alike. */
  if ((status.state == 'Z' || status.state == 'X') && status.threads <= 1)
    return true;
  uint64_t start_time = atomic_load(&slot->start_time);
  return start_time && status.start_time != start_time; /* 0: its owner could not learn it */
}

/* Of a slot that is WRITING, so that nobody else gives it up as well. */
static void give_up(struct ot_slot *slot) {
  uint32_t device = atomic_load(&slot->device);
  atomic_store(&slot->run, OT_RUN_IDLE);
  atomic_store(&slot->pid, 0);
  set_active(slot, false);
  atomic_store(&slot->claim, OT_CLAIM_FREE);
  if (device < OT_DEVICES)
    ot_board_respan(&ot_page->devices[device]);
  ot_board_ring();
}

static bool reap(struct ot_slot *slot) {
  uint32_t claim = OT_CLAIM_LIVE, claims = atomic_load(&slot->claims);
  if (!is_dead(slot) || !atomic_compare_exchange_strong(&slot->claim, &claim, OT_CLAIM_WRITING))
    return false;
  if (atomic_load(&slot->claims) != claims) {
    /* Another reaped it, and a new owner claimed it, between the look and the exchange. */
    atomic_store(&slot->claim, OT_CLAIM_LIVE);
    ot_board_respan(&ot_page->devices[atomic_load(&slot->device)]);
    return false;
  }
  ot_debug("reaped the queue of dead process %u", atomic_load(&slot->pid));
  give_up(slot);
  return true;
}

void ot_board_release(struct ot_slot *slot) {
  for (int tries = 0; tries < 1000 && atomic_load(&slot->pid) == (uint32_t)getpid(); tries++) {
    uint32_t claim = OT_CLAIM_LIVE;
    if (atomic_compare_exchange_strong(&slot->claim, &claim, OT_CLAIM_WRITING)) {
      give_up(slot);
      return;
    }
    if (claim != OT_CLAIM_WRITING)
      return;
    sched_yield(); /* Somebody looks again whose it is: reap. */
  }
}

void ot_board_forget_former_self(void) {
  uint32_t self = (uint32_t)getpid();
  FOR_EACH_ACTIVE(i) {
    if (atomic_load(&ot_page->slots[i].pid) == self)
      ot_board_release(&ot_page->slots[i]);
  }
}

static struct ot_slot *take_free(void) {
  for (int i = 0; i < OT_SLOTS; i++) {
    uint32_t claim = OT_CLAIM_FREE;
    if (atomic_compare_exchange_strong(&ot_page->slots[i].claim, &claim, OT_CLAIM_WRITING))
      return &ot_page->slots[i];
  }
  return NULL;
}

static void reap_all(void) {
  FOR_EACH_ACTIVE(i) {
    if (is_live(&ot_page->slots[i]))
      reap(&ot_page->slots[i]);
  }
}

static void hint(struct ot_slot *slot, const struct ot_policy_hints *hints) {
  atomic_store(&slot->utilization_percent, hints->utilization_percent);
  atomic_store(&slot->timeslice_micros, hints->timeslice_micros);
  atomic_store(&slot->deadline_micros, hints->deadline_micros);
  atomic_store(&slot->laxity_micros, hints->laxity_micros);
  atomic_store(&slot->lax_priorities, hints->lax_priorities);
  atomic_store(&slot->target_micros, hints->target_micros);
  atomic_store(&slot->target_percentile_hundredths, hints->target_percentile_hundredths);
  atomic_store(&slot->window_active, hints->window_active);
}

static void fill(struct ot_slot *slot, uint32_t device, uint32_t scope, uint64_t key,
                 const char *name, int32_t priority) {
  uint32_t self = (uint32_t)getpid();
  /* All but the claim, which says who may write the rest, and how many there were. */
  memset((char *)slot + sizeof slot->claim, 0,
         offsetof(struct ot_slot, claims) - sizeof slot->claim);
  atomic_store(&slot->pid, self);
  struct process_status status;
  atomic_store(&slot->start_time, read_process(self, &status) ? status.start_time : 0);
  atomic_store(&slot->device, device);
  atomic_store(&slot->scope, scope);
  atomic_store(&slot->key, key);
  snprintf(slot->name, sizeof slot->name, "%s", name);
  atomic_store(&slot->priority, priority);
  atomic_store(&slot->level, 1); /* That of a gate before the launch, which all have. */
  atomic_store(&slot->level_wanted, ot_config.level);
  atomic_store(&slot->threshold_wanted, ot_config.threshold);
  atomic_store(&slot->batch_wanted, ot_config.batch);
  atomic_store(&slot->in_flight_micros, ot_config.in_flight_micros);
  atomic_store(&slot->linger_micros, ot_config.linger_micros);
  hint(slot, &ot_config.hints);
  /* Last: who reads the new number reads nothing of the former queue. */
  atomic_fetch_add(&slot->claims, 1);
}

struct ot_slot *ot_board_claim(struct ot_device_line *device, uint32_t scope, uint64_t key,
                               const char *name, int32_t priority) {
  struct ot_slot *slot = take_free();
  if (!slot) {
    reap_all();
    slot = take_free();
  }
  if (!slot) {
    ot_warn_once("all %d queues of the control page are taken: further ones of this process are "
                 "not scheduled",
                 OT_SLOTS);
    return NULL;
  }
  fill(slot, device_index(device), scope, key, name, priority);
  atomic_store(&slot->claim, OT_CLAIM_LIVE);
  set_active(slot, true);
  ot_board_respan(device);
  ot_board_ring();
  return slot;
}

/* Floors */

static uint64_t progress(struct ot_slot *slot) {
  return atomic_load(&slot->submitted) + atomic_load(&slot->completed);
}

static bool is_stuck(struct ot_slot *slot) {
  uint64_t mark = atomic_load(&slot->escape_mark);
  return mark && mark == progress(slot) + 1;
}

static bool holds_others(struct ot_slot *slot) {
  return atomic_load(&slot->run) == OT_RUN_READY && atomic_load(&slot->suspended) != 1;
}

static int32_t compute_floor(uint32_t device, uint32_t *escaping) {
  int32_t floor = OT_MIN_PRIORITY;
  *escaping = 0;
  if (atomic_load(&ot_page->header.policy_mode) != OT_POLICY_HPF)
    return floor;
  FOR_EACH_ACTIVE(i) {
    struct ot_slot *slot = &ot_page->slots[i];
    if (!is_on(slot, device) || !holds_others(slot))
      continue;
    int32_t priority = ot_clamp_priority(atomic_load(&slot->priority));
    if (is_stuck(slot)) {
      ++*escaping;
    } else if (priority > floor) {
      floor = priority;
    }
  }
  return floor;
}

static _Atomic uint32_t *floor_futex(struct ot_device_line *device) {
  return (_Atomic uint32_t *)&device->floor;
}

/*
 * The change to a slot that makes this necessary must have been stored before. Whoever's exchange
 * succeeds last has computed after it read the version that it replaced, hence after the changes of
 * all whose exchange came before it; and everyone's own change is followed by an exchange, or by
 * the sight of a value that already accounts for it.
 */
void ot_board_refloor(struct ot_device_line *device) {
  uint32_t index = device_index(device), escaping;
  uint64_t before = atomic_load(&device->floor), after;
  do {
    int32_t floor = compute_floor(index, &escaping);
    after = ((before >> 32) + 1) << 32 | (uint32_t)ot_floor_value(floor);
    /* An exchange even where nothing changed: its version tells those who computed earlier to look
     * again. */
  } while (!atomic_compare_exchange_weak(&device->floor, &before, after));
  bool stores = atomic_load(&device->escaping) != escaping;
  if (stores)
    atomic_store(&device->escaping, escaping);
  int32_t now = (int32_t)(uint32_t)after, then = (int32_t)(uint32_t)before;
  if (now > then)
    ot_futex_wake_for(OT_FALL, floor_futex(device));
  else if (now < then && atomic_load(&device->rise_waiters) &&
           atomic_exchange(&device->rise_waiters, 0))
    ot_futex_wake_for(OT_RISE, floor_futex(device));
  if (stores && atomic_load(&device->floor) != after)
    ot_board_refloor(device); /* Somebody who came later may have stored what is newer before. */
}

void ot_board_let_all_pass(struct ot_device_line *device) {
  atomic_store(&device->floor, 0);
  ot_futex_wake(floor_futex(device));
}

bool ot_board_await(struct ot_device_line *device, int32_t floor, uint32_t changes,
                    uint64_t nanos) {
  return ot_futex_wait_for(changes, floor_futex(device), (uint32_t)floor, nanos);
}

void ot_board_wants_rises(struct ot_device_line *device) {
  if (!atomic_load(&device->rise_waiters))
    atomic_store(&device->rise_waiters, 1);
}

void ot_board_respan(struct ot_device_line *device) {
  uint32_t index = device_index(device);
  uint64_t before = atomic_load(&device->span), after;
  do {
    int32_t top = OT_MIN_PRIORITY, bottom = OT_MAX_PRIORITY;
    FOR_EACH_ACTIVE(i) {
      if (!is_on(&ot_page->slots[i], index))
        continue;
      int32_t priority = ot_clamp_priority(atomic_load(&ot_page->slots[i].priority));
      if (priority > top)
        top = priority;
      if (priority < bottom)
        bottom = priority;
    }
    after = ((before >> 32) + 1) << 32 | (uint32_t)(uint16_t)bottom << 16 | (uint16_t)top;
  } while (!atomic_compare_exchange_weak(&device->span, &before, after));
  ot_board_refloor(device);
  /* Who is held may have been given a higher priority, at which the floor stays or even rises; and
   * who had nobody above may have somebody now. */
  ot_futex_wake(floor_futex(device));
}

/* Watching those above */

void ot_board_roll_call(struct ot_device_line *device, int32_t priority) {
  if (ot_top_priority(device) <= priority)
    return;
  FOR_EACH_ACTIVE(i) {
    struct ot_slot *slot = &ot_page->slots[i];
    if (is_on(slot, device_index(device)) && atomic_load(&slot->priority) > priority)
      reap(slot);
  }
}

struct sighting {
  uint64_t progress, since, last;
};

static struct sighting sightings[OT_SLOTS];
static pthread_mutex_t watching = PTHREAD_MUTEX_INITIALIZER;

void ot_board_in_child(void) { pthread_mutex_init(&watching, NULL); }

void ot_board_step_aside(struct ot_device_line *device, struct ot_slot *slot) {
  atomic_store(&slot->escape_mark, progress(slot) + 1);
  ot_board_refloor(device);
}

/* Another process's work cannot wait for this one's on the device, but for the rare events that
 * processes share, and its commands may be long: it is given ten times as long before that is
 * assumed. */
static uint64_t patience_with(struct ot_slot *slot) {
  bool own = atomic_load(&slot->pid) == (uint32_t)getpid();
  return own ? ot_config.escape_nanos : 10 * ot_config.escape_nanos;
}

static void escape(struct ot_device_line *device, struct ot_slot *slot, uint64_t seen) {
  uint64_t mark = atomic_load(&slot->escape_mark);
  if (mark == seen + 1 || !atomic_compare_exchange_strong(&slot->escape_mark, &mark, seen + 1))
    return;
  atomic_fetch_add(&slot->escapes, 1);
  atomic_fetch_add(&device->escapes, 1);
  ot_board_refloor(device); /* First: whoever reads what is said may take his time. */
  ot_warn_once("%.31s (pid %u) of higher priority is busy, but made no progress for %llu ms while "
               "this process waited "
               "for it: commands are let through one by one, in case it waits for this one",
               slot->name, atomic_load(&slot->pid),
               (unsigned long long)(patience_with(slot) / 1000000));
}

void ot_board_watch(struct ot_device_line *device, int32_t priority, uint64_t now) {
  if (pthread_mutex_trylock(&watching))
    return; /* Somebody is at it. */
  uint32_t index = device_index(device);
  FOR_EACH_ACTIVE(i) {
    struct ot_slot *slot = &ot_page->slots[i];
    struct sighting *sighting = &sightings[i];
    if (!is_on(slot, index) || !holds_others(slot) || atomic_load(&slot->priority) <= priority ||
        reap(slot))
      continue;
    uint64_t seen = progress(slot);
    /* Only time during which this process was kept waiting and looked counts. */
    bool looked_lately = (int64_t)(now - sighting->last) < (int64_t)ot_config.escape_nanos;
    sighting->last = now;
    if (!looked_lately || seen != sighting->progress) {
      sighting->progress = seen;
      sighting->since = now;
    } else if ((int64_t)(now - sighting->since) >= (int64_t)patience_with(slot)) {
      /* Signed: another thread, which took its time later, may have come first. */
      escape(device, slot, seen);
    }
  }
  ot_board_refloor(device); /* Whatever it held: a damaged floor mends itself here. */
  pthread_mutex_unlock(&watching);
}
