#include "captures.h"

#include <time.h>

#include "board.h"
#include "uncancelled.h"

/* A question takes microseconds, or as long as another thread has the driver for itself: at level 3
 * one that launches may, until what is above has ended. What takes longer than this may take for
 * ever: then the capture begins all the same. */
#define PATIENCE_NANOS UINT64_C(10000000000)
#define LOOK_NANOS 20000

_Atomic int ot_captures;
/* Not beside what each launch reads. */
static struct { _Alignas(64) _Atomic int count; } asking;

/* Whoever asks counts itself first and looks for captures then, and whoever captures in the other
 * order: one of them sees the other. */
void ot_captures_begin(void) {
  OT_UNCANCELLED;
  atomic_fetch_add(&ot_captures, 1);
  ot_await_questions(PATIENCE_NANOS);
}

void ot_await_questions(uint64_t nanos) {
  for (uint64_t since = 0; atomic_load(&asking.count);) {
    uint64_t now = ot_now();
    since = since ? since : now;
    if (now - since >= nanos)
      return;
    struct timespec time = {0, LOOK_NANOS};
    nanosleep(&time, NULL);
  }
}

void ot_captures_begun(bool done) {
  if (!done)
    atomic_fetch_sub(&ot_captures, 1);
}

void ot_captures_end(void) {
  /* One that began before anything was scheduled was not counted. */
  int captures = atomic_load(&ot_captures);
  while (captures > 0 && !atomic_compare_exchange_weak(&ot_captures, &captures, captures - 1)) {
  }
}

bool ot_may_ask(void) {
  atomic_fetch_add(&asking.count, 1);
  if (!atomic_load(&ot_captures))
    return true;
  atomic_fetch_sub(&asking.count, 1);
  return false;
}

void ot_asked(void) { atomic_fetch_sub(&asking.count, 1); }

void ot_captures_in_child(void) {
  atomic_store(&asking.count, 0);
  atomic_store(&ot_captures, 0);
}
