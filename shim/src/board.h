/*
 * The control page as a shim uses it: devices, slots, floors. What every process must do alike is
 * here and, the same, in Java (package dev.overtake.control.page); the layout is page.h.
 *
 * Any thread may call any of these. None blocks, but for the futex waits, which have a timeout.
 */
#ifndef OT_BOARD_H
#define OT_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "page.h"

extern struct ot_page *ot_page; /* NULL: this process is not scheduled */

/* Maps the page. If there is none, makes an empty one or, without `create`, does nothing. False if
 * this process cannot be scheduled, which is said if `create`. Once it has been mapped, it stays.
 */
bool ot_board_open(const char *path, bool create);

/* Whether the page is still one that this shim understands. */
bool ot_board_intact(void);

struct ot_device_identity {
  uint8_t uuid[16];
  char pci_bus_id[16];
  char name[48];
};

/* The line of a device, entered if it is new; NULL if all lines are taken. */
struct ot_device_line *ot_board_device(const struct ot_device_identity *identity);

/*
 * Takes a slot for a queue of this process, with the hints of the configuration but this priority;
 * NULL if all are taken. The queue is idle.
 */
struct ot_slot *ot_board_claim(struct ot_device_line *device, uint32_t scope, uint64_t key,
                               const char *name, int32_t priority);
void ot_board_release(struct ot_slot *slot);

/* Whether the queue's user lets a preemption level of 2 or 3 be used for it. */
static inline bool ot_may_use_level(struct ot_slot *slot, uint32_t level) {
  uint32_t wanted = atomic_load(&slot->level_wanted);
  return wanted == 0 || wanted >= level;
}

/* Gives back what an image of this process before exec, or a process of this pid long dead, left
 * behind. */
void ot_board_forget_former_self(void);

/* Recomputes a device's floor from its slots, and wakes those to whom the change matters. */
void ot_board_refloor(struct ot_device_line *device);

/* What happens to a floor: bits. */
enum { OT_RISE = 1, OT_FALL = 2 };

/* Waits for such changes of a floor, which was this when the caller looked, or for the time. False
 * if it was for the time or a signal. */
bool ot_board_await(struct ot_device_line *device, int32_t floor, uint32_t changes, uint64_t nanos);
/*
 * Who waits for a rise is to be woken by the next one: this process may have something on the
 * device then. That is a wake-up at the start of somebody's request, tens of microseconds of it: so
 * none is where nobody on the device wants it.
 */
void ot_board_wants_rises(struct ot_device_line *device);
/* Opens a device of ours, whatever its slots say, until somebody recomputes its floor: for what
 * waits for that, also on the device itself, when this process does not understand the page any
 * more or has nobody to look after it. */
void ot_board_let_all_pass(struct ot_device_line *device);
/* Recomputes the range of priorities on a device, then its floor. To be called after a claim,
 * release or hint. */
void ot_board_respan(struct ot_device_line *device);

/* Tells the daemon that something changed. */
void ot_board_ring(void);

/*
 * Looks after those who keep a queue of this priority waiting: reaps the dead, and marks those who
 * are ready but made no progress for `escape_nanos` as seen by this process. To be called every
 * ot_watch_period_nanos while it waits.
 */
void ot_board_watch(struct ot_device_line *device, int32_t priority, uint64_t now);

/* In a child after fork: whoever was looking is not in it. */
void ot_board_in_child(void);

/* Leaves this process's own slot out of the floor until it makes progress. */
void ot_board_step_aside(struct ot_device_line *device, struct ot_slot *slot);

/* Reaps the dead above this priority, who hold nobody but make others bound what they have in
 * flight. */
void ot_board_roll_call(struct ot_device_line *device, int32_t priority);

/* Whether the daemon, whose policy keeps gates closed, is alive. */
bool ot_board_daemon_alive(uint64_t now);

static inline int32_t ot_floor_word(struct ot_device_line *device) {
  return (int32_t)(uint32_t)atomic_load_explicit(&device->floor, memory_order_acquire);
}

/* Whatever stands in a damaged slot. */
static inline int32_t ot_clamp_priority(int32_t priority) {
  if (priority < OT_MIN_PRIORITY)
    return OT_MIN_PRIORITY;
  return priority > OT_MAX_PRIORITY ? OT_MAX_PRIORITY : priority;
}

/* What a GPU compares the floor's word with: it waits until word - value >= 0. */
static inline int32_t ot_floor_value(int32_t priority) {
  return OT_MIN_PRIORITY - ot_clamp_priority(priority);
}

static inline bool ot_above_floor(struct ot_device_line *device, int32_t priority) {
  /* Cyclic, as a GPU compares: a damaged word means the same to both. */
  return (int32_t)((uint32_t)ot_floor_word(device) - (uint32_t)ot_floor_value(priority)) >= 0;
}

static inline int32_t ot_top_priority(struct ot_device_line *device) {
  return (int16_t)(uint16_t)atomic_load_explicit(&device->span, memory_order_relaxed);
}

static inline int32_t ot_bottom_priority(struct ot_device_line *device) {
  return (int16_t)(uint16_t)(atomic_load_explicit(&device->span, memory_order_seq_cst) >> 16);
}

uint64_t ot_now(void); /* CLOCK_MONOTONIC in nanoseconds */

/* Waits until the word at the address is not `value` any more, or for the time; the word may be in
 * shared memory. */
void ot_futex_wait(_Atomic uint32_t *address, uint32_t value, uint64_t nanos);
void ot_futex_wake(_Atomic uint32_t *address);
/* The same for some kinds of events, a bit each, which those who wait tell apart. The first returns
 * false if it was for the time or a signal that the wait ended. */
bool ot_futex_wait_for(uint32_t events, _Atomic uint32_t *address, uint32_t value, uint64_t nanos);
void ot_futex_wake_for(uint32_t events, _Atomic uint32_t *address);

#endif
