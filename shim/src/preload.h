/* What answers dlsym, as the fronts see it. */
#ifndef OT_PRELOAD_H
#define OT_PRELOAD_H

/* The real dlsym. */
void *ot_real_dlsym(void *handle, const char *name);

#endif
