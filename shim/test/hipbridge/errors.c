/* Errors: HIP's numbers are CUDA's where both have the error. */
#include "bridge.h"

static __thread hipError_t last;

#define ERRORS(NAME)                                                                               \
  NAME(hipSuccess)                                                                                 \
  NAME(hipErrorInvalidValue)                                                                       \
  NAME(hipErrorOutOfMemory)                                                                        \
  NAME(hipErrorNotInitialized)                                                                     \
  NAME(hipErrorDeinitialized)                                                                      \
  NAME(hipErrorInvalidConfiguration)                                                               \
  NAME(hipErrorInvalidSymbol)                                                                      \
  NAME(hipErrorInvalidMemcpyDirection)                                                             \
  NAME(hipErrorInvalidDeviceFunction)                                                              \
  NAME(hipErrorNoDevice)                                                                           \
  NAME(hipErrorInvalidDevice)                                                                      \
  NAME(hipErrorInvalidImage)                                                                       \
  NAME(hipErrorInvalidContext)                                                                     \
  NAME(hipErrorNoBinaryForGpu)                                                                     \
  NAME(hipErrorECCNotCorrectable)                                                                  \
  NAME(hipErrorUnsupportedLimit)                                                                   \
  NAME(hipErrorInvalidKernelFile)                                                                  \
  NAME(hipErrorOperatingSystem)                                                                    \
  NAME(hipErrorInvalidHandle)                                                                      \
  NAME(hipErrorIllegalState)                                                                       \
  NAME(hipErrorNotFound)                                                                           \
  NAME(hipErrorNotReady)                                                                           \
  NAME(hipErrorIllegalAddress)                                                                     \
  NAME(hipErrorLaunchOutOfResources)                                                               \
  NAME(hipErrorLaunchTimeOut)                                                                      \
  NAME(hipErrorSetOnActiveProcess)                                                                 \
  NAME(hipErrorContextIsDestroyed)                                                                 \
  NAME(hipErrorAssert)                                                                             \
  NAME(hipErrorHostMemoryAlreadyRegistered)                                                        \
  NAME(hipErrorHostMemoryNotRegistered)                                                            \
  NAME(hipErrorLaunchFailure)                                                                      \
  NAME(hipErrorCooperativeLaunchTooLarge)                                                          \
  NAME(hipErrorNotSupported)                                                                       \
  NAME(hipErrorStreamCaptureUnsupported)                                                           \
  NAME(hipErrorStreamCaptureInvalidated)                                                           \
  NAME(hipErrorStreamCaptureMerge)                                                                 \
  NAME(hipErrorStreamCaptureUnmatched)                                                             \
  NAME(hipErrorStreamCaptureUnjoined)                                                              \
  NAME(hipErrorStreamCaptureIsolation)                                                             \
  NAME(hipErrorStreamCaptureImplicit)                                                              \
  NAME(hipErrorCapturedEvent)                                                                      \
  NAME(hipErrorStreamCaptureWrongThread)                                                           \
  NAME(hipErrorUnknown)

static const char *name_of(int error) {
  switch (error) {
#define NAME(code)                                                                                 \
  case code:                                                                                       \
    return #code;
    ERRORS(NAME)
#undef NAME
  default:
    return NULL;
  }
}

/* The rest is what HIP has nothing of its own for. */
static hipError_t translate(CUresult result) {
  switch ((int)result) {
  case CUDA_ERROR_DEVICE_UNAVAILABLE: /* it is lost */
    return hipErrorLaunchFailure;
  case CUDA_ERROR_NOT_PERMITTED:
    return hipErrorNotSupported;
  default:
    return name_of((int)result) ? (hipError_t)result : hipErrorUnknown;
  }
}

/* Whatever it is: up to ROCm 6 the last error is the last call's answer, and a call that succeeds
 * is none. */
hipError_t bridge_error(hipError_t error) { return last = error; }

hipError_t bridge_result(CUresult result) { return bridge_error(translate(result)); }

API hipError_t hipGetLastError(void) {
  hipError_t error = last;
  last = hipSuccess;
  return error;
}

API hipError_t hipPeekAtLastError(void) { return last; }

/* The texts are the names: nobody should depend on the real ones. */
API const char *hipGetErrorName(hipError_t error) {
  const char *name = name_of((int)error);
  return name ? name : "hipErrorUnknown";
}

API const char *hipGetErrorString(hipError_t error) { return hipGetErrorName(error); }
