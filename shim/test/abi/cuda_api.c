/*
 * What the shim declares of CUDA, compared with CUDA's own cuda.h where there is one: this
 * compiles, or the shim is wrong. First the shim's declarations are taken apart into constants and
 * types of other names; then the functions in whose place it stands are called with its parameters.
 */
#if __has_include(<cuda.h>)

/* The shim's, by other names. */
#define CUDA_SUCCESS ours_CUDA_SUCCESS
#define CUDA_ERROR_INVALID_VALUE ours_CUDA_ERROR_INVALID_VALUE
#define CUDA_ERROR_NOT_FOUND ours_CUDA_ERROR_NOT_FOUND
#define CUDA_ERROR_NOT_READY ours_CUDA_ERROR_NOT_READY
#define CUDA_ERROR_NOT_PERMITTED ours_CUDA_ERROR_NOT_PERMITTED
#define CUDA_ERROR_NOT_SUPPORTED ours_CUDA_ERROR_NOT_SUPPORTED
#define CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED ours_CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED
#define CUDA_ERROR_STREAM_CAPTURE_INVALIDATED ours_CUDA_ERROR_STREAM_CAPTURE_INVALIDATED
#define CUDA_ERROR_CAPTURED_EVENT ours_CUDA_ERROR_CAPTURED_EVENT
#define CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD ours_CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD
#define CU_STREAM_CAPTURE_STATUS_NONE ours_CU_STREAM_CAPTURE_STATUS_NONE
#define CU_STREAM_CAPTURE_MODE_RELAXED ours_CU_STREAM_CAPTURE_MODE_RELAXED
#define CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM                                              \
  ours_CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM
#define CU_EVENT_DISABLE_TIMING ours_CU_EVENT_DISABLE_TIMING
#define CU_STREAM_MEM_OP_WAIT_VALUE_32 ours_CU_STREAM_MEM_OP_WAIT_VALUE_32
#define CU_STREAM_MEM_OP_WRITE_VALUE_32 ours_CU_STREAM_MEM_OP_WRITE_VALUE_32
#define CU_STREAM_WAIT_VALUE_GEQ ours_CU_STREAM_WAIT_VALUE_GEQ
#define CUresult ours_CUresult
#define CUdevice ours_CUdevice
#define CUcontext ours_CUcontext
#define CUstream ours_CUstream
#define CUevent ours_CUevent
#define CUfunction ours_CUfunction
#define CUgraph ours_CUgraph
#define CUgraphExec ours_CUgraphExec
#define CUdeviceptr ours_CUdeviceptr
#define CUlaunchConfig ours_CUlaunchConfig
#define CUstreamBatchMemOpParams ours_CUstreamBatchMemOpParams
#include "../../src/cuda_api.h"
#undef CUDA_SUCCESS
#undef CUDA_ERROR_INVALID_VALUE
#undef CUDA_ERROR_NOT_FOUND
#undef CUDA_ERROR_NOT_READY
#undef CUDA_ERROR_NOT_PERMITTED
#undef CUDA_ERROR_NOT_SUPPORTED
#undef CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED
#undef CUDA_ERROR_STREAM_CAPTURE_INVALIDATED
#undef CUDA_ERROR_CAPTURED_EVENT
#undef CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD
#undef CU_STREAM_CAPTURE_STATUS_NONE
#undef CU_STREAM_CAPTURE_MODE_RELAXED
#undef CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM
#undef CU_EVENT_DISABLE_TIMING
#undef CU_STREAM_MEM_OP_WAIT_VALUE_32
#undef CU_STREAM_MEM_OP_WRITE_VALUE_32
#undef CU_STREAM_WAIT_VALUE_GEQ
#undef CUresult
#undef CUdevice
#undef CUcontext
#undef CUstream
#undef CUevent
#undef CUfunction
#undef CUgraph
#undef CUgraphExec
#undef CUdeviceptr
#undef CUlaunchConfig
#undef CUstreamBatchMemOpParams
#undef CU_MEMHOSTREGISTER_DEVICEMAP

#define __CUDA_API_VERSION_INTERNAL /* every symbol by its own name */
#include <cuda.h>

#define SAME_VALUE(name) _Static_assert((int)ours_##name == (int)name, #name)
#define SAME_SIZE(type) _Static_assert(sizeof(ours_##type) == sizeof(type), #type)
#define SAME_PLACE(type, ours, theirs)                                                             \
  _Static_assert(offsetof(ours_##type, ours) == offsetof(type, theirs), #type "." #theirs)

SAME_VALUE(CUDA_SUCCESS);
SAME_VALUE(CUDA_ERROR_INVALID_VALUE);
SAME_VALUE(CUDA_ERROR_NOT_FOUND);
SAME_VALUE(CUDA_ERROR_NOT_READY);
SAME_VALUE(CUDA_ERROR_NOT_PERMITTED);
SAME_VALUE(CUDA_ERROR_NOT_SUPPORTED);
SAME_VALUE(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
SAME_VALUE(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
SAME_VALUE(CUDA_ERROR_CAPTURED_EVENT);
SAME_VALUE(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD);
SAME_VALUE(CU_STREAM_CAPTURE_STATUS_NONE);
SAME_VALUE(CU_STREAM_CAPTURE_MODE_RELAXED);
SAME_VALUE(CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM);
SAME_VALUE(CU_EVENT_DISABLE_TIMING);
SAME_VALUE(CU_STREAM_MEM_OP_WAIT_VALUE_32);
SAME_VALUE(CU_STREAM_MEM_OP_WRITE_VALUE_32);
SAME_VALUE(CU_STREAM_WAIT_VALUE_GEQ);
SAME_SIZE(CUresult);
SAME_SIZE(CUdevice);
SAME_SIZE(CUcontext);
SAME_SIZE(CUstream);
SAME_SIZE(CUevent);
SAME_SIZE(CUfunction);
SAME_SIZE(CUgraph);
SAME_SIZE(CUgraphExec);
SAME_SIZE(CUdeviceptr);
SAME_SIZE(CUlaunchConfig);
SAME_SIZE(CUstreamBatchMemOpParams);
SAME_PLACE(CUlaunchConfig, grid, gridDimX);
SAME_PLACE(CUlaunchConfig, block, blockDimX);
SAME_PLACE(CUlaunchConfig, shared_bytes, sharedMemBytes);
SAME_PLACE(CUlaunchConfig, hStream, hStream);
SAME_PLACE(CUstreamBatchMemOpParams, value32.operation, waitValue.operation);
SAME_PLACE(CUstreamBatchMemOpParams, value32.address, waitValue.address);
SAME_PLACE(CUstreamBatchMemOpParams, value32.value, waitValue.value);
SAME_PLACE(CUstreamBatchMemOpParams, value32.flags, waitValue.flags);
SAME_PLACE(CUstreamBatchMemOpParams, value32.value, writeValue.value);

#if CUDA_VERSION < 13020 /* A later release compares it. */
CUresult cuLaunchHostFunc_v2(CUstream stream, CUhostFn function, void *data, unsigned mode);
CUresult cuLaunchHostFunc_v2_ptsz(CUstream stream, CUhostFn function, void *data, unsigned mode);
#endif

/* With a wrong number of parameters, or a wrong kind, these do not compile. */
#define CALL(name, parameters, arguments)                                                          \
  CUresult call_##name parameters;                                                                 \
  CUresult call_##name parameters { return name arguments; }
#define LAUNCH(name, stream, kind, parameters, arguments)                                          \
  CALL(name, parameters, arguments)                                                                \
  CALL(name##_ptsz, parameters, arguments)
#define COPY(name, kind, parameters, arguments)                                                    \
  CALL(name, parameters, arguments)                                                                \
  CALL(name##_ptds, parameters, arguments)
#define COPY_TO_HOST(name, kind, parameters, arguments) COPY(name, kind, parameters, arguments)
#include "../../src/cuda_calls.def"

#else

typedef int without_cuda; /* so that this is a translation unit */

#endif
