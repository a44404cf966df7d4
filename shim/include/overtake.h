/*
 * Overtake: what a program may say about its own threads.
 *
 * A program that runs under `overtake run` is scheduled as one queue of commands at one priority.
 * With these calls a thread gets a queue of its own, and with it a priority of its own: the thread
 * that serves requests overtakes the threads that do batch work, on the same accelerator and even
 * on the same stream.
 *
 *     #include <overtake.h>
 *
 *     static void *serve(void *unused) {
 *       overtake_thread_priority_set(10);
 *       ...
 *     }
 *
 * Nothing is linked. Each call looks for its function in the running process, where Overtake's
 * library is if the program was started under Overtake. Where it is not, a call does nothing and
 * says so by its return value, so a program calls them always. (A weak symbol would not do: a
 * linker that makes a program without position-independent code resolves it to nothing once and for
 * all.) Each call pays for that look-up: make it at the start of a thread or of a request, not at
 * every launch.
 *
 * Priorities: OVERTAKE_PRIORITY_MIN to OVERTAKE_PRIORITY_MAX, larger is more urgent. Queues of one
 * priority do not hold one another.
 *
 * Every function may be called by any thread at any time, but not by a signal handler. None waits
 * for work on the accelerator to end. Those that can fail return 0 or one of errno.h's values:
 *
 *     EINVAL  the priority is out of range, or the pointer NULL; nothing was changed
 *     ENOSYS  the program is not scheduled by Overtake; nothing was changed
 *     ENOENT  (overtake_thread_priority_get) the thread has no priority of its own
 *
 * For C99, C++11 or later, on Linux. With glibc before 2.34, link with -ldl.
 */
#ifndef OVERTAKE_H
#define OVERTAKE_H

/** The version of this interface. It grows by functions; none changes its meaning. */
#define OVERTAKE_VERSION 1

#define OVERTAKE_PRIORITY_MIN (-255)
#define OVERTAKE_PRIORITY_MAX 255

#ifdef OVERTAKE_SHIM /* Overtake's library, which defines what everybody else looks for */

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTAKE_API __attribute__((visibility("default")))

OVERTAKE_API int overtake_version(void);
OVERTAKE_API int overtake_active(void);
OVERTAKE_API int overtake_thread_priority_set(int priority);
OVERTAKE_API int overtake_thread_priority_get(int *priority);
OVERTAKE_API int overtake_thread_priority_clear(void);
OVERTAKE_API int overtake_process_priority_set(int priority);

#ifdef __cplusplus
}
#endif

#else

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

/** Private: stores the address of that function where `function` points; 0 if there is none. */
static inline int overtake_find_(const char *name, void *function) {
  /* NULL is RTLD_DEFAULT, which dlfcn.h keeps for those who define _GNU_SOURCE. */
  void *found = dlsym(NULL, name);
  /* Neither language casts an object's address to a function's; POSIX makes them of one size. */
  memcpy(function, &found, sizeof found);
  return found != NULL;
}

/** The version of the interface of the library in this process; 0 if there is none. */
static inline int overtake_version(void) {
  int (*version)(void);
  return overtake_find_("overtake_version", &version) ? version() : 0;
}

/**
 * 1 if Overtake's library is at work in this process, else 0: it was started without it, or the
 * scheduling was turned off (OVERTAKE_DISABLE=1), could not begin or was given up. It does not say
 * that there is an accelerator: `overtake status` shows what is scheduled.
 */
static inline int overtake_active(void) {
  int (*active)(void);
  return overtake_find_("overtake_active", &active) ? active() : 0;
}

/**
 * Gives the calling thread a queue of its own at this priority; if it has one, changes its
 * priority. It holds for the commands that the thread launches from now on, until the thread ends
 * or the priority is cleared; other threads, those that it starts among them, are not affected.
 * Returns 0, EINVAL or ENOSYS.
 */
static inline int overtake_thread_priority_set(int priority) {
  int (*set)(int);
  if (priority < OVERTAKE_PRIORITY_MIN || priority > OVERTAKE_PRIORITY_MAX) {
    return EINVAL; /* without Overtake too, so that a mistake shows wherever the program runs */
  }
  return overtake_find_("overtake_thread_priority_set", &set) ? set(priority) : ENOSYS;
}

/**
 * Stores the priority that the calling thread was given. Returns 0, or, with `*priority` left as it
 * was, ENOENT, ENOSYS, or EINVAL if `priority` is NULL.
 */
static inline int overtake_thread_priority_get(int *priority) {
  int (*get)(int *);
  return overtake_find_("overtake_thread_priority_get", &get) ? get(priority) : ENOSYS;
}

/**
 * Takes the calling thread's priority back: it is scheduled with its process again. Does nothing if
 * it has none. A priority may be set and cleared with each request: for half a minute the thread's
 * queue stays, idle, if work below it is on the device, and that keeps little in flight from one
 * request to the next. Returns 0 or ENOSYS.
 */
static inline int overtake_thread_priority_clear(void) {
  int (*clear)(void);
  return overtake_find_("overtake_thread_priority_clear", &clear) ? clear() : ENOSYS;
}

/**
 * Changes the priority of the process: of all its threads that have none of their own. It was given
 * to `overtake run --priority`, and is 0 if it was not. Under `--scope thread` or `stream` it is
 * that of queues that begin later. Returns 0, EINVAL or ENOSYS.
 */
static inline int overtake_process_priority_set(int priority) {
  int (*set)(int);
  if (priority < OVERTAKE_PRIORITY_MIN || priority > OVERTAKE_PRIORITY_MAX) {
    return EINVAL;
  }
  return overtake_find_("overtake_process_priority_set", &set) ? set(priority) : ENOSYS;
}

#endif /* OVERTAKE_SHIM */

#endif /* OVERTAKE_H */
