/*
 * A library that is linked to the CUDA driver and loaded for nobody but whoever loads it, as Python
 * does with its extensions. It looks functions up in what it can see, and so must find them, with
 * the shim in front as without: by RTLD_DEFAULT, and by RTLD_NEXT.
 */
#include <dlfcn.h>

int cuInit(unsigned flags);
int cuStreamSynchronize(void *stream);
void *plugin_find(int next, const char *name);
int plugin_synchronize(void);

int plugin_synchronize(void) { return cuStreamSynchronize(0); }

void *plugin_find(int next, const char *name) {
  if (cuInit(0)) /* by name, so that the linker keeps the library that it is linked to */
    return 0;
  /* Not as the last thing it does: then a jump would do, and it would be its caller who asks. */
  dlerror();
  void *volatile found = dlsym(next ? RTLD_NEXT : RTLD_DEFAULT, name);
  return dlerror() ? 0 : found;
}
