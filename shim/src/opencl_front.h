/* The shim's front for OpenCL, as seen from the preloading (preload.c). */
#ifndef OT_OPENCL_FRONT_H
#define OT_OPENCL_FRONT_H

#include <stdbool.h>

/* Whether a symbol's name may be OpenCL's. */
static inline bool ot_opencl_is_name(const char *name) {
  return name[0] == 'c' && name[1] == 'l' && name[2] >= 'A' && name[2] <= 'Z';
}

/* Whether there is an answer of ours for it. */
bool ot_opencl_has(const char *name);

/* What dlsym shall answer for it then. */
void *ot_opencl_symbol(void *handle, const char *name);

#endif
