/* Threads of the program that it may cancel (pthread_cancel): not while they hold what is the
 * shim's, a lock or a place at the gate, and wait or call the driver. */
#ifndef OT_UNCANCELLED_H
#define OT_UNCANCELLED_H

#include <pthread.h>

static inline int ot_uncancelled_begin(void) {
  int before;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  return before;
}

static inline void ot_uncancelled_end(int *before) { pthread_setcancelstate(*before, before); }

/* From here to the end of the block. */
#define OT_UNCANCELLED                                                                             \
  __attribute__((cleanup(ot_uncancelled_end), unused)) int ot_cancel_state = ot_uncancelled_begin()

#endif
