/*
 * What the fronts have in common: each stands in front of some functions of one library, which a
 * program may load at any time.
 *
 * Any thread may call these.
 */
#ifndef OT_FRONT_H
#define OT_FRONT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define OT_SONAMES 4
#define OT_NEEDS 32 /* at most, the end of them included */

/* A function of the library that the shim itself calls, and where the pointer to it is. Of several
 * for one place the first that is there counts; where none is, the place keeps what it has. */
struct ot_need {
  const char *symbol; /* NULL: the end */
  void *place;
  enum { OT_OPTIONAL, OT_REQUIRED } necessity; /* whether nothing is scheduled without one there */
};

struct ot_front {
  const char *sonames[OT_SONAMES]; /* one library by the names that its releases have had */
  const struct ot_entry {
    const char *symbol;
    void *ours;
  } * entries;
  int count;
  void *_Atomic *real; /* of each entry the library's own; NULL: not there, or not yet */
  const struct ot_need *needs;
  /* Called once, with all of `real` and `needs` known: whether all that is required is there. */
  void (*start)(bool usable);
  pthread_mutex_t starting;
  void *_Atomic library;
};

/* The entry of this name; -1 if there is none. */
int ot_front_find(const struct ot_front *front, const char *symbol);

/* Ours in place of the library's function of this name, which was found some other way; `found` if
 * there is none. */
void *ot_front_named(const struct ot_front *front, const char *name, void *found);

/* The library, once it is loaded; everything is looked up in it at that moment. NULL if it is not
 * loaded, and cannot be or shall not be. */
void *ot_front_library(struct ot_front *front, bool load);

/* The library's function of an entry. Somebody who links to it gets here before anything has been
 * looked up. */
static inline void *ot_front_real(struct ot_front *front, int index) {
  void *found = atomic_load_explicit(&front->real[index], memory_order_relaxed);
  if (found)
    return found;
  ot_front_library(front, true);
  return front->real[index];
}

/* What dlsym shall answer for this name, which an entry has. RTLD_NEXT comes here only where none
 * is behind the shim for all. */
void *ot_front_symbol(struct ot_front *front, void *handle, const char *name);

#endif
