/*
 * A bridge from HIP to CUDA (libamdhip64.so, libhiprtc.so, libhipblas.so), for tests: the HIP calls
 * that Overtake and its test programs make, each by the CUDA driver's call that does the same. On
 * the simulated driver it is a simulated HIP; on NVIDIA's it runs the HIP path, kernels included,
 * on a real GPU. What passes here shows that the path is right, and says nothing about AMD's
 * hardware.
 *
 * What it keeps of HIP's: no contexts, but a current device for each thread, device 0 at first;
 * what a call needs is made when the call comes, by whatever thread. A stream belongs to the device
 * that was current when it was made, and work goes to the stream's device. Errors have HIP's
 * numbers. The end mark of `extra`, flags of events and the layout of properties are HIP's own.
 * Kernels that a compiler put into the program are registered, with an image that CUDA takes in
 * place of AMD's. A wait for a value compares unsigned numbers, as AMD's devices do: CUDA's
 * compares modulo 2^32, so one that could tell the difference is refused.
 *
 * With HIPBRIDGE_SIGNALS_ONLY in the environment it waits for signals alone
 * (hipMallocSignalMemory), as ROCm 5 does; without, for any memory, as later ones do.
 * HIPBRIDGE_VERSION is the version that it says it has, as hipRuntimeGetVersion counts.
 *
 * What it leaves out: arrays, textures, peers' access, pools, contexts by HIP's old calls.
 *
 * Symbols have the versions that ROCm's have (libamdhip64.map). CUDA's functions are found by the C
 * library's own dlsym, and not by one that was preloaded: a library of AMD's calls no CUDA, and the
 * shim is not to see any.
 */
#ifndef HIPBRIDGE_BRIDGE_H
#define HIPBRIDGE_BRIDGE_H

#include "hip.h"

#include "../simcuda/driver.h"

#define API __attribute__((visibility("default")))
#define MAX_DEVICES 16

/* FUNCTION(name, version): the symbol is cu<name><version>. */
#define CUDA_FUNCTIONS(FUNCTION)                                                                   \
  FUNCTION(Init, )                                                                                 \
  FUNCTION(DeviceGetCount, )                                                                       \
  FUNCTION(DeviceGet, )                                                                            \
  FUNCTION(DeviceGetName, )                                                                        \
  FUNCTION(DeviceGetUuid, )                                                                        \
  FUNCTION(DeviceGetPCIBusId, )                                                                    \
  FUNCTION(DeviceGetAttribute, )                                                                   \
  FUNCTION(DeviceTotalMem, _v2)                                                                    \
  FUNCTION(DevicePrimaryCtxRetain, )                                                               \
  FUNCTION(DevicePrimaryCtxReset, _v2)                                                             \
  FUNCTION(CtxGetCurrent, )                                                                        \
  FUNCTION(CtxSetCurrent, )                                                                        \
  FUNCTION(CtxGetStreamPriorityRange, )                                                            \
  FUNCTION(CtxSynchronize, )                                                                       \
  FUNCTION(MemAlloc, _v2)                                                                          \
  FUNCTION(MemAllocManaged, )                                                                      \
  FUNCTION(MemAllocAsync, )                                                                        \
  FUNCTION(MemFree, _v2)                                                                           \
  FUNCTION(MemFreeAsync, )                                                                         \
  FUNCTION(MemGetInfo, _v2)                                                                        \
  FUNCTION(MemHostAlloc, )                                                                         \
  FUNCTION(MemFreeHost, )                                                                          \
  FUNCTION(MemHostRegister, _v2)                                                                   \
  FUNCTION(MemHostUnregister, )                                                                    \
  FUNCTION(MemHostGetDevicePointer, _v2)                                                           \
  FUNCTION(Memcpy, )                                                                               \
  FUNCTION(MemcpyAsync, )                                                                          \
  FUNCTION(MemcpyHtoD, _v2)                                                                        \
  FUNCTION(MemcpyDtoH, _v2)                                                                        \
  FUNCTION(MemcpyDtoD, _v2)                                                                        \
  FUNCTION(MemcpyHtoDAsync, _v2)                                                                   \
  FUNCTION(MemcpyDtoHAsync, _v2)                                                                   \
  FUNCTION(MemcpyDtoDAsync, _v2)                                                                   \
  FUNCTION(MemcpyPeer, )                                                                           \
  FUNCTION(MemcpyPeerAsync, )                                                                      \
  FUNCTION(PointerGetAttribute, )                                                                  \
  FUNCTION(MemsetD8, _v2)                                                                          \
  FUNCTION(MemsetD16, _v2)                                                                         \
  FUNCTION(MemsetD32, _v2)                                                                         \
  FUNCTION(MemsetD8Async, )                                                                        \
  FUNCTION(MemsetD16Async, )                                                                       \
  FUNCTION(MemsetD32Async, )                                                                       \
  FUNCTION(StreamCreateWithPriority, )                                                             \
  FUNCTION(StreamDestroy, _v2)                                                                     \
  FUNCTION(StreamQuery, )                                                                          \
  FUNCTION(StreamSynchronize, )                                                                    \
  FUNCTION(StreamWaitEvent, )                                                                      \
  FUNCTION(StreamGetFlags, )                                                                       \
  FUNCTION(StreamGetPriority, )                                                                    \
  FUNCTION(StreamGetCtx, )                                                                         \
  FUNCTION(StreamWaitValue32, _v2)                                                                 \
  FUNCTION(StreamWriteValue32, _v2)                                                                \
  FUNCTION(StreamAddCallback, )                                                                    \
  FUNCTION(StreamBeginCapture, _v2)                                                                \
  FUNCTION(StreamEndCapture, )                                                                     \
  FUNCTION(StreamIsCapturing, )                                                                    \
  FUNCTION(ThreadExchangeStreamCaptureMode, )                                                      \
  FUNCTION(EventCreate, )                                                                          \
  FUNCTION(EventRecord, )                                                                          \
  FUNCTION(EventQuery, )                                                                           \
  FUNCTION(EventSynchronize, )                                                                     \
  FUNCTION(EventElapsedTime, )                                                                     \
  FUNCTION(EventDestroy, _v2)                                                                      \
  FUNCTION(ModuleLoadData, )                                                                       \
  FUNCTION(ModuleUnload, )                                                                         \
  FUNCTION(ModuleGetFunction, )                                                                    \
  FUNCTION(FuncGetAttribute, )                                                                     \
  FUNCTION(LaunchKernel, )                                                                         \
  FUNCTION(LaunchCooperativeKernel, )                                                              \
  FUNCTION(LaunchHostFunc, )                                                                       \
  FUNCTION(GraphDestroy, )                                                                         \
  FUNCTION(GraphGetNodes, )                                                                        \
  FUNCTION(GraphInstantiateWithFlags, )                                                            \
  FUNCTION(GraphLaunch, )                                                                          \
  FUNCTION(GraphExecDestroy, )

/* A call is cuda.LaunchKernel(...) for cuLaunchKernel. Filled by bridge_start. */
struct cuda {
#define FUNCTION(name, version) __typeof__(&cu##name##version) name;
  CUDA_FUNCTIONS(FUNCTION)
#undef FUNCTION
};
extern struct cuda cuda;

/* Ends the calling function with an error of CUDA's, if there is one. */
#define TRY(expression)                                                                            \
  do {                                                                                             \
    CUresult tried = (expression);                                                                 \
    if (tried != CUDA_SUCCESS)                                                                     \
      return tried;                                                                                \
  } while (0)

/* The same of a function of HIP's, which is over with that. */
#define HIP_TRY(expression)                                                                        \
  do {                                                                                             \
    CUresult tried = (expression);                                                                 \
    if (tried != CUDA_SUCCESS)                                                                     \
      return bridge_result(tried);                                                                 \
  } while (0)

/* ---- cuda.c ---- */

/* Finds the driver and initializes it, once. */
CUresult bridge_start(void);
/* Has the calling thread's device current, as CUDA knows it. */
CUresult bridge_bind(void);
/* The same for the device of a stream. */
CUresult bridge_bind_to(hipStream_t stream);
/* The device of a stream. */
CUresult bridge_device_of(hipStream_t stream, int *device);
CUresult bridge_context(int device, CUcontext *context);
/* Looks a symbol up past whatever has been preloaded. */
void *bridge_symbol(void *library, const char *name);

/* The device of the calling thread. */
extern __thread int bridge_device;

/* ---- memory.c ---- */

/* Whether hipExtMallocWithFlags has given it as a signal. */
int bridge_is_signal(const void *pointer);

/* ---- errors.c ---- */

/* HIP's error for one of CUDA's; the thread's last from then on. */
hipError_t bridge_result(CUresult result);
hipError_t bridge_error(hipError_t error);

/* Ends a function of HIP's with what CUDA answers, in the calling thread's device or a stream's. */
#define BOUND(expression)                                                                          \
  do {                                                                                             \
    HIP_TRY(bridge_bind());                                                                        \
    return bridge_result(expression);                                                              \
  } while (0)

#define BOUND_TO(stream, expression)                                                               \
  do {                                                                                             \
    HIP_TRY(bridge_bind_to(stream));                                                               \
    return bridge_result(expression);                                                              \
  } while (0)

/* A handle is the driver's own. */
#define STREAM(stream) ((CUstream)(stream))
#define EVENT(event) ((CUevent)(event))
#define OR_PER_THREAD(stream) ((stream) ? (stream) : hipStreamPerThread)
#define ADDRESS(pointer) ((CUdeviceptr)(uintptr_t)(pointer))

#endif
