/*
 * HIP's binary interface as figures. Compiled twice: against our declarations, and, where there are
 * any, against HIP's own headers. Both must agree with what stands here, and so with each other.
 * Prototypes are compared by compiling the bridge's own sources against the latter.
 */
#include "hip.h"

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), "size of " #type)
#define VALUE(name, value) _Static_assert((int)(uintptr_t)(name) == (value), #name)

SIZE(hipDeviceptr_t, 8);
SIZE(hipError_t, 4);
SIZE(hipDevice_t, 4);
SIZE(dim3, 12);
SIZE(hipUUID, 16);

VALUE(hipSuccess, 0);
VALUE(hipErrorInvalidValue, 1);
VALUE(hipErrorOutOfMemory, 2);
VALUE(hipErrorNotInitialized, 3);
VALUE(hipErrorDeinitialized, 4);
VALUE(hipErrorInvalidConfiguration, 9);
VALUE(hipErrorInvalidSymbol, 13);
VALUE(hipErrorInvalidMemcpyDirection, 21);
VALUE(hipErrorInvalidDeviceFunction, 98);
VALUE(hipErrorNoDevice, 100);
VALUE(hipErrorInvalidDevice, 101);
VALUE(hipErrorInvalidImage, 200);
VALUE(hipErrorInvalidContext, 201);
VALUE(hipErrorNoBinaryForGpu, 209);
VALUE(hipErrorECCNotCorrectable, 214);
VALUE(hipErrorUnsupportedLimit, 215);
VALUE(hipErrorInvalidKernelFile, 218);
VALUE(hipErrorOperatingSystem, 304);
VALUE(hipErrorInvalidHandle, 400);
VALUE(hipErrorIllegalState, 401);
VALUE(hipErrorNotFound, 500);
VALUE(hipErrorNotReady, 600);
VALUE(hipErrorIllegalAddress, 700);
VALUE(hipErrorLaunchOutOfResources, 701);
VALUE(hipErrorLaunchTimeOut, 702);
VALUE(hipErrorSetOnActiveProcess, 708);
VALUE(hipErrorContextIsDestroyed, 709);
VALUE(hipErrorAssert, 710);
VALUE(hipErrorHostMemoryAlreadyRegistered, 712);
VALUE(hipErrorHostMemoryNotRegistered, 713);
VALUE(hipErrorLaunchFailure, 719);
VALUE(hipErrorCooperativeLaunchTooLarge, 720);
VALUE(hipErrorNotSupported, 801);
VALUE(hipErrorStreamCaptureUnsupported, 900);
VALUE(hipErrorStreamCaptureInvalidated, 901);
VALUE(hipErrorStreamCaptureMerge, 902);
VALUE(hipErrorStreamCaptureUnmatched, 903);
VALUE(hipErrorStreamCaptureUnjoined, 904);
VALUE(hipErrorStreamCaptureIsolation, 905);
VALUE(hipErrorStreamCaptureImplicit, 906);
VALUE(hipErrorCapturedEvent, 907);
VALUE(hipErrorStreamCaptureWrongThread, 908);
VALUE(hipErrorUnknown, 999);

VALUE(hipStreamPerThread, 2);
VALUE(HIP_LAUNCH_PARAM_BUFFER_POINTER, 1);
VALUE(HIP_LAUNCH_PARAM_BUFFER_SIZE, 2);
VALUE(HIP_LAUNCH_PARAM_END, 3);
VALUE(hipStreamDefault, 0);
VALUE(hipStreamNonBlocking, 1);
VALUE(hipEventDefault, 0);
VALUE(hipEventBlockingSync, 1);
VALUE(hipEventDisableTiming, 2);
VALUE(hipEventInterprocess, 4);
VALUE(hipHostMallocPortable, 1);
VALUE(hipHostMallocMapped, 2);
VALUE(hipHostMallocWriteCombined, 4);
VALUE(hipMallocSignalMemory, 2);
VALUE(hipHostRegisterPortable, 1);
VALUE(hipHostRegisterMapped, 2);
VALUE(hipStreamWaitValueGte, 0);
VALUE(hipStreamWaitValueEq, 1);
VALUE(hipStreamWaitValueAnd, 2);
VALUE(hipStreamWaitValueNor, 3);
VALUE(hipMemcpyHostToHost, 0);
VALUE(hipMemcpyHostToDevice, 1);
VALUE(hipMemcpyDeviceToHost, 2);
VALUE(hipMemcpyDeviceToDevice, 3);
VALUE(hipMemcpyDefault, 4);
VALUE(HIP_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, 0);
VALUE(HIP_FUNC_ATTRIBUTE_NUM_REGS, 4);
VALUE(hipStreamCaptureModeGlobal, 0);
VALUE(hipStreamCaptureModeThreadLocal, 1);
VALUE(hipStreamCaptureModeRelaxed, 2);
VALUE(hipStreamCaptureStatusNone, 0);
VALUE(hipStreamCaptureStatusActive, 1);
VALUE(hipStreamCaptureStatusInvalidated, 2);

VALUE(hipDeviceAttributeAsyncEngineCount, 2);
VALUE(hipDeviceAttributeCanMapHostMemory, 3);
VALUE(hipDeviceAttributeCanUseHostPointerForRegisteredMem, 4);
VALUE(hipDeviceAttributeComputeMode, 6);
VALUE(hipDeviceAttributeConcurrentKernels, 8);
VALUE(hipDeviceAttributeCooperativeLaunch, 10);
VALUE(hipDeviceAttributeIntegrated, 16);
VALUE(hipDeviceAttributeComputeCapabilityMajor, 23);
VALUE(hipDeviceAttributeManagedMemory, 24);
VALUE(hipDeviceAttributeMaxThreadsPerBlock, 56);
VALUE(hipDeviceAttributeComputeCapabilityMinor, 61);
VALUE(hipDeviceAttributeMultiprocessorCount, 63);
VALUE(hipDeviceAttributePciBusId, 67);
VALUE(hipDeviceAttributePciDeviceId, 68);
VALUE(hipDeviceAttributePciDomainID, 69);
VALUE(hipDeviceAttributeStreamPrioritiesSupported, 78);
VALUE(hipDeviceAttributeUnifiedAddressing, 85);
VALUE(hipDeviceAttributeWarpSize, 87);
VALUE(hipDeviceAttributeMemoryPoolsSupported, 88);
VALUE(hipDeviceAttributeCanUseStreamWaitValue, 10013);
