/*
 * Overtake's library as far as its public functions go, for tests of what calls them: it remembers
 * what it is told and schedules nothing. Preload it. FAKE_INACTIVE in the environment makes it the
 * library of a process that is not scheduled.
 */
#define OVERTAKE_SHIM
#include "overtake.h"

#include <errno.h>
#include <stdlib.h>

static _Thread_local int given;
static _Thread_local int thread_priority;
static int process_priority;

static int in_range(int priority) {
  return priority >= OVERTAKE_PRIORITY_MIN && priority <= OVERTAKE_PRIORITY_MAX;
}

int overtake_version(void) { return OVERTAKE_VERSION; }

int overtake_active(void) { return getenv("FAKE_INACTIVE") == NULL; }

int overtake_thread_priority_set(int priority) {
  if (!in_range(priority))
    return EINVAL;
  if (!overtake_active())
    return ENOSYS;
  given = 1;
  thread_priority = priority;
  return 0;
}

int overtake_thread_priority_get(int *priority) {
  if (!overtake_active())
    return ENOSYS;
  if (!given)
    return ENOENT;
  *priority = thread_priority;
  return 0;
}

int overtake_thread_priority_clear(void) {
  if (!overtake_active())
    return ENOSYS;
  given = 0;
  return 0;
}

int overtake_process_priority_set(int priority) {
  if (!in_range(priority))
    return EINVAL;
  if (!overtake_active())
    return ENOSYS;
  process_priority = priority;
  return 0;
}

/* What only tests ask for. */
OVERTAKE_API int fake_process_priority(void);
int fake_process_priority(void) { return process_priority; }
