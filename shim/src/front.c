#include "front.h"

#include <dlfcn.h>
#include <string.h>

#include "preload.h"
#include "start.h"

int ot_front_find(const struct ot_front *front, const char *symbol) {
  for (int i = 0; i < front->count; i++) {
    if (!strcmp(front->entries[i].symbol, symbol))
      return i;
  }
  return -1;
}

void *ot_front_named(const struct ot_front *front, const char *name, void *found) {
  int index = ot_front_find(front, name);
  return index >= 0 && front->real[index] ? front->entries[index].ours : found;
}

/* The one that the program has, or else the newest that there is. */
static void *find_library(const struct ot_front *front, bool load) {
  void *handle = NULL;
  for (int i = 0; !handle && i < OT_SONAMES && front->sonames[i]; i++)
    handle = dlopen(front->sonames[i], RTLD_LAZY | RTLD_NOLOAD);
  for (int i = 0; !handle && load && i < OT_SONAMES && front->sonames[i]; i++)
    handle = dlopen(front->sonames[i], RTLD_LAZY);
  return handle;
}

static int look_up(const struct ot_need *needs, void *library, void **found) {
  int count = 0;
  for (; needs[count].symbol; count++)
    found[count] = ot_real_dlsym(library, needs[count].symbol);
  return count;
}

static void keep(const struct ot_need *needs, void *const *found, int count) {
  while (count-- > 0) {
    if (found[count])
      memcpy(needs[count].place, &found[count], sizeof found[count]);
  }
}

static bool are_met(const struct ot_need *needs) {
  for (; needs->symbol; needs++) {
    void *function;
    memcpy(&function, needs->place, sizeof function);
    if (!function && needs->necessity == OT_REQUIRED)
      return false;
  }
  return true;
}

void *ot_front_library(struct ot_front *front, bool load) {
  void *handle = atomic_load(&front->library);
  if (handle)
    return handle;
  handle = find_library(front, load);
  if (!handle) {
    dlerror(); /* not the program's mistake, and not for it to find */
    return NULL;
  }
  /* Without our lock: a look takes the loader's, under which a library that is being loaded may
   * come here. Several threads find the same. */
  void *needed[OT_NEEDS];
  int count = look_up(front->needs, handle, needed);
  for (int i = 0; i < front->count; i++)
    front->real[i] = ot_real_dlsym(handle, front->entries[i].symbol);
  pthread_mutex_lock(&front->starting);
  if (!atomic_load(&front->library)) {
    keep(front->needs, needed, count);
    front->start(are_met(front->needs));
    ot_start();
    /* Not before: nobody may take what is not there yet for missing. */
    atomic_store(&front->library, handle);
  }
  pthread_mutex_unlock(&front->starting);
  return handle;
}

void *ot_front_symbol(struct ot_front *front, void *handle, const char *name) {
  int index = ot_front_find(front, name);
  bool known = ot_front_library(front, false) && front->real[index];
  void *ours = front->entries[index].ours;
  void *found = handle == RTLD_NEXT ? ours : ot_real_dlsym(handle, name);
  /* A search in all libraries finds the shim first. Where none is behind it, for all, whoever asks
   * may have been linked to one that only he and his can see; else NULL, and dlerror says why. */
  if (found == ours && !known)
    return ot_real_dlsym(RTLD_NEXT, name);
  if (found == ours)
    dlerror(); /* What was in vain on the way here is none of the program's. */
  return known && found == front->real[index] ? ours : found;
}
