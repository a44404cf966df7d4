#include "cuda.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cuda cuda;

#ifdef DIRECT

static void bind_direct(bool per_thread) {
#define FUNCTION(name, version, suffix)                                                            \
  cuda.name = per_thread ? cu##name##version##suffix : cu##name##version;
  CUDA_FUNCTIONS(FUNCTION)
#undef FUNCTION
}

#else

static void bind_direct(bool per_thread) {
  (void)per_thread;
  fputs("this build is not linked to the driver: start NAME-direct\n", stderr);
  exit(2);
}

#endif

static void *load(void) {
  void *driver = dlopen("libcuda.so.1", RTLD_NOW);
  if (driver)
    return driver;
  fprintf(stderr, "%s\n", dlerror());
  exit(1);
}

static void *symbol(void *driver, const char *name) {
  void *found = dlsym(driver, name);
  if (found)
    return found;
  fprintf(stderr, "%s\n", dlerror());
  exit(1);
}

static void bind_by_dlsym(bool per_thread) {
  void *driver = load();
#define FUNCTION(name, version, suffix)                                                            \
  cuda.name = (__typeof__(cuda.name))symbol(driver, per_thread ? "cu" #name #version #suffix       \
                                                               : "cu" #name #version);
  CUDA_FUNCTIONS(FUNCTION)
#undef FUNCTION
}

typedef __typeof__(&cuGetProcAddress_v2) get_proc_address;

static void *proc_address(get_proc_address get, const char *name, bool per_thread) {
  void *found = NULL;
  int flags = per_thread ? CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM : 0;
  CUdriverProcAddressQueryResult status;
  if (get(name, &found, 12000, (cuuint64_t)flags, &status) == CUDA_SUCCESS && found)
    return found;
  fprintf(stderr, "the driver has no %s\n", name);
  exit(1);
}

static void bind_by_proc_address(bool per_thread) {
  get_proc_address get = (get_proc_address)symbol(load(), "cuGetProcAddress_v2");
  get = (get_proc_address)proc_address(get, "cuGetProcAddress", false);
#define FUNCTION(name, version, suffix)                                                            \
  cuda.name = (__typeof__(cuda.name))proc_address(get, "cu" #name, per_thread);
  CUDA_FUNCTIONS(FUNCTION)
#undef FUNCTION
}

void cuda_bind(const char *way, bool per_thread_default_stream) {
  if (!strcmp(way, "direct")) {
    bind_direct(per_thread_default_stream);
  } else if (!strcmp(way, "dlsym")) {
    bind_by_dlsym(per_thread_default_stream);
  } else if (!strcmp(way, "getproc")) {
    bind_by_proc_address(per_thread_default_stream);
  } else {
    fprintf(stderr, "--bind=%s: give direct, dlsym or getproc\n", way);
    exit(2);
  }
}
