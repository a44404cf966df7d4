/*
 * A program with two sides: requests that must be answered soon, and batch work that fills the time
 * between them. Each has its thread. The serving thread names its priority, and from then on what
 * it launches overtakes what the batch thread launches; the batch thread says nothing and keeps the
 * priority of the process.
 *
 *     cc -std=c11 -pthread -I ../../shim/include two_sides.c -o two_sides
 *     ./two_sides                                     # without Overtake: the calls do nothing
 *     ../../overtake run --priority -10 -- ./two_sides
 */
#include <pthread.h>
#include <stdio.h>

#include "overtake.h"

static void describe(const char *side) {
  int priority;
  if (overtake_thread_priority_get(&priority) == 0) {
    printf("%s: priority %d\n", side, priority);
  } else {
    printf("%s: the priority of the process\n", side);
  }
}

static void *serve(void *unused) {
  overtake_thread_priority_set(
      10); /* what it returns matters to nobody here: unscheduled is fine, too */
  describe("serving");
  /* ... wait for a request, launch, synchronize, answer ... */
  return unused;
}

static void *train(void *unused) {
  describe("batch");
  /* ... launch, launch, launch ... */
  return unused;
}

int main(void) {
  void *(*const sides[])(void *) = {serve, train};
  printf("scheduled by Overtake: %s\n", overtake_active() ? "yes" : "no");
  for (int i = 0; i < 2;
       i++) { /* one after the other, for a steady output; a real program starts both */
    pthread_t thread;
    if (pthread_create(&thread, NULL, sides[i], NULL) != 0) {
      fputs("two_sides: a thread could not be started\n", stderr);
      return 1;
    }
    pthread_join(thread, NULL);
  }
  return 0;
}
