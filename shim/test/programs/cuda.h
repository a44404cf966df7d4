/*
 * The CUDA driver as the test programs and some of shim/bench call it: through a table of pointers,
 * filled in one of the ways by which programs come to the driver's functions.
 *
 *   direct    by the linker; for that, a program is built a second time, as NAME-direct
 *   dlsym     loaded at run time, each symbol looked up by its name
 *   getproc   by cuGetProcAddress, as the runtime of CUDA 12 does; getproc11: as that of 11.8
 *
 * A call is cuda.LaunchKernel(...) for cuLaunchKernel.
 */
#ifndef PROGRAMS_CUDA_H
#define PROGRAMS_CUDA_H

#include <stdbool.h>

#include "../simcuda/driver.h"

/* FUNCTION(name, version, per_thread): the symbol is cu<name><version>, and with per-thread default
 * streams the suffix per_thread comes behind it. cuGetProcAddress knows it by cu<name>. */
#define CUDA_FUNCTIONS(FUNCTION)                                                                   \
  FUNCTION(Init, , )                                                                               \
  FUNCTION(DeviceGetName, , )                                                                      \
  FUNCTION(DevicePrimaryCtxRetain, , )                                                             \
  FUNCTION(DevicePrimaryCtxRelease, _v2, )                                                         \
  FUNCTION(DevicePrimaryCtxReset, _v2, )                                                           \
  FUNCTION(CtxCreate, _v2, )                                                                       \
  FUNCTION(CtxDestroy, _v2, )                                                                      \
  FUNCTION(CtxDetach, , )                                                                          \
  FUNCTION(CtxGetCurrent, , )                                                                      \
  FUNCTION(CtxSetCurrent, , )                                                                      \
  FUNCTION(CtxSynchronize, , )                                                                     \
  FUNCTION(ModuleLoadData, , )                                                                     \
  FUNCTION(ModuleGetFunction, , )                                                                  \
  FUNCTION(LaunchKernel, , _ptsz)                                                                  \
  FUNCTION(LaunchKernelEx, , _ptsz)                                                                \
  FUNCTION(LaunchHostFunc, , _ptsz)                                                                \
  FUNCTION(MemAlloc, _v2, )                                                                        \
  FUNCTION(MemHostRegister, _v2, )                                                                 \
  FUNCTION(MemHostGetDevicePointer, _v2, )                                                         \
  FUNCTION(MemcpyDtoH, _v2, _ptds)                                                                 \
  FUNCTION(StreamCreate, , )                                                                       \
  FUNCTION(StreamCreateWithPriority, , )                                                           \
  FUNCTION(StreamDestroy, _v2, )                                                                   \
  FUNCTION(StreamSynchronize, , _ptsz)                                                             \
  FUNCTION(StreamQuery, , _ptsz)                                                                   \
  FUNCTION(StreamWaitEvent, , _ptsz)                                                               \
  FUNCTION(StreamBatchMemOp, _v2, _ptsz)                                                           \
  FUNCTION(StreamBeginCapture, _v2, _ptsz)                                                         \
  FUNCTION(StreamEndCapture, , _ptsz)                                                              \
  FUNCTION(StreamIsCapturing, , _ptsz)                                                             \
  FUNCTION(EventCreate, , )                                                                        \
  FUNCTION(EventRecord, , _ptsz)                                                                   \
  FUNCTION(EventSynchronize, , )                                                                   \
  FUNCTION(EventQuery, , )                                                                         \
  FUNCTION(GraphInstantiateWithFlags, , )                                                          \
  FUNCTION(GraphGetNodes, , )                                                                      \
  FUNCTION(GraphLaunch, , _ptsz)

struct cuda {
#define FUNCTION(name, version, per_thread) __typeof__(&cu##name##version) name;
  CUDA_FUNCTIONS(FUNCTION)
#undef FUNCTION
};

extern struct cuda cuda;

/* Fills the table, or ends the program with status 2 if there is no such way in this build, 1 if
 * there is no driver. */
void cuda_bind(const char *way, bool per_thread_default_stream);

/* The same with HIP's functions in their place (on_hip.c): hip-direct (in NAME-hip), hip-dlsym or
 * hip-getproc. */
void hip_bind(const char *way, bool per_thread_default_stream);

#endif
