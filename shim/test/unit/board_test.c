/* Who is woken when a floor changes (board.c), on a page of the test's own. */
#include "board.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* Whoever is not woken says so then. */
#define PATIENCE_NANOS UINT64_C(60000000000)

static struct ot_device_line *device;
static struct ot_slot *slot;

struct waiter {
  pthread_t thread;
  uint32_t changes;
  _Atomic long tid;
  _Atomic bool woken;
};

static void *await(void *argument) {
  struct waiter *waiter = argument;
  int32_t floor = ot_floor_word(device);
  atomic_store(&waiter->tid, syscall(SYS_gettid));
  atomic_store(&waiter->woken, ot_board_await(device, floor, waiter->changes, PATIENCE_NANOS));
  return NULL;
}

/* It waits for nothing but the floor. */
static bool is_asleep(struct waiter *waiter) {
  char path[64], line[256] = "";
  snprintf(path, sizeof path, "/proc/self/task/%ld/stat", atomic_load(&waiter->tid));
  FILE *file = fopen(path, "r");
  if (!file)
    return false;
  char *read = fgets(line, sizeof line, file);
  fclose(file);
  char *end = read ? strrchr(line, ')') : NULL;
  return end && end[2] == 'S';
}

static void start(struct waiter *waiter, uint32_t changes) {
  *waiter = (struct waiter){.changes = changes};
  CHECK(!pthread_create(&waiter->thread, NULL, await, waiter));
  while (!atomic_load(&waiter->tid) || !is_asleep(waiter))
    usleep(100);
}

static void ends(struct waiter *waiter) {
  CHECK(!pthread_join(waiter->thread, NULL));
  CHECK(atomic_load(&waiter->woken));
}

static void become(uint32_t run) {
  atomic_store(&slot->run, run);
  ot_board_refloor(device);
}

static void a_fall_wakes_whom_it_matters_to(void) {
  struct waiter held, guard;
  become(OT_RUN_READY);
  start(&held, OT_FALL);
  start(&guard, OT_RISE);
  become(OT_RUN_IDLE);
  ends(&held);
  CHECK(is_asleep(&guard));
  ot_board_wants_rises(device);
  become(OT_RUN_READY);
  ends(&guard);
}

static void a_rise_wakes_nobody_where_it_matters_to_none(void) {
  struct waiter guard;
  become(OT_RUN_IDLE);
  start(&guard, OT_RISE);
  become(OT_RUN_READY);
  CHECK(is_asleep(&guard));
  become(OT_RUN_IDLE);
  ot_board_wants_rises(device);
  become(OT_RUN_READY);
  ends(&guard);
}

static void another_priority_wakes_who_is_held(void) {
  struct waiter held;
  become(OT_RUN_READY);
  start(&held, OT_FALL);
  atomic_store(&slot->priority, 20);
  ot_board_respan(device);
  ends(&held);
}

static void a_page_that_is_given_up_wakes_all(void) {
  struct waiter held, guard;
  become(OT_RUN_READY);
  start(&held, OT_FALL);
  start(&guard, OT_RISE);
  ot_board_let_all_pass(device);
  ends(&held);
  ends(&guard);
}

/* Whether those below get past the slot once they look after who holds them. */
static void is_reaped(bool expected) {
  CHECK(!ot_above_floor(device, 0));
  ot_board_watch(device, 0, 1);
  CHECK((atomic_load(&slot->claim) == OT_CLAIM_FREE) == expected);
  if (expected) {
    CHECK(ot_above_floor(device, 0));
    slot = ot_board_claim(device, OT_SCOPE_PROCESS, 0, "test", 10);
    CHECK(slot);
  }
  become(OT_RUN_READY);
}

static void the_living_are_not_reaped(void) { is_reaped(false); }

/* As where a parent takes its time to ask for the status of who was killed. */
static void who_is_dead_and_not_buried_is_reaped(void) {
  siginfo_t ended;
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0)
    _exit(0);
  CHECK(!waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT));
  atomic_store(&slot->pid, (uint32_t)child);
  atomic_store(&slot->start_time, 0);
  is_reaped(true);
  CHECK(waitpid(child, NULL, 0) == child);
}

static void who_has_the_pid_of_a_dead_one_is_not_him(void) {
  atomic_store(&slot->start_time, atomic_load(&slot->start_time) + 1);
  is_reaped(true);
}

int main(void) {
  const char *temporary = getenv("TMPDIR");
  char folder[PATH_MAX], page[PATH_MAX + sizeof "/page"];
  snprintf(folder, sizeof folder, "%s/overtake-board-XXXXXX", temporary ? temporary : P_tmpdir);
  CHECK(mkdtemp(folder));
  snprintf(page, sizeof page, "%s/page", folder);
  CHECK(ot_board_open(page, true));
  unlink(page); /* It stays mapped. */
  rmdir(folder);
  device = ot_board_device(&(struct ot_device_identity){.pci_bus_id = "0000:01:00.0"});
  CHECK(device);
  slot = ot_board_claim(device, OT_SCOPE_PROCESS, 0, "test", 10);
  CHECK(slot);
  a_fall_wakes_whom_it_matters_to();
  a_rise_wakes_nobody_where_it_matters_to_none();
  become(OT_RUN_READY);
  the_living_are_not_reaped();
  who_is_dead_and_not_buried_is_reaped();
  who_has_the_pid_of_a_dead_one_is_not_him();
  another_priority_wakes_who_is_held();
  a_page_that_is_given_up_wakes_all();
  return 0;
}
