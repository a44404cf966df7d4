/* A shim that schedules nothing, says that it is at work or not, and what a thread tells it of its
 * priority. */
#include <errno.h>
#include <stdio.h>

static _Thread_local int given;

int overtake_active(void) {
#ifdef INACTIVE
  return 0;
#else
  return 1;
#endif
}

int overtake_thread_priority_set(int priority) {
  given = 1;
  fprintf(stderr, "overtake: priority %d\n", priority);
  return 0;
}

int overtake_thread_priority_get(int *priority) {
  *priority = 10;
  return given ? 0 : ENOENT;
}

int overtake_thread_priority_clear(void) {
  given = 0;
  fputs("overtake: priority cleared\n", stderr);
  return 0;
}

int overtake_process_priority_set(int priority) {
  (void)priority;
  return 0;
}
