#include "helper.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>

struct task {
  const char *name;
  void (*work)(void *);
  void *argument;
};

static void *begin(void *argument) {
  struct task task = *(struct task *)argument;
  free(argument);
  pthread_setname_np(pthread_self(), task.name);
  prctl(PR_SET_TIMERSLACK, 1000, 0, 0, 0); /* of this thread alone */
  task.work(task.argument);
  return NULL;
}

/* The processors that the process was given. A thread of the program may have been pinned to one
 * since, and spin there in the driver until a helper lets its work go on. */
static cpu_set_t processors;
static bool has_processors;

__attribute__((constructor)) static void remember_processors(void) {
  has_processors = !sched_getaffinity(0, sizeof processors, &processors);
}

static int start(pthread_t *thread, struct task *task) {
  pthread_attr_t attributes;
  if (!has_processors || pthread_attr_init(&attributes))
    return pthread_create(thread, NULL, begin, task);
  int error = pthread_attr_setaffinity_np(&attributes, sizeof processors, &processors);
  if (!error)
    error = pthread_create(thread, &attributes, begin, task);
  pthread_attr_destroy(&attributes);
  /* The processors may have been taken away meanwhile. */
  return error ? pthread_create(thread, NULL, begin, task) : 0;
}

int ot_helper_start(const char *name, void (*work)(void *), void *argument) {
  struct task *task = malloc(sizeof *task);
  if (!task)
    return ENOMEM;
  *task = (struct task){name, work, argument};
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int error = start(&thread, task);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error)
    free(task);
  else
    pthread_detach(thread);
  return error;
}
