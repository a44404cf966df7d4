/* The shim's front for the CUDA driver, as seen from the preloading (preload.c). */
#ifndef OT_CUDA_FRONT_H
#define OT_CUDA_FRONT_H

#include <stdbool.h>

/* Whether a symbol's name may be the CUDA driver's. */
static inline bool ot_cuda_is_name(const char *name) {
  return name[0] == 'c' && name[1] == 'u' && name[2] >= 'A' && name[2] <= 'Z';
}

/* Whether there is an answer of ours for it. */
bool ot_cuda_has(const char *name);

/* What dlsym shall answer for it then. */
void *ot_cuda_symbol(void *handle, const char *name);

#endif
