/*
 * Tests overtake.h from a program's side, as C and as C++. Its argument says what to expect:
 * "scheduled" (by fake_shim.c) or "unscheduled".
 */
#include "overtake.h"

#include <pthread.h>
#include <stdio.h>

static int failures;

static void expect(const char *what, int found, int wanted) {
  if (found != wanted) {
    fprintf(stderr, "%s: %d, expected %d\n", what, found, wanted);
    failures++;
  }
}

static int priority_or(int none) {
  int priority = none;
  overtake_thread_priority_get(&priority);
  return priority;
}

static void *another_thread(void *unused) {
  expect("another thread's priority", priority_or(-1), -1);
  expect("set in another thread", overtake_thread_priority_set(-7), 0);
  return unused;
}

static void scheduled(void) {
  pthread_t thread;
  int priority = 1000;
  expect("version", overtake_version(), OVERTAKE_VERSION);
  expect("active", overtake_active(), 1);
  expect("get before set", overtake_thread_priority_get(&priority), ENOENT);
  expect("what get then stores", priority, 1000);
  expect("set", overtake_thread_priority_set(10), 0);
  expect("priority", priority_or(1000), 10);
  expect("start a thread", pthread_create(&thread, NULL, another_thread, NULL), 0);
  expect("join it", pthread_join(thread, NULL), 0);
  expect("priority after another thread's set", priority_or(1000), 10);
  expect("set the least", overtake_thread_priority_set(OVERTAKE_PRIORITY_MIN), 0);
  expect("set too little", overtake_thread_priority_set(OVERTAKE_PRIORITY_MIN - 1), EINVAL);
  expect("set too much", overtake_thread_priority_set(OVERTAKE_PRIORITY_MAX + 1), EINVAL);
  expect("priority after wrong ones", priority_or(1000), OVERTAKE_PRIORITY_MIN);
  expect("clear", overtake_thread_priority_clear(), 0);
  expect("get after clear", overtake_thread_priority_get(&priority), ENOENT);
  expect("set the process's", overtake_process_priority_set(OVERTAKE_PRIORITY_MAX), 0);
  expect("set the process's too much", overtake_process_priority_set(OVERTAKE_PRIORITY_MAX + 1),
         EINVAL);
}

static void unscheduled(void) {
  int priority = 1000;
  expect("active", overtake_active(), 0);
  expect("set", overtake_thread_priority_set(10), ENOSYS);
  expect("set too much", overtake_thread_priority_set(OVERTAKE_PRIORITY_MAX + 1), EINVAL);
  expect("get", overtake_thread_priority_get(&priority), ENOSYS);
  expect("what get then stores", priority, 1000);
  expect("clear", overtake_thread_priority_clear(), ENOSYS);
  expect("set the process's", overtake_process_priority_set(-10), ENOSYS);
  expect("set the process's too little", overtake_process_priority_set(OVERTAKE_PRIORITY_MIN - 1),
         EINVAL);
}

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "scheduled") == 0) {
    scheduled();
  } else {
    unscheduled();
  }
  return failures == 0 ? 0 : 1;
}
