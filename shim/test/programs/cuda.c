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

/* cuGetProcAddress, in the shape that it had before CUDA 12 and the one that it has since. */
static __typeof__(&cuGetProcAddress) get_before_12;
static __typeof__(&cuGetProcAddress_v2) get_since_12;

static CUresult get(const char *name, void **found, cuuint64_t flags) {
  CUdriverProcAddressQueryResult status;
  return get_since_12 ? get_since_12(name, found, 12000, flags, &status)
                      : get_before_12(name, found, 11080, flags);
}

static void *proc_address(const char *name, bool per_thread) {
  void *found = NULL;
  int flags = per_thread ? CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM : 0;
  if (get(name, &found, (cuuint64_t)flags) == CUDA_SUCCESS && found)
    return found;
  fprintf(stderr, "the driver has no %s\n", name);
  exit(1);
}

/* As the runtime does, which asks for the function itself with the first call. */
static void bind_by_proc_address(bool per_thread, bool before_12) {
  if (before_12) {
    get_before_12 = (__typeof__(get_before_12))symbol(load(), "cuGetProcAddress");
    get_before_12 = (__typeof__(get_before_12))proc_address("cuGetProcAddress", false);
  } else {
    get_since_12 = (__typeof__(get_since_12))symbol(load(), "cuGetProcAddress_v2");
    get_since_12 = (__typeof__(get_since_12))proc_address("cuGetProcAddress", false);
  }
#define FUNCTION(name, version, suffix)                                                            \
  cuda.name = (__typeof__(cuda.name))proc_address("cu" #name, per_thread);
  CUDA_FUNCTIONS(FUNCTION)
#undef FUNCTION
}

void cuda_bind(const char *way, bool per_thread_default_stream) {
  if (!strcmp(way, "direct")) {
    bind_direct(per_thread_default_stream);
  } else if (!strcmp(way, "dlsym")) {
    bind_by_dlsym(per_thread_default_stream);
  } else if (!strcmp(way, "getproc")) {
    bind_by_proc_address(per_thread_default_stream, false);
  } else if (!strcmp(way, "getproc11")) {
    bind_by_proc_address(per_thread_default_stream, true);
  } else {
    fprintf(stderr, "--bind=%s: give direct, dlsym, getproc or getproc11\n", way);
    exit(2);
  }
}
