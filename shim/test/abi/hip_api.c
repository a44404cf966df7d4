/*
 * What the shim declares of HIP, compared with HIP's own hip_runtime_api.h where there is one: this
 * compiles, or the shim is wrong. First the shim's declarations are taken apart into constants and
 * types of other names; then the functions in whose place it stands are called with its parameters.
 */
#if __has_include(<hip/hip_runtime_api.h>)

/* The shim's, by other names. */
#define hipError_t ours_hipError_t
#define hipStream_t ours_hipStream_t
#define hipEvent_t ours_hipEvent_t
#define dim3 ours_dim3
#define hipLaunchConfig_t ours_hipLaunchConfig_t
#define hipSuccess ours_hipSuccess
#define hipErrorNotFound ours_hipErrorNotFound
#define hipErrorNotReady ours_hipErrorNotReady
#define hipErrorStreamCaptureUnsupported ours_hipErrorStreamCaptureUnsupported
#define hipErrorStreamCaptureWrongThread ours_hipErrorStreamCaptureWrongThread
#define hipMemcpyDeviceToHost ours_hipMemcpyDeviceToHost
#define hipEventDisableTiming ours_hipEventDisableTiming
#define hipStreamCaptureStatusNone ours_hipStreamCaptureStatusNone
#define hipStreamCaptureModeRelaxed ours_hipStreamCaptureModeRelaxed
#include "../../src/hip_api.h"
#undef hipError_t
#undef hipStream_t
#undef hipEvent_t
#undef dim3
#undef hipLaunchConfig_t
#undef hipSuccess
#undef hipErrorNotFound
#undef hipErrorNotReady
#undef hipErrorStreamCaptureUnsupported
#undef hipErrorStreamCaptureWrongThread
#undef hipMemcpyDeviceToHost
#undef hipEventDisableTiming
#undef hipStreamCaptureStatusNone
#undef hipStreamCaptureModeRelaxed

#define __HIP_PLATFORM_AMD__
#include <hip/hip_runtime_api.h>

#define SAME_VALUE(name) _Static_assert((int)ours_##name == (int)name, #name)
#define SAME_SIZE(type) _Static_assert(sizeof(ours_##type) == sizeof(type), #type)

SAME_VALUE(hipSuccess);
SAME_VALUE(hipErrorNotFound);
SAME_VALUE(hipErrorNotReady);
SAME_VALUE(hipErrorStreamCaptureUnsupported);
SAME_VALUE(hipErrorStreamCaptureWrongThread);
SAME_VALUE(hipMemcpyDeviceToHost);
SAME_VALUE(hipEventDisableTiming);
SAME_VALUE(hipStreamCaptureStatusNone);
SAME_VALUE(hipStreamCaptureModeRelaxed);
SAME_SIZE(hipError_t);
SAME_SIZE(hipStream_t);
SAME_SIZE(hipEvent_t);
SAME_SIZE(dim3);

#if HIP_VERSION_MAJOR >= 7
#define SAME_PLACE(ours, theirs)                                                                   \
  _Static_assert(offsetof(ours_hipLaunchConfig_t, ours) == offsetof(hipLaunchConfig_t, theirs) &&  \
                     offsetof(ours_hipLaunchConfig_t, ours) ==                                     \
                         offsetof(HIP_LAUNCH_CONFIG, in_driver_##theirs),                          \
                 #theirs)
#define in_driver_gridDim gridDimX
#define in_driver_stream hStream
SAME_PLACE(grid, gridDim);
SAME_PLACE(stream, stream);
#else
typedef ours_hipLaunchConfig_t hipLaunchConfig_t;
#define hipLaunchKernelExC(...) hipSuccess
#define hipDrvLaunchKernelEx(...) hipSuccess
#endif
#if HIP_VERSION_MAJOR < 6
#define hipLaunchHostFunc(...) hipSuccess
#define hipModuleLaunchCooperativeKernel(...) hipSuccess
#endif
#define hipExtModuleLaunchKernel(...) hipSuccess /* for C++ alone, in a header of its own */

/* With a wrong number of parameters, or a wrong kind, these do not compile. What is newer than the
 * header is left out; some releases take constant memory to copy from for variable. */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wdiscarded-qualifiers"
#define WAITING(name, stream, complete, kind, parameters, arguments)                               \
  hipError_t call_##name parameters;                                                               \
  hipError_t call_##name parameters { return name arguments; }
#define LAUNCH(name, stream, kind, parameters, arguments)                                          \
  WAITING(name, stream, false, kind, parameters, arguments)
#define MANGLED(symbol, name, stream, kind, parameters, arguments)
#define OTHER(name)
#include "../../src/hip_calls.def"

#else

typedef int without_hip; /* so that this is a translation unit */

#endif
