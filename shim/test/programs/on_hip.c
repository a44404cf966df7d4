/*
 * The table of cuda.h filled with HIP's functions, so that one program runs on either. Most are of
 * one shape with one set of error numbers; HIP has no contexts, so a context here is a device.
 */
#include "cuda.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../hipbridge/hip.h"

/* FUNCTION(name, HIP's name, per_thread): what is behind HIP's name with per-thread default
 * streams. */
#define SAME_FUNCTIONS(FUNCTION)                                                                   \
  FUNCTION(Init, hipInit, )                                                                        \
  FUNCTION(DeviceGetName, hipDeviceGetName, )                                                      \
  FUNCTION(CtxSynchronize, hipDeviceSynchronize, )                                                 \
  FUNCTION(ModuleLoadData, hipModuleLoadData, )                                                    \
  FUNCTION(ModuleGetFunction, hipModuleGetFunction, )                                              \
  FUNCTION(LaunchKernel, hipModuleLaunchKernel, )                                                  \
  FUNCTION(LaunchHostFunc, hipLaunchHostFunc, _spt)                                                \
  FUNCTION(MemAlloc, hipMalloc, )                                                                  \
  FUNCTION(MemHostRegister, hipHostRegister, )                                                     \
  FUNCTION(MemHostGetDevicePointer, hipHostGetDevicePointer, )                                     \
  FUNCTION(MemcpyDtoH, hipMemcpyDtoH, )                                                            \
  FUNCTION(StreamCreate, hipStreamCreateWithFlags, )                                               \
  FUNCTION(StreamCreateWithPriority, hipStreamCreateWithPriority, )                                \
  FUNCTION(StreamDestroy, hipStreamDestroy, )                                                      \
  FUNCTION(StreamSynchronize, hipStreamSynchronize, _spt)                                          \
  FUNCTION(StreamQuery, hipStreamQuery, _spt)                                                      \
  FUNCTION(StreamWaitEvent, hipStreamWaitEvent, _spt)                                              \
  FUNCTION(StreamBeginCapture, hipStreamBeginCapture, _spt)                                        \
  FUNCTION(StreamEndCapture, hipStreamEndCapture, _spt)                                            \
  FUNCTION(EventCreate, hipEventCreateWithFlags, )                                                 \
  FUNCTION(EventRecord, hipEventRecord, _spt)                                                      \
  FUNCTION(EventSynchronize, hipEventSynchronize, )                                                \
  FUNCTION(EventQuery, hipEventQuery, )                                                            \
  FUNCTION(GraphInstantiateWithFlags, hipGraphInstantiateWithFlags, )                              \
  FUNCTION(GraphGetNodes, hipGraphGetNodes, )                                                      \
  FUNCTION(GraphLaunch, hipGraphLaunch, _spt)
#define OWN_FUNCTIONS(FUNCTION)                                                                    \
  FUNCTION(set_device, hipSetDevice, )                                                             \
  FUNCTION(get_device, hipGetDevice, )                                                             \
  FUNCTION(reset_device, hipDeviceReset, )

static struct {
#define FUNCTION(member, name, per_thread) __typeof__(&name) member;
  OWN_FUNCTIONS(FUNCTION)
#undef FUNCTION
} own;

/* ---- contexts ---- */

static CUresult retain(CUcontext *context, CUdevice device) {
  *context = (CUcontext)((intptr_t)device + 1);
  return CUDA_SUCCESS;
}

static CUresult set_current(CUcontext context) {
  return (CUresult)own.set_device((int)(intptr_t)context - 1);
}

static CUresult get_current(CUcontext *context) {
  int device;
  CUresult result = (CUresult)own.get_device(&device);
  return result == CUDA_SUCCESS ? retain(context, device) : result;
}

static CUresult reset(CUdevice device) {
  hipError_t result = own.set_device(device);
  return (CUresult)(result == hipSuccess ? own.reset_device() : result);
}

static void bind_own(void) {
  cuda.DevicePrimaryCtxRetain = retain;
  cuda.DevicePrimaryCtxReset = reset;
  cuda.CtxSetCurrent = set_current;
  cuda.CtxGetCurrent = get_current;
}

/* ---- the ways ---- */

#ifdef DIRECT_HIP

static void bind_direct(bool per_thread) {
#define FUNCTION(member, name, suffix)                                                             \
  cuda.member = (__typeof__(cuda.member))(void *)(per_thread ? name##suffix : name);
  SAME_FUNCTIONS(FUNCTION)
#undef FUNCTION
#define FUNCTION(member, name, suffix) own.member = name;
  OWN_FUNCTIONS(FUNCTION)
#undef FUNCTION
}

#else

static void bind_direct(bool per_thread) {
  (void)per_thread;
  fputs("this build is not linked to HIP: start NAME-hip\n", stderr);
  exit(2);
}

#endif

/* A release may lack what a program does not use. */
static void *by_dlsym(const char *name) {
  static const char *const names[] = {"libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5"};
  static void *library;
  for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++)
    library = dlopen(names[i], RTLD_NOW);
  if (library)
    return dlsym(library, name);
  fprintf(stderr, "%s\n", dlerror());
  exit(1);
}

static void *by_proc_address(const char *name) {
  static __typeof__(&hipGetProcAddress) get;
  void *function = NULL;
  if (!get)
    get = (__typeof__(get))by_dlsym("hipGetProcAddress");
  get(name, &function, 600, 0, NULL);
  return function;
}

static void bind_by(void *(*look_up)(const char *), bool per_thread) {
#define FUNCTION(member, name, suffix)                                                             \
  cuda.member = (__typeof__(cuda.member))look_up(per_thread ? #name #suffix : #name);
  SAME_FUNCTIONS(FUNCTION)
#undef FUNCTION
#define FUNCTION(member, name, suffix) own.member = (__typeof__(own.member))look_up(#name);
  OWN_FUNCTIONS(FUNCTION)
#undef FUNCTION
}

void hip_bind(const char *way, bool per_thread_default_stream) {
  if (!strcmp(way, "hip-direct")) {
    bind_direct(per_thread_default_stream);
  } else if (!strcmp(way, "hip-dlsym")) {
    bind_by(by_dlsym, per_thread_default_stream);
  } else if (!strcmp(way, "hip-getproc")) {
    bind_by(by_proc_address, per_thread_default_stream);
  } else {
    fprintf(stderr, "--bind=%s: give hip-direct, hip-dlsym or hip-getproc\n", way);
    exit(2);
  }
  bind_own();
}
