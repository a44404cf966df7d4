/*
 * cuGetProcAddress: which symbol a name means to a program built for a version of CUDA. The newest
 * variant that is not newer than that version, and of it the one for per-thread default streams
 * where the flags ask for them. The versions are those of cudaTypedefs.h.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "simcuda.h"

typedef void (*Symbol)(void);

typedef struct {
  const char *name;
  int since; /* 1000 x major + 10 x minor */
  Symbol legacy;
  Symbol perThread; /* NULL: the same */
} Entry;

/* By name, older variants first. */
static const Entry entries[] = {
    {"cuCtxCreate", 3020, (Symbol)cuCtxCreate_v2, NULL},
    {"cuCtxCreate", 11040, (Symbol)cuCtxCreate_v3, NULL},
    {"cuCtxCreate", 12050, (Symbol)cuCtxCreate_v4, NULL},
    {"cuCtxDestroy", 2000, (Symbol)cuCtxDestroy, NULL},
    {"cuCtxDestroy", 4000, (Symbol)cuCtxDestroy_v2, NULL},
    {"cuCtxDetach", 2000, (Symbol)cuCtxDetach, NULL},
    {"cuCtxGetApiVersion", 3020, (Symbol)cuCtxGetApiVersion, NULL},
    {"cuCtxGetCurrent", 4000, (Symbol)cuCtxGetCurrent, NULL},
    {"cuCtxGetDevice", 2000, (Symbol)cuCtxGetDevice, NULL},
    {"cuCtxGetDevice", 13000, (Symbol)cuCtxGetDevice_v2, NULL},
    {"cuCtxGetFlags", 7000, (Symbol)cuCtxGetFlags, NULL},
    {"cuCtxGetId", 12000, (Symbol)cuCtxGetId, NULL},
    {"cuCtxGetStreamPriorityRange", 5050, (Symbol)cuCtxGetStreamPriorityRange, NULL},
    {"cuCtxPopCurrent", 2000, (Symbol)cuCtxPopCurrent, NULL},
    {"cuCtxPopCurrent", 4000, (Symbol)cuCtxPopCurrent_v2, NULL},
    {"cuCtxPushCurrent", 2000, (Symbol)cuCtxPushCurrent, NULL},
    {"cuCtxPushCurrent", 4000, (Symbol)cuCtxPushCurrent_v2, NULL},
    {"cuCtxSetCurrent", 4000, (Symbol)cuCtxSetCurrent, NULL},
    {"cuCtxSynchronize", 2000, (Symbol)cuCtxSynchronize, NULL},
    {"cuCtxSynchronize", 13000, (Symbol)cuCtxSynchronize_v2, NULL},
    {"cuDeviceComputeCapability", 2000, (Symbol)cuDeviceComputeCapability, NULL},
    {"cuDeviceGet", 2000, (Symbol)cuDeviceGet, NULL},
    {"cuDeviceGetAttribute", 2000, (Symbol)cuDeviceGetAttribute, NULL},
    {"cuDeviceGetByPCIBusId", 4010, (Symbol)cuDeviceGetByPCIBusId, NULL},
    {"cuDeviceGetCount", 2000, (Symbol)cuDeviceGetCount, NULL},
    {"cuDeviceGetName", 2000, (Symbol)cuDeviceGetName, NULL},
    {"cuDeviceGetPCIBusId", 4010, (Symbol)cuDeviceGetPCIBusId, NULL},
    {"cuDeviceGetUuid", 9020, (Symbol)cuDeviceGetUuid, NULL},
    {"cuDeviceGetUuid", 11040, (Symbol)cuDeviceGetUuid_v2, NULL},
    {"cuDevicePrimaryCtxGetState", 7000, (Symbol)cuDevicePrimaryCtxGetState, NULL},
    {"cuDevicePrimaryCtxRelease", 7000, (Symbol)cuDevicePrimaryCtxRelease, NULL},
    {"cuDevicePrimaryCtxRelease", 11000, (Symbol)cuDevicePrimaryCtxRelease_v2, NULL},
    {"cuDevicePrimaryCtxReset", 7000, (Symbol)cuDevicePrimaryCtxReset, NULL},
    {"cuDevicePrimaryCtxReset", 11000, (Symbol)cuDevicePrimaryCtxReset_v2, NULL},
    {"cuDevicePrimaryCtxRetain", 7000, (Symbol)cuDevicePrimaryCtxRetain, NULL},
    {"cuDevicePrimaryCtxSetFlags", 7000, (Symbol)cuDevicePrimaryCtxSetFlags, NULL},
    {"cuDevicePrimaryCtxSetFlags", 11000, (Symbol)cuDevicePrimaryCtxSetFlags_v2, NULL},
    {"cuDeviceTotalMem", 3020, (Symbol)cuDeviceTotalMem_v2, NULL},
    {"cuDriverGetVersion", 2020, (Symbol)cuDriverGetVersion, NULL},
    {"cuEventCreate", 2000, (Symbol)cuEventCreate, NULL},
    {"cuEventDestroy", 2000, (Symbol)cuEventDestroy, NULL},
    {"cuEventDestroy", 4000, (Symbol)cuEventDestroy_v2, NULL},
    {"cuEventElapsedTime", 2000, (Symbol)cuEventElapsedTime, NULL},
    {"cuEventElapsedTime", 12080, (Symbol)cuEventElapsedTime_v2, NULL},
    {"cuEventQuery", 2000, (Symbol)cuEventQuery, NULL},
    {"cuEventRecord", 2000, (Symbol)cuEventRecord, (Symbol)cuEventRecord_ptsz},
    {"cuEventRecordWithFlags", 11010, (Symbol)cuEventRecordWithFlags,
     (Symbol)cuEventRecordWithFlags_ptsz},
    {"cuEventSynchronize", 2000, (Symbol)cuEventSynchronize, NULL},
    {"cuFuncGetAttribute", 2020, (Symbol)cuFuncGetAttribute, NULL},
    {"cuFuncGetParamInfo", 12040, (Symbol)cuFuncGetParamInfo, NULL},
    {"cuFuncSetAttribute", 9000, (Symbol)cuFuncSetAttribute, NULL},
    {"cuGetErrorName", 6000, (Symbol)cuGetErrorName, NULL},
    {"cuGetErrorString", 6000, (Symbol)cuGetErrorString, NULL},
    {"cuGetProcAddress", 11030, (Symbol)cuGetProcAddress, NULL},
    {"cuGetProcAddress", 12000, (Symbol)cuGetProcAddress_v2, NULL},
    {"cuGraphAddBatchMemOpNode", 11070, (Symbol)cuGraphAddBatchMemOpNode, NULL},
    {"cuGraphAddEmptyNode", 10000, (Symbol)cuGraphAddEmptyNode, NULL},
    {"cuGraphAddHostNode", 10000, (Symbol)cuGraphAddHostNode, NULL},
    {"cuGraphAddKernelNode", 10000, (Symbol)cuGraphAddKernelNode, NULL},
    {"cuGraphAddKernelNode", 12000, (Symbol)cuGraphAddKernelNode_v2, NULL},
    {"cuGraphAddMemcpyNode", 10000, (Symbol)cuGraphAddMemcpyNode, NULL},
    {"cuGraphCreate", 10000, (Symbol)cuGraphCreate, NULL},
    {"cuGraphDestroy", 10000, (Symbol)cuGraphDestroy, NULL},
    {"cuGraphExecDestroy", 10000, (Symbol)cuGraphExecDestroy, NULL},
    {"cuGraphGetNodes", 10000, (Symbol)cuGraphGetNodes, NULL},
    {"cuGraphInstantiate", 10000, (Symbol)cuGraphInstantiate, NULL},
    {"cuGraphInstantiate", 11000, (Symbol)cuGraphInstantiate_v2, NULL},
    {"cuGraphInstantiateWithFlags", 11040, (Symbol)cuGraphInstantiateWithFlags, NULL},
    {"cuGraphInstantiateWithParams", 12000, (Symbol)cuGraphInstantiateWithParams,
     (Symbol)cuGraphInstantiateWithParams_ptsz},
    {"cuGraphLaunch", 10000, (Symbol)cuGraphLaunch, (Symbol)cuGraphLaunch_ptsz},
    {"cuGraphNodeGetType", 10000, (Symbol)cuGraphNodeGetType, NULL},
    {"cuGraphUpload", 11010, (Symbol)cuGraphUpload, (Symbol)cuGraphUpload_ptsz},
    {"cuInit", 2000, (Symbol)cuInit, NULL},
    {"cuLaunchCooperativeKernel", 9000, (Symbol)cuLaunchCooperativeKernel,
     (Symbol)cuLaunchCooperativeKernel_ptsz},
    {"cuLaunchHostFunc", 10000, (Symbol)cuLaunchHostFunc, (Symbol)cuLaunchHostFunc_ptsz},
    {"cuLaunchHostFunc", 13020, (Symbol)cuLaunchHostFunc_v2, (Symbol)cuLaunchHostFunc_v2_ptsz},
    {"cuLaunchHostFunc", SOME_DAY, (Symbol)launch_host_some_day, NULL},
    {"cuLaunchKernel", 4000, (Symbol)cuLaunchKernel, (Symbol)cuLaunchKernel_ptsz},
    {"cuLaunchKernelEx", 11060, (Symbol)cuLaunchKernelEx, (Symbol)cuLaunchKernelEx_ptsz},
    {"cuMemAlloc", 3020, (Symbol)cuMemAlloc_v2, NULL},
    {"cuMemAllocAsync", 11020, (Symbol)cuMemAllocAsync, (Symbol)cuMemAllocAsync_ptsz},
    {"cuMemAllocHost", 3020, (Symbol)cuMemAllocHost_v2, NULL},
    {"cuMemAllocManaged", 6000, (Symbol)cuMemAllocManaged, NULL},
    {"cuMemcpy", 4000, (Symbol)cuMemcpy, (Symbol)cuMemcpy_ptds},
    {"cuMemcpy2D", 3020, (Symbol)cuMemcpy2D_v2, (Symbol)cuMemcpy2D_v2_ptds},
    {"cuMemcpy2DAsync", 3020, (Symbol)cuMemcpy2DAsync_v2, (Symbol)cuMemcpy2DAsync_v2_ptsz},
    {"cuMemcpy2DUnaligned", 3020, (Symbol)cuMemcpy2DUnaligned_v2,
     (Symbol)cuMemcpy2DUnaligned_v2_ptds},
    {"cuMemcpyAsync", 4000, (Symbol)cuMemcpyAsync, (Symbol)cuMemcpyAsync_ptsz},
    {"cuMemcpyDtoD", 3020, (Symbol)cuMemcpyDtoD_v2, (Symbol)cuMemcpyDtoD_v2_ptds},
    {"cuMemcpyDtoDAsync", 3020, (Symbol)cuMemcpyDtoDAsync_v2, (Symbol)cuMemcpyDtoDAsync_v2_ptsz},
    {"cuMemcpyDtoH", 3020, (Symbol)cuMemcpyDtoH_v2, (Symbol)cuMemcpyDtoH_v2_ptds},
    {"cuMemcpyDtoHAsync", 3020, (Symbol)cuMemcpyDtoHAsync_v2, (Symbol)cuMemcpyDtoHAsync_v2_ptsz},
    {"cuMemcpyHtoD", 3020, (Symbol)cuMemcpyHtoD_v2, (Symbol)cuMemcpyHtoD_v2_ptds},
    {"cuMemcpyHtoDAsync", 3020, (Symbol)cuMemcpyHtoDAsync_v2, (Symbol)cuMemcpyHtoDAsync_v2_ptsz},
    {"cuMemcpyPeer", 4000, (Symbol)cuMemcpyPeer, (Symbol)cuMemcpyPeer_ptds},
    {"cuMemcpyPeerAsync", 4000, (Symbol)cuMemcpyPeerAsync, (Symbol)cuMemcpyPeerAsync_ptsz},
    {"cuMemFree", 3020, (Symbol)cuMemFree_v2, NULL},
    {"cuMemFreeAsync", 11020, (Symbol)cuMemFreeAsync, (Symbol)cuMemFreeAsync_ptsz},
    {"cuMemFreeHost", 2000, (Symbol)cuMemFreeHost, NULL},
    {"cuMemGetInfo", 3020, (Symbol)cuMemGetInfo_v2, NULL},
    {"cuMemHostAlloc", 2020, (Symbol)cuMemHostAlloc, NULL},
    {"cuMemHostGetDevicePointer", 3020, (Symbol)cuMemHostGetDevicePointer_v2, NULL},
    {"cuMemHostRegister", 6050, (Symbol)cuMemHostRegister_v2, NULL},
    {"cuMemHostUnregister", 4000, (Symbol)cuMemHostUnregister, NULL},
    {"cuMemsetD16", 3020, (Symbol)cuMemsetD16_v2, (Symbol)cuMemsetD16_v2_ptds},
    {"cuMemsetD16Async", 3020, (Symbol)cuMemsetD16Async, (Symbol)cuMemsetD16Async_ptsz},
    {"cuMemsetD32", 3020, (Symbol)cuMemsetD32_v2, (Symbol)cuMemsetD32_v2_ptds},
    {"cuMemsetD32Async", 3020, (Symbol)cuMemsetD32Async, (Symbol)cuMemsetD32Async_ptsz},
    {"cuMemsetD8", 3020, (Symbol)cuMemsetD8_v2, (Symbol)cuMemsetD8_v2_ptds},
    {"cuMemsetD8Async", 3020, (Symbol)cuMemsetD8Async, (Symbol)cuMemsetD8Async_ptsz},
    {"cuModuleGetFunction", 2000, (Symbol)cuModuleGetFunction, NULL},
    {"cuModuleLoadData", 2000, (Symbol)cuModuleLoadData, NULL},
    {"cuModuleLoadDataEx", 2010, (Symbol)cuModuleLoadDataEx, NULL},
    {"cuModuleUnload", 2000, (Symbol)cuModuleUnload, NULL},
    {"cuPointerGetAttribute", 4000, (Symbol)cuPointerGetAttribute, NULL},
    {"cuStreamAddCallback", 5000, (Symbol)cuStreamAddCallback, (Symbol)cuStreamAddCallback_ptsz},
    {"cuStreamBatchMemOp", 11070, (Symbol)cuStreamBatchMemOp_v2,
     (Symbol)cuStreamBatchMemOp_v2_ptsz},
    {"cuStreamBeginCapture", 10010, (Symbol)cuStreamBeginCapture_v2,
     (Symbol)cuStreamBeginCapture_v2_ptsz},
    {"cuStreamCreate", 2000, (Symbol)cuStreamCreate, NULL},
    {"cuStreamCreateWithPriority", 5050, (Symbol)cuStreamCreateWithPriority, NULL},
    {"cuStreamDestroy", 2000, (Symbol)cuStreamDestroy, NULL},
    {"cuStreamDestroy", 4000, (Symbol)cuStreamDestroy_v2, NULL},
    {"cuStreamEndCapture", 10000, (Symbol)cuStreamEndCapture, (Symbol)cuStreamEndCapture_ptsz},
    {"cuStreamGetCaptureInfo", 10010, (Symbol)cuStreamGetCaptureInfo,
     (Symbol)cuStreamGetCaptureInfo_ptsz},
    {"cuStreamGetCaptureInfo", 11030, (Symbol)cuStreamGetCaptureInfo_v2,
     (Symbol)cuStreamGetCaptureInfo_v2_ptsz},
    {"cuStreamGetCaptureInfo", 12030, (Symbol)cuStreamGetCaptureInfo_v3,
     (Symbol)cuStreamGetCaptureInfo_v3_ptsz},
    {"cuStreamGetCtx", 9020, (Symbol)cuStreamGetCtx, (Symbol)cuStreamGetCtx_ptsz},
    {"cuStreamGetCtx", 12050, (Symbol)cuStreamGetCtx_v2, (Symbol)cuStreamGetCtx_v2_ptsz},
    {"cuStreamGetFlags", 5050, (Symbol)cuStreamGetFlags, (Symbol)cuStreamGetFlags_ptsz},
    {"cuStreamGetId", 12000, (Symbol)cuStreamGetId, (Symbol)cuStreamGetId_ptsz},
    {"cuStreamGetPriority", 5050, (Symbol)cuStreamGetPriority, (Symbol)cuStreamGetPriority_ptsz},
    {"cuStreamIsCapturing", 10000, (Symbol)cuStreamIsCapturing, (Symbol)cuStreamIsCapturing_ptsz},
    {"cuStreamQuery", 2000, (Symbol)cuStreamQuery, (Symbol)cuStreamQuery_ptsz},
    {"cuStreamSynchronize", 2000, (Symbol)cuStreamSynchronize, (Symbol)cuStreamSynchronize_ptsz},
    {"cuStreamWaitEvent", 3020, (Symbol)cuStreamWaitEvent, (Symbol)cuStreamWaitEvent_ptsz},
    {"cuStreamWaitValue32", 11070, (Symbol)cuStreamWaitValue32_v2,
     (Symbol)cuStreamWaitValue32_v2_ptsz},
    {"cuStreamWaitValue64", 11070, (Symbol)cuStreamWaitValue64_v2,
     (Symbol)cuStreamWaitValue64_v2_ptsz},
    {"cuStreamWriteValue32", 11070, (Symbol)cuStreamWriteValue32_v2,
     (Symbol)cuStreamWriteValue32_v2_ptsz},
    {"cuStreamWriteValue64", 11070, (Symbol)cuStreamWriteValue64_v2,
     (Symbol)cuStreamWriteValue64_v2_ptsz},
    {"cuThreadExchangeStreamCaptureMode", 10010, (Symbol)cuThreadExchangeStreamCaptureMode, NULL},
};

#define ENTRIES (sizeof entries / sizeof *entries)

/* A function that does nothing but go on to another, and so has an address of its own. */
typedef struct {
  uint8_t code[8];
  Symbol target;
} Detour;

#if defined(__x86_64__)
static const uint8_t to_target[8] = {0xff, 0x25, 2, 0, 0, 0, 0xcc, 0xcc}; /* jmp [rip + 2] */
#elif defined(__aarch64__)
static const uint8_t to_target[8] = {0x50, 0, 0, 0x58, 0, 2, 0x1f, 0xd6}; /* ldr x16, 8; br x16 */
#else
#error "a detour is a jump: write it for this processor"
#endif

static Detour *detours; /* of each entry two */

static void make_detours(void) {
  size_t bytes = 2 * ENTRIES * sizeof *detours;
  detours = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (detours == MAP_FAILED) {
    abort();
  }
  for (size_t i = 0; i < 2 * ENTRIES; i++) {
    memcpy(detours[i].code, to_target, sizeof to_target);
    detours[i].target = i % 2 ? entries[i / 2].perThread : entries[i / 2].legacy;
  }
  __builtin___clear_cache((char *)detours, (char *)detours + bytes);
  if (mprotect(detours, bytes, PROT_READ | PROT_EXEC) != 0) {
    abort();
  }
}

/* Where an entry's function is: at the symbol's address, or elsewhere, as real drivers may have it.
 */
static void *address_of_entry(const Entry *entry, bool perThread) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  void *address;
  if (settings()->ownAddresses) {
    pthread_once(&once, make_detours);
    return &detours[2 * (entry - entries) + perThread];
  }
  memcpy(&address, perThread ? &entry->perThread : &entry->legacy, sizeof address); /* no cast */
  return address;
}

static CUresult find(const char *name, void **symbol, int version, cuuint64_t flags,
                     CUdriverProcAddressQueryResult *status) {
  TRY(fault_of_call("cuGetProcAddress"));
  if (name == NULL || symbol == NULL || (flags & ~3ull) != 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  int newest = version < settings()->version ? version : settings()->version;
  const Entry *found = NULL;
  bool known = false;
  for (size_t i = 0; i < ENTRIES; i++) {
    if (strcmp(entries[i].name, name) == 0) {
      known |= entries[i].since <= settings()->version;
      found = entries[i].since <= newest ? &entries[i] : found;
    }
  }
  *symbol = NULL;
  *status =
      known ? CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT : CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
  if (found == NULL) {
    return CUDA_ERROR_NOT_FOUND;
  }
  bool perThread = (flags & CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM) != 0;
  *symbol = address_of_entry(found, perThread && found->perThread != NULL);
  *status = CU_GET_PROC_ADDRESS_SUCCESS;
  return CUDA_SUCCESS;
}

API CUresult cuGetProcAddress(const char *symbol, void **pfn, int cudaVersion, cuuint64_t flags) {
  CUdriverProcAddressQueryResult status;
  return find(symbol, pfn, cudaVersion, flags, &status);
}

/* Unlike its elder it succeeds when it finds nothing, if the caller takes a status. */
API CUresult cuGetProcAddress_v2(const char *symbol, void **pfn, int cudaVersion, cuuint64_t flags,
                                 CUdriverProcAddressQueryResult *symbolStatus) {
  CUdriverProcAddressQueryResult own;
  return find(symbol, pfn, cudaVersion, flags, symbolStatus != NULL ? symbolStatus : &own);
}
