/* Memory, copies and sets. */
#include "bridge.h"

#include <pthread.h>
#include <stdbool.h>

/* Of nothing there is no address, and no error. */
API hipError_t hipMalloc(void **pointer, size_t bytes) {
  if (!pointer)
    return bridge_error(hipErrorInvalidValue);
  *pointer = NULL;
  if (!bytes)
    return hipSuccess;
  BOUND(cuda.MemAlloc((CUdeviceptr *)pointer, bytes));
}

API hipError_t hipMallocManaged(void **pointer, size_t bytes, unsigned int flags) {
  BOUND(cuda.MemAllocManaged((CUdeviceptr *)pointer, bytes, flags));
}

API hipError_t hipMallocAsync(void **pointer, size_t bytes, hipStream_t stream) {
  BOUND_TO(stream, cuda.MemAllocAsync((CUdeviceptr *)pointer, bytes, STREAM(stream)));
}

/* ---- signals: memory that ROCm 5 can wait for, and no other ---- */

#define MOST_SIGNALS 1024
static pthread_mutex_t signalling = PTHREAD_MUTEX_INITIALIZER;
static void *signals[MOST_SIGNALS];

/* Puts the one in the place of the other, which may be none. */
static int replace_signal(const void *old, void *new) {
  int found = 0;
  pthread_mutex_lock(&signalling);
  for (int i = 0; i < MOST_SIGNALS && !found; i++) {
    if (signals[i] == old) {
      signals[i] = new;
      found = 1;
    }
  }
  pthread_mutex_unlock(&signalling);
  return found;
}

int bridge_is_signal(const void *pointer) { return replace_signal(pointer, (void *)pointer); }

API hipError_t hipExtMallocWithFlags(void **pointer, size_t bytes, unsigned int flags) {
  if (!pointer || flags != hipMallocSignalMemory || bytes != 8)
    return bridge_error(hipErrorInvalidValue);
  HIP_TRY(bridge_bind());
  HIP_TRY(cuda.MemHostAlloc(pointer, bytes, hipHostMallocPortable | hipHostMallocMapped));
  if (replace_signal(NULL, *pointer))
    return hipSuccess;
  cuda.MemFreeHost(*pointer);
  return bridge_error(hipErrorOutOfMemory);
}

API hipError_t hipFree(void *pointer) {
  HIP_TRY(bridge_bind());
  if (!pointer)
    return hipSuccess;
  return bridge_result(replace_signal(pointer, NULL) ? cuda.MemFreeHost(pointer)
                                                     : cuda.MemFree(ADDRESS(pointer)));
}

API hipError_t hipFreeAsync(void *pointer, hipStream_t stream) {
  BOUND_TO(stream, cuda.MemFreeAsync(ADDRESS(pointer), STREAM(stream)));
}

API hipError_t hipMemGetInfo(size_t *unused, size_t *total) {
  BOUND(cuda.MemGetInfo(unused, total));
}

/* The flags that both have are portable, mapped and write-combined, in these bits. */
API hipError_t hipHostMalloc(void **pointer, size_t bytes, unsigned int flags) {
  BOUND(cuda.MemHostAlloc(pointer, bytes, flags & 7));
}

API hipError_t hipHostFree(void *pointer) {
  HIP_TRY(bridge_bind());
  return pointer ? bridge_result(cuda.MemFreeHost(pointer)) : hipSuccess;
}

API hipError_t hipHostRegister(void *memory, size_t bytes, unsigned int flags) {
  BOUND(cuda.MemHostRegister(memory, bytes, flags & 3));
}

API hipError_t hipHostUnregister(void *memory) { BOUND(cuda.MemHostUnregister(memory)); }

API hipError_t hipHostGetDevicePointer(void **pointer, void *memory, unsigned int flags) {
  BOUND(cuda.MemHostGetDevicePointer((CUdeviceptr *)pointer, memory, flags));
}

/* ---- copies ---- */

/* The context that memory is of, if a device's; NULL of anything else. */
static CUcontext owner(const void *address) {
  unsigned type = 0;
  CUcontext context = NULL;
  if (cuda.PointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, ADDRESS(address)) ||
      type != CU_MEMORYTYPE_DEVICE ||
      cuda.PointerGetAttribute(&context, CU_POINTER_ATTRIBUTE_CONTEXT, ADDRESS(address)))
    return NULL;
  return context;
}

/* HIP copies between devices by any of its calls, CUDA by one that says so: whether it is that. */
static bool between_peers(const void *to, const void *from, CUcontext *there, CUcontext *here) {
  *there = owner(to);
  *here = owner(from);
  return *there && *here && *there != *here;
}

static CUresult copy(void *to, const void *from, size_t bytes, hipMemcpyKind kind) {
  CUcontext there, here;
  if (between_peers(to, from, &there, &here))
    return cuda.MemcpyPeer(ADDRESS(to), there, ADDRESS(from), here, bytes);
  switch (kind) {
  case hipMemcpyHostToDevice:
    return cuda.MemcpyHtoD(ADDRESS(to), from, bytes);
  case hipMemcpyDeviceToHost:
    return cuda.MemcpyDtoH(to, ADDRESS(from), bytes);
  case hipMemcpyDeviceToDevice:
    return cuda.MemcpyDtoD(ADDRESS(to), ADDRESS(from), bytes);
  default:
    return cuda.Memcpy(ADDRESS(to), ADDRESS(from), bytes);
  }
}

static CUresult copy_in(CUstream stream, void *to, const void *from, size_t bytes,
                        hipMemcpyKind kind) {
  CUcontext there, here;
  if (between_peers(to, from, &there, &here))
    return cuda.MemcpyPeerAsync(ADDRESS(to), there, ADDRESS(from), here, bytes, stream);
  switch (kind) {
  case hipMemcpyHostToDevice:
    return cuda.MemcpyHtoDAsync(ADDRESS(to), from, bytes, stream);
  case hipMemcpyDeviceToHost:
    return cuda.MemcpyDtoHAsync(to, ADDRESS(from), bytes, stream);
  case hipMemcpyDeviceToDevice:
    return cuda.MemcpyDtoDAsync(ADDRESS(to), ADDRESS(from), bytes, stream);
  default:
    return cuda.MemcpyAsync(ADDRESS(to), ADDRESS(from), bytes, stream);
  }
}

API hipError_t hipMemcpy(void *to, const void *from, size_t bytes, hipMemcpyKind kind) {
  if ((unsigned)kind > hipMemcpyDefault)
    return bridge_error(hipErrorInvalidMemcpyDirection);
  BOUND(bytes ? copy(to, from, bytes, kind) : CUDA_SUCCESS);
}

API hipError_t hipMemcpyAsync(void *to, const void *from, size_t bytes, hipMemcpyKind kind,
                              hipStream_t stream) {
  if ((unsigned)kind > hipMemcpyDefault)
    return bridge_error(hipErrorInvalidMemcpyDirection);
  BOUND_TO(stream, bytes ? copy_in(STREAM(stream), to, from, bytes, kind) : CUDA_SUCCESS);
}

API hipError_t hipMemcpyWithStream(void *to, const void *from, size_t bytes, hipMemcpyKind kind,
                                   hipStream_t stream) {
  hipError_t copied = hipMemcpyAsync(to, from, bytes, kind, stream);
  return copied != hipSuccess ? copied : bridge_result(cuda.StreamSynchronize(STREAM(stream)));
}

API hipError_t hipMemcpyHtoD(hipDeviceptr_t to, void *from, size_t bytes) {
  BOUND(cuda.MemcpyHtoD(ADDRESS(to), from, bytes));
}

API hipError_t hipMemcpyDtoH(void *to, hipDeviceptr_t from, size_t bytes) {
  BOUND(cuda.MemcpyDtoH(to, ADDRESS(from), bytes));
}

API hipError_t hipMemcpyDtoD(hipDeviceptr_t to, hipDeviceptr_t from, size_t bytes) {
  BOUND(copy((void *)to, (const void *)from, bytes, hipMemcpyDeviceToDevice));
}

API hipError_t hipMemcpyHtoDAsync(hipDeviceptr_t to, void *from, size_t bytes, hipStream_t stream) {
  BOUND_TO(stream, cuda.MemcpyHtoDAsync(ADDRESS(to), from, bytes, STREAM(stream)));
}

API hipError_t hipMemcpyDtoHAsync(void *to, hipDeviceptr_t from, size_t bytes, hipStream_t stream) {
  BOUND_TO(stream, cuda.MemcpyDtoHAsync(to, ADDRESS(from), bytes, STREAM(stream)));
}

API hipError_t hipMemcpyDtoDAsync(hipDeviceptr_t to, hipDeviceptr_t from, size_t bytes,
                                  hipStream_t stream) {
  BOUND_TO(stream,
           copy_in(STREAM(stream), (void *)to, (const void *)from, bytes, hipMemcpyDeviceToDevice));
}

API hipError_t hipMemcpyPeer(void *to, int there, const void *from, int here, size_t bytes) {
  CUcontext to_context, from_context;
  HIP_TRY(bridge_context(there, &to_context));
  HIP_TRY(bridge_context(here, &from_context));
  BOUND(cuda.MemcpyPeer(ADDRESS(to), to_context, ADDRESS(from), from_context, bytes));
}

API hipError_t hipMemcpyPeerAsync(void *to, int there, const void *from, int here, size_t bytes,
                                  hipStream_t stream) {
  CUcontext to_context, from_context;
  HIP_TRY(bridge_context(there, &to_context));
  HIP_TRY(bridge_context(here, &from_context));
  BOUND_TO(stream, cuda.MemcpyPeerAsync(ADDRESS(to), to_context, ADDRESS(from), from_context, bytes,
                                        STREAM(stream)));
}

/* ---- sets ---- */

API hipError_t hipMemset(void *to, int value, size_t bytes) {
  BOUND(cuda.MemsetD8(ADDRESS(to), (unsigned char)value, bytes));
}

API hipError_t hipMemsetAsync(void *to, int value, size_t bytes, hipStream_t stream) {
  BOUND_TO(stream, cuda.MemsetD8Async(ADDRESS(to), (unsigned char)value, bytes, STREAM(stream)));
}

API hipError_t hipMemsetD8(hipDeviceptr_t to, unsigned char value, size_t count) {
  BOUND(cuda.MemsetD8(ADDRESS(to), value, count));
}

API hipError_t hipMemsetD8Async(hipDeviceptr_t to, unsigned char value, size_t count,
                                hipStream_t stream) {
  BOUND_TO(stream, cuda.MemsetD8Async(ADDRESS(to), value, count, STREAM(stream)));
}

API hipError_t hipMemsetD16(hipDeviceptr_t to, unsigned short value, size_t count) {
  BOUND(cuda.MemsetD16(ADDRESS(to), value, count));
}

API hipError_t hipMemsetD16Async(hipDeviceptr_t to, unsigned short value, size_t count,
                                 hipStream_t stream) {
  BOUND_TO(stream, cuda.MemsetD16Async(ADDRESS(to), value, count, STREAM(stream)));
}

API hipError_t hipMemsetD32(hipDeviceptr_t to, int value, size_t count) {
  BOUND(cuda.MemsetD32(ADDRESS(to), (unsigned)value, count));
}

API hipError_t hipMemsetD32Async(hipDeviceptr_t to, int value, size_t count, hipStream_t stream) {
  BOUND_TO(stream, cuda.MemsetD32Async(ADDRESS(to), (unsigned)value, count, STREAM(stream)));
}

/* ---- with the thread's own default stream ---- */

API hipError_t hipMemcpy_spt(void *to, const void *from, size_t bytes, hipMemcpyKind kind) {
  return hipMemcpyWithStream(to, from, bytes, kind, hipStreamPerThread);
}

API hipError_t hipMemcpyAsync_spt(void *to, const void *from, size_t bytes, hipMemcpyKind kind,
                                  hipStream_t stream) {
  return hipMemcpyAsync(to, from, bytes, kind, OR_PER_THREAD(stream));
}

API hipError_t hipMemset_spt(void *to, int value, size_t bytes) {
  hipError_t set = hipMemsetAsync(to, value, bytes, hipStreamPerThread);
  return set != hipSuccess ? set
                           : bridge_result(cuda.StreamSynchronize(STREAM(hipStreamPerThread)));
}

API hipError_t hipMemsetAsync_spt(void *to, int value, size_t bytes, hipStream_t stream) {
  return hipMemsetAsync(to, value, bytes, OR_PER_THREAD(stream));
}
