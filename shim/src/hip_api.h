/* The part of HIP's ABI that the shim uses, as it is in ROCm 5 to 7. Names and values are those of
 * hip_runtime_api.h; test/abi compares them with it. */
#ifndef OT_HIP_API_H
#define OT_HIP_API_H

#include <stddef.h>
#include <stdint.h>

typedef int hipError_t;
typedef void *hipStream_t, *hipEvent_t;

enum {
  hipSuccess = 0,
  hipErrorNotFound = 500,
  hipErrorNotReady = 600,
  hipErrorStreamCaptureUnsupported = 900, /* the first of those about captures */
  hipErrorStreamCaptureWrongThread = 908, /* the last */
};
enum { hipMemcpyDeviceToHost = 2, hipEventDisableTiming = 2 };
enum { hipStreamCaptureStatusNone = 0, hipStreamCaptureModeRelaxed = 2 };

typedef struct {
  uint32_t x, y, z;
} dim3;

/* hipLaunchConfig_t and HIP_LAUNCH_CONFIG: both have grid and stream, which is all that is looked
 * at, in these places. */
typedef struct {
  dim3 grid, block;
  size_t shared_bytes;
  hipStream_t stream;
} hipLaunchConfig_t;

#endif
