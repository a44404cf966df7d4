/*
 * The control page: the file in shared memory by which queues of all processes of a user meet.
 *
 * Generated from control/src/main/java/dev/overtake/control/page/PageLayout.java, which draws it.
 * Do not edit: change that, then run scripts/page-header.
 *
 * Little-endian. Times are nanoseconds of CLOCK_MONOTONIC.
 */
#ifndef OT_PAGE_H
#define OT_PAGE_H

// clang-format off

#include <stddef.h>
#include <stdint.h>

#define OT_MAGIC UINT64_C(0x454b41545245564f) /* "OVERTAKE" */
#define OT_VERSION 2
#define OT_PAGE_LENGTH 536576
#define OT_DEVICES 64
#define OT_SLOTS 2048
#define OT_MIN_PRIORITY (-255)
#define OT_MAX_PRIORITY 255
#define OT_DEFAULT_PRIORITY 0
#define OT_LINGER_ADAPTIVE UINT32_C(0xffffffff)

enum { OT_CLAIM_FREE = 0, OT_CLAIM_WRITING = 1, OT_CLAIM_LIVE = 2 };
enum { OT_RUN_IDLE = 0, OT_RUN_READY = 1 };
enum { OT_SCOPE_PROCESS = 0, OT_SCOPE_THREAD = 1, OT_SCOPE_STREAM = 2 };
enum { OT_GATE_OPEN = 0, OT_GATE_CLOSED = 1 };
enum { OT_POLICY_HPF = 0, OT_POLICY_DAEMON = 1, OT_POLICY_NONE = 2 };
enum { OT_DEVICE_FREE = 0, OT_DEVICE_WRITING = 1, OT_DEVICE_VALID = 2 };

struct ot_page_header {
  _Atomic uint64_t magic;              /* OT_MAGIC, written last when a page is created */
  _Atomic uint32_t version;            /* OT_VERSION */
  _Atomic uint32_t length;             /* of the file, in bytes */
  uint8_t reserved_16[48];
  _Atomic uint32_t daemon_pid;         /* 0: none */
  _Atomic uint32_t policy_mode;        /* OT_POLICY_...: who decides; floors stay open except under HPF */
  _Atomic uint64_t daemon_heartbeat;   /* time, every 100 ms or sooner; older than 1 s is dead */
  char policy_name[32];                /* NUL-terminated */
  uint8_t reserved_112[16];
  _Atomic uint32_t doorbell;           /* futex: +1 on claim, release, hint, new device; mode 1: ready, idle */
  _Atomic uint32_t doorbell_waiters;   /* 1 while the daemon waits; who rings then wakes it */
  uint8_t reserved_136[120];
  _Atomic uint64_t active_slots[32];   /* slot i is bit i % 64 of word i / 64 */
  uint8_t reserved_512[3584];
};

_Static_assert(offsetof(struct ot_page_header, magic) == 0, "magic");
_Static_assert(offsetof(struct ot_page_header, version) == 8, "version");
_Static_assert(offsetof(struct ot_page_header, length) == 12, "length");
_Static_assert(offsetof(struct ot_page_header, daemon_pid) == 64, "daemon_pid");
_Static_assert(offsetof(struct ot_page_header, policy_mode) == 68, "policy_mode");
_Static_assert(offsetof(struct ot_page_header, daemon_heartbeat) == 72, "daemon_heartbeat");
_Static_assert(offsetof(struct ot_page_header, policy_name) == 80, "policy_name");
_Static_assert(offsetof(struct ot_page_header, doorbell) == 128, "doorbell");
_Static_assert(offsetof(struct ot_page_header, doorbell_waiters) == 132, "doorbell_waiters");
_Static_assert(offsetof(struct ot_page_header, active_slots) == 256, "active_slots");
_Static_assert(sizeof(struct ot_page_header) == 4096, "ot_page_header");

struct ot_device_line {
  _Atomic uint64_t floor;              /* low 32: i32 OT_MIN_PRIORITY - floor (futex); high 32: version */
  _Atomic uint64_t span;               /* low 16: i16 top, next 16: i16 bottom priority claimed; high 32: version */
  _Atomic uint32_t escaping;           /* ready slots that the floor leaves out: they make no progress */
  _Atomic uint32_t state;              /* OT_DEVICE_... */
  _Atomic uint32_t rise_waiters;       /* 1 while a rise of the floor matters to somebody; who raises it wakes those */
  uint8_t reserved_28[4];
  uint8_t uuid[16];                    /* of the device */
  char pci_bus_id[16];                 /* NUL-terminated, 0000:3b:00.0 */
  _Atomic uint64_t escapes;            /* times that the escape opened */
  char name[48];                       /* NUL-terminated, NVIDIA H200 */
  _Atomic uint64_t interruptions;      /* times that what ran on it was interrupted */
};

_Static_assert(offsetof(struct ot_device_line, floor) == 0, "floor");
_Static_assert(offsetof(struct ot_device_line, span) == 8, "span");
_Static_assert(offsetof(struct ot_device_line, escaping) == 16, "escaping");
_Static_assert(offsetof(struct ot_device_line, state) == 20, "state");
_Static_assert(offsetof(struct ot_device_line, rise_waiters) == 24, "rise_waiters");
_Static_assert(offsetof(struct ot_device_line, uuid) == 32, "uuid");
_Static_assert(offsetof(struct ot_device_line, pci_bus_id) == 48, "pci_bus_id");
_Static_assert(offsetof(struct ot_device_line, escapes) == 64, "escapes");
_Static_assert(offsetof(struct ot_device_line, name) == 72, "name");
_Static_assert(offsetof(struct ot_device_line, interruptions) == 120, "interruptions");
_Static_assert(sizeof(struct ot_device_line) == 128, "ot_device_line");

struct ot_slot {
  _Atomic uint32_t claim;              /* OT_CLAIM_...; live is set after all the rest */
  _Atomic uint32_t pid;                /* of the owner */
  _Atomic uint64_t start_time;         /* field 22 of /proc/<pid>/stat */
  _Atomic uint32_t device;             /* index into devices */
  _Atomic uint32_t scope;              /* OT_SCOPE_... */
  _Atomic uint64_t key;                /* a thread's tid, a stream's handle, 0 */
  char name[32];                       /* NUL-terminated, of the program or thread */
  _Atomic uint32_t run;                /* OT_RUN_... */
  _Atomic uint32_t held;               /* 1 while a thread of it waits at the gate */
  _Atomic uint32_t level;              /* in effect: 1 to 3 */
  _Atomic uint32_t in_flight;          /* commands, roughly */
  _Atomic uint64_t submitted;          /* commands */
  _Atomic uint64_t completed;          /* commands known to be complete */
  _Atomic uint64_t ready_since;        /* time */
  _Atomic uint64_t busy_nanos;         /* sum of the ready times that ended */
  _Atomic uint64_t held_nanos;         /* sum of threads' time at the gate */
  _Atomic uint32_t threshold;          /* in effect now, commands */
  _Atomic uint32_t batch;              /* in effect now, commands */
  _Atomic uint32_t gate;               /* futex: OT_GATE_... */
  _Atomic int32_t priority;            /* OT_MIN_PRIORITY to OT_MAX_PRIORITY */
  _Atomic uint32_t level_wanted;       /* 0: best; 1 to 3 */
  _Atomic uint32_t threshold_wanted;   /* commands; 0: by time */
  _Atomic uint32_t batch_wanted;       /* commands; 0: by time */
  _Atomic uint32_t in_flight_micros;   /* launch config by time, in microseconds */
  _Atomic uint32_t linger_micros;      /* ready this long after the last command; or OT_LINGER_ADAPTIVE */
  _Atomic uint32_t suspended;          /* 1: by a person or tool; the gate stays closed under every policy */
  _Atomic uint32_t utilization_percent; /* share of the device, 1 to 100; 0, as of all below: not said */
  _Atomic uint32_t timeslice_micros;   /* at a time, where it takes turns */
  _Atomic uint32_t deadline_micros;    /* idle again so long after ready */
  _Atomic uint32_t laxity_micros;      /* may wait so long after ready */
  _Atomic uint32_t lax_priorities;     /* low 16: i16 until laxityMicros have passed; high 16: i16 from then on */
  _Atomic uint32_t target_micros;      /* from ready to idle, at most */
  _Atomic uint32_t target_percentile_hundredths; /* of requests that keep to targetMicros: 9900 is P99 */
  _Atomic uint32_t window_active;      /* 1: its window is the one that a person works in */
  _Atomic uint64_t escape_mark;        /* 0: none; submitted + completed + 1 when it was found stuck */
  _Atomic uint64_t escapes;            /* how often it was found stuck */
  _Atomic uint64_t claims;             /* of this slot, ever: with its index they name a queue for good */
  uint8_t reserved_216[40];
};

_Static_assert(offsetof(struct ot_slot, claim) == 0, "claim");
_Static_assert(offsetof(struct ot_slot, pid) == 4, "pid");
_Static_assert(offsetof(struct ot_slot, start_time) == 8, "start_time");
_Static_assert(offsetof(struct ot_slot, device) == 16, "device");
_Static_assert(offsetof(struct ot_slot, scope) == 20, "scope");
_Static_assert(offsetof(struct ot_slot, key) == 24, "key");
_Static_assert(offsetof(struct ot_slot, name) == 32, "name");
_Static_assert(offsetof(struct ot_slot, run) == 64, "run");
_Static_assert(offsetof(struct ot_slot, held) == 68, "held");
_Static_assert(offsetof(struct ot_slot, level) == 72, "level");
_Static_assert(offsetof(struct ot_slot, in_flight) == 76, "in_flight");
_Static_assert(offsetof(struct ot_slot, submitted) == 80, "submitted");
_Static_assert(offsetof(struct ot_slot, completed) == 88, "completed");
_Static_assert(offsetof(struct ot_slot, ready_since) == 96, "ready_since");
_Static_assert(offsetof(struct ot_slot, busy_nanos) == 104, "busy_nanos");
_Static_assert(offsetof(struct ot_slot, held_nanos) == 112, "held_nanos");
_Static_assert(offsetof(struct ot_slot, threshold) == 120, "threshold");
_Static_assert(offsetof(struct ot_slot, batch) == 124, "batch");
_Static_assert(offsetof(struct ot_slot, gate) == 128, "gate");
_Static_assert(offsetof(struct ot_slot, priority) == 132, "priority");
_Static_assert(offsetof(struct ot_slot, level_wanted) == 136, "level_wanted");
_Static_assert(offsetof(struct ot_slot, threshold_wanted) == 140, "threshold_wanted");
_Static_assert(offsetof(struct ot_slot, batch_wanted) == 144, "batch_wanted");
_Static_assert(offsetof(struct ot_slot, in_flight_micros) == 148, "in_flight_micros");
_Static_assert(offsetof(struct ot_slot, linger_micros) == 152, "linger_micros");
_Static_assert(offsetof(struct ot_slot, suspended) == 156, "suspended");
_Static_assert(offsetof(struct ot_slot, utilization_percent) == 160, "utilization_percent");
_Static_assert(offsetof(struct ot_slot, timeslice_micros) == 164, "timeslice_micros");
_Static_assert(offsetof(struct ot_slot, deadline_micros) == 168, "deadline_micros");
_Static_assert(offsetof(struct ot_slot, laxity_micros) == 172, "laxity_micros");
_Static_assert(offsetof(struct ot_slot, lax_priorities) == 176, "lax_priorities");
_Static_assert(offsetof(struct ot_slot, target_micros) == 180, "target_micros");
_Static_assert(offsetof(struct ot_slot, target_percentile_hundredths) == 184, "target_percentile_hundredths");
_Static_assert(offsetof(struct ot_slot, window_active) == 188, "window_active");
_Static_assert(offsetof(struct ot_slot, escape_mark) == 192, "escape_mark");
_Static_assert(offsetof(struct ot_slot, escapes) == 200, "escapes");
_Static_assert(offsetof(struct ot_slot, claims) == 208, "claims");
_Static_assert(sizeof(struct ot_slot) == 256, "ot_slot");

struct ot_page {
  struct ot_page_header header;
  struct ot_device_line devices[OT_DEVICES];
  struct ot_slot slots[OT_SLOTS];
};

_Static_assert(offsetof(struct ot_page, devices) == 4096, "devices");
_Static_assert(offsetof(struct ot_page, slots) == 12288, "slots");
_Static_assert(sizeof(struct ot_page) == OT_PAGE_LENGTH, "ot_page");

#endif
