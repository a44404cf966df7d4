/* The shim's front for HIP, as seen from the preloading (preload.c). */
#ifndef OT_HIP_FRONT_H
#define OT_HIP_FRONT_H

#include <stdbool.h>

/* Whether a symbol's name may be HIP's. */
static inline bool ot_hip_is_name(const char *name) {
  return name[0] == 'h' && name[1] == 'i' && name[2] == 'p' && name[3] >= 'A' && name[3] <= 'Z';
}

/* Whether there is an answer of ours for it. */
bool ot_hip_has(const char *name);

/* What dlsym shall answer for it then. */
void *ot_hip_symbol(void *handle, const char *name);

#endif
