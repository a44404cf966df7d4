/* Time: CLOCK_MONOTONIC in nanoseconds, as in the trace. */
#include <errno.h>
#include <time.h>

#include "simcuda.h"

#define SECOND 1000000000ull

uint64_t clock_nanos(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

void clock_sleep_until(uint64_t nanos) {
  struct timespec until = {(time_t)(nanos / SECOND), (long)(nanos % SECOND)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
  }
}
