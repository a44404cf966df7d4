/* The public functions of the shim; overtake.h says what they do. */
#include <errno.h>

#include "board.h"
#include "gate.h"
#define OVERTAKE_SHIM
#include "overtake.h"
#include "start.h"

#define OT_EXPORT __attribute__((visibility("default")))

static int check(int priority) {
  if (priority < OT_MIN_PRIORITY || priority > OT_MAX_PRIORITY)
    return EINVAL;
  return overtake_active() ? 0 : ENOSYS;
}

OT_EXPORT int overtake_version(void) { return 1; }

OT_EXPORT int overtake_active(void) {
  ot_start();
  return ot_gate_is_active();
}

OT_EXPORT int overtake_thread_priority_set(int priority) {
  int problem = check(priority);
  if (!problem)
    ot_thread_hint_set(priority);
  return problem;
}

OT_EXPORT int overtake_thread_priority_get(int *priority) {
  if (!priority)
    return EINVAL;
  if (!overtake_active())
    return ENOSYS;
  int32_t own;
  if (!ot_thread_hint_get(&own))
    return ENOENT;
  *priority = own;
  return 0;
}

OT_EXPORT int overtake_thread_priority_clear(void) {
  if (!overtake_active())
    return ENOSYS;
  ot_thread_hint_clear();
  return 0;
}

OT_EXPORT int overtake_process_priority_set(int priority) {
  int problem = check(priority);
  if (!problem)
    ot_process_hint_set(priority);
  return problem;
}
