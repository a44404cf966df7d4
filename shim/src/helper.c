#include "helper.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
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

int ot_helper_start(const char *name, void (*work)(void *), void *argument) {
  struct task *task = malloc(sizeof *task);
  if (!task)
    return ENOMEM;
  *task = (struct task){name, work, argument};
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int error = pthread_create(&thread, NULL, begin, task);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error)
    free(task);
  else
    pthread_detach(thread);
  return error;
}
