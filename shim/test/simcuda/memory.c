/*
 * Memory and copies. Device memory is host memory; what was allocated, pinned or registered is kept
 * in a list, because a copy from other (pageable) host memory behaves in another way: the driver
 * takes the bytes before it returns, or returns when the bytes are there.
 */
#include <stdlib.h>
#include <string.h>

#include "simcuda.h"

typedef enum { ON_DEVICE, PINNED, REGISTERED } MemoryKind;

typedef struct Block Block;
struct Block {
  Block *next;
  char *start;
  size_t bytes;
  MemoryKind kind;
  CUcontext context;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Block *blocks;

static bool contains(const Block *block, const void *address) {
  const char *at = address;
  return at >= block->start && at < block->start + block->bytes;
}

static Block *block_at(const void *address) {
  Block *block = blocks;
  while (block != NULL && !contains(block, address)) {
    block = block->next;
  }
  return block;
}

static void add_block(void *start, size_t bytes, MemoryKind kind, CUcontext context) {
  Block *block = malloc(sizeof *block);
  pthread_mutex_lock(&lock);
  *block = (Block){blocks, start, bytes, kind, context};
  blocks = block;
  pthread_mutex_unlock(&lock);
}

/* Takes the block that starts here off the list. */
static bool remove_block(const void *start, MemoryKind kind) {
  pthread_mutex_lock(&lock);
  Block **link = &blocks;
  while (*link != NULL && ((*link)->start != start || (*link)->kind != kind)) {
    link = &(*link)->next;
  }
  Block *found = *link;
  if (found != NULL) {
    *link = found->next;
  }
  pthread_mutex_unlock(&lock);
  free(found);
  return found != NULL;
}

bool memory_is_pinned(const void *address) {
  pthread_mutex_lock(&lock);
  bool known = block_at(address) != NULL;
  pthread_mutex_unlock(&lock);
  return known;
}

size_t memory_used(int device) {
  size_t used = 0;
  pthread_mutex_lock(&lock);
  for (const Block *block = blocks; block != NULL; block = block->next) {
    used += block->kind == ON_DEVICE && block->context->device == device ? block->bytes : 0;
  }
  pthread_mutex_unlock(&lock);
  return used;
}

size_t simcuda_host_bytes(void) {
  size_t bytes = 0;
  pthread_mutex_lock(&lock);
  for (const Block *block = blocks; block != NULL; block = block->next) {
    bytes += block->kind == ON_DEVICE ? 0 : block->bytes;
  }
  pthread_mutex_unlock(&lock);
  return bytes;
}

static bool is_on_device(const void *address) {
  pthread_mutex_lock(&lock);
  const Block *block = block_at(address);
  bool device = block != NULL && block->kind == ON_DEVICE;
  pthread_mutex_unlock(&lock);
  return device;
}

/* ---- allocation ---- */

/* The current context, if no capture forbids to allocate or free now. */
static CUresult context_to_allocate(CUcontext *context) {
  TRY(context_current(context));
  pthread_mutex_lock(&driver_lock);
  CUresult result = capture_forbids_unsafe_call();
  pthread_mutex_unlock(&driver_lock);
  return result;
}

static CUresult allocate(void **address, size_t bytes, MemoryKind kind, CUcontext context) {
  if (address == NULL || bytes == 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (bytes > SIZE_MAX / 2 || posix_memalign(address, 256, bytes) != 0) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  add_block(*address, bytes, kind, context);
  return CUDA_SUCCESS;
}

static CUresult allocate_on_device(CUdeviceptr *address, size_t bytes, CUcontext context) {
  if (bytes > MEMORY_BYTES - memory_used(context->device)) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  void *memory;
  TRY(allocate(&memory, bytes, ON_DEVICE, context));
  *address = (CUdeviceptr)(uintptr_t)memory;
  return CUDA_SUCCESS;
}

API CUresult cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
  ENTER("cuMemAlloc");
  CUcontext context;
  TRY(context_to_allocate(&context));
  return allocate_on_device(address, bytes, context);
}

API CUresult cuMemAllocManaged(CUdeviceptr *address, size_t bytes, unsigned int flags) {
  ENTER("cuMemAllocManaged");
  (void)flags;
  CUcontext context;
  TRY(context_to_allocate(&context));
  return allocate_on_device(address, bytes, context);
}

CUresult memory_free(CUdeviceptr address) {
  void *memory = (void *)(uintptr_t)address;
  if (memory == NULL) {
    return CUDA_SUCCESS;
  }
  if (!remove_block(memory, ON_DEVICE)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  free(memory);
  return CUDA_SUCCESS;
}

/* Waits for the context's work, as the real one does before it frees: it may use the memory. */
static CUresult await_work(void) {
  CUcontext context;
  TRY(context_to_allocate(&context));
  pthread_mutex_lock(&driver_lock);
  CUresult result = stream_await_all(context);
  pthread_mutex_unlock(&driver_lock);
  return result;
}

API CUresult cuMemFree_v2(CUdeviceptr address) {
  ENTER("cuMemFree");
  TRY(await_work());
  return memory_free(address);
}

static CUresult allocate_async(CUdeviceptr *address, size_t bytes, CUstream handle,
                               DefaultStream which) {
  ENTER("cuMemAllocAsync");
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  TRY(allocate_on_device(address, bytes, stream->context));
  return stream_submit(stream, (Work){.kind = WORK_NOTHING}, NULL);
}

API CUresult cuMemAllocAsync(CUdeviceptr *address, size_t bytes, CUstream stream) {
  return allocate_async(address, bytes, stream, LEGACY);
}

API CUresult cuMemAllocAsync_ptsz(CUdeviceptr *address, size_t bytes, CUstream stream) {
  return allocate_async(address, bytes, stream, PER_THREAD);
}

static CUresult free_async(CUdeviceptr address, CUstream handle, DefaultStream which) {
  ENTER("cuMemFreeAsync");
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  if (!is_on_device((void *)(uintptr_t)address)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  return stream_submit(stream, (Work){.kind = WORK_FREE, .freed = address}, NULL);
}

API CUresult cuMemFreeAsync(CUdeviceptr address, CUstream stream) {
  return free_async(address, stream, LEGACY);
}

API CUresult cuMemFreeAsync_ptsz(CUdeviceptr address, CUstream stream) {
  return free_async(address, stream, PER_THREAD);
}

API CUresult cuMemAllocHost_v2(void **address, size_t bytes) {
  ENTER("cuMemAllocHost");
  CUcontext context;
  TRY(context_to_allocate(&context));
  return allocate(address, bytes, PINNED, context);
}

API CUresult cuMemHostAlloc(void **address, size_t bytes, unsigned int flags) {
  ENTER("cuMemHostAlloc");
  (void)flags;
  CUcontext context;
  TRY(context_to_allocate(&context));
  return allocate(address, bytes, PINNED, context);
}

API CUresult cuMemFreeHost(void *address) {
  ENTER("cuMemFreeHost");
  TRY(await_work());
  if (!remove_block(address, PINNED)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  free(address);
  return CUDA_SUCCESS;
}

API CUresult cuMemHostRegister_v2(void *address, size_t bytes, unsigned int flags) {
  ENTER("cuMemHostRegister");
  (void)flags;
  CUcontext context;
  TRY(context_to_allocate(&context));
  if (address == NULL || bytes == 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (memory_is_pinned(address)) {
    return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
  }
  add_block(address, bytes, REGISTERED, context);
  return CUDA_SUCCESS;
}

API CUresult cuMemHostUnregister(void *address) {
  ENTER("cuMemHostUnregister");
  return remove_block(address, REGISTERED) ? CUDA_SUCCESS : CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
}

API CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr *device, void *address, unsigned int flags) {
  ENTER("cuMemHostGetDevicePointer");
  if (flags != 0 || !memory_is_pinned(address)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  *device = (CUdeviceptr)(uintptr_t)address;
  return CUDA_SUCCESS;
}

API CUresult cuPointerGetAttribute(void *data, CUpointer_attribute attribute, CUdeviceptr address) {
  ENTER("cuPointerGetAttribute");
  CUresult result = CUDA_SUCCESS;
  pthread_mutex_lock(&lock);
  const Block *block = block_at((void *)(uintptr_t)address);
  if (block == NULL) {
    result = CUDA_ERROR_INVALID_VALUE;
  } else if (attribute == CU_POINTER_ATTRIBUTE_MEMORY_TYPE) {
    *(unsigned *)data = block->kind == ON_DEVICE ? CU_MEMORYTYPE_DEVICE : CU_MEMORYTYPE_HOST;
  } else if (attribute == CU_POINTER_ATTRIBUTE_CONTEXT) {
    *(CUcontext *)data = block->context;
  } else if (attribute == CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL) {
    *(int *)data = block->context->device;
  } else if (attribute == CU_POINTER_ATTRIBUTE_DEVICE_POINTER ||
             attribute == CU_POINTER_ATTRIBUTE_HOST_POINTER) {
    *(CUdeviceptr *)data = address;
  } else {
    result = CUDA_ERROR_NOT_SUPPORTED;
  }
  pthread_mutex_unlock(&lock);
  return result;
}

/* ---- copies ---- */

typedef enum { WAIT, WAIT_UNLESS_ON_DEVICE, ASYNC } Waiting;

static bool is_pageable(const void *address) { return !memory_is_pinned(address); }

/* Takes the bytes of pageable memory now: the caller may change them when the call has returned. */
static CUresult stage(Work *work) {
  size_t row = work->copy.width;
  char *bytes = malloc(row * work->copy.height);
  if (bytes == NULL) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  for (size_t i = 0; i < work->copy.height; i++) {
    memcpy(bytes + i * row, work->copy.src + i * work->copy.srcPitch, row);
  }
  work->copy.staged = bytes;
  work->copy.srcPitch = row;
  return CUDA_SUCCESS;
}

static CUresult copy(const char *name, CUstream handle, DefaultStream which, Work work,
                     Waiting waiting) {
  ENTER(name);
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  if (work.copy.width * work.copy.height == 0) {
    return CUDA_SUCCESS;
  }
  bool wait = waiting == WAIT || (waiting == WAIT_UNLESS_ON_DEVICE &&
                                  !(is_on_device(work.copy.src) && is_on_device(work.copy.dst)));
  pthread_mutex_lock(&driver_lock);
  bool capturing = stream->capture != NULL;
  pthread_mutex_unlock(&driver_lock);
  if (!wait && !capturing) {
    wait = is_pageable(work.copy.dst);
    if (!wait && is_pageable(work.copy.src)) {
      TRY(stage(&work));
    }
  }
  return wait ? stream_submit_and_wait(stream, work) : stream_submit(stream, work, NULL);
}

static Work linear(void *dst, const void *src, size_t bytes) {
  return (Work){.kind = WORK_COPY,
                .copy = {.dst = dst,
                         .src = src,
                         .dstPitch = bytes,
                         .srcPitch = bytes,
                         .width = bytes,
                         .height = 1}};
}

static void *at(CUdeviceptr address) { return (void *)(uintptr_t)address; }

API CUresult cuMemcpyHtoD_v2(CUdeviceptr dst, const void *src, size_t bytes) {
  return copy("cuMemcpyHtoD", NULL, LEGACY, linear(at(dst), src, bytes), WAIT);
}

API CUresult cuMemcpyHtoD_v2_ptds(CUdeviceptr dst, const void *src, size_t bytes) {
  return copy("cuMemcpyHtoD", NULL, PER_THREAD, linear(at(dst), src, bytes), WAIT);
}

API CUresult cuMemcpyDtoH_v2(void *dst, CUdeviceptr src, size_t bytes) {
  return copy("cuMemcpyDtoH", NULL, LEGACY, linear(dst, at(src), bytes), WAIT);
}

API CUresult cuMemcpyDtoH_v2_ptds(void *dst, CUdeviceptr src, size_t bytes) {
  return copy("cuMemcpyDtoH", NULL, PER_THREAD, linear(dst, at(src), bytes), WAIT);
}

/* Within the device nothing waits on the host's side, in the real driver too. */
API CUresult cuMemcpyDtoD_v2(CUdeviceptr dst, CUdeviceptr src, size_t bytes) {
  return copy("cuMemcpyDtoD", NULL, LEGACY, linear(at(dst), at(src), bytes), ASYNC);
}

API CUresult cuMemcpyDtoD_v2_ptds(CUdeviceptr dst, CUdeviceptr src, size_t bytes) {
  return copy("cuMemcpyDtoD", NULL, PER_THREAD, linear(at(dst), at(src), bytes), ASYNC);
}

API CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr dst, const void *src, size_t bytes, CUstream stream) {
  return copy("cuMemcpyHtoDAsync", stream, LEGACY, linear(at(dst), src, bytes), ASYNC);
}

API CUresult cuMemcpyHtoDAsync_v2_ptsz(CUdeviceptr dst, const void *src, size_t bytes,
                                       CUstream stream) {
  return copy("cuMemcpyHtoDAsync", stream, PER_THREAD, linear(at(dst), src, bytes), ASYNC);
}

API CUresult cuMemcpyDtoHAsync_v2(void *dst, CUdeviceptr src, size_t bytes, CUstream stream) {
  return copy("cuMemcpyDtoHAsync", stream, LEGACY, linear(dst, at(src), bytes), ASYNC);
}

API CUresult cuMemcpyDtoHAsync_v2_ptsz(void *dst, CUdeviceptr src, size_t bytes, CUstream stream) {
  return copy("cuMemcpyDtoHAsync", stream, PER_THREAD, linear(dst, at(src), bytes), ASYNC);
}

API CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr dst, CUdeviceptr src, size_t bytes, CUstream stream) {
  return copy("cuMemcpyDtoDAsync", stream, LEGACY, linear(at(dst), at(src), bytes), ASYNC);
}

API CUresult cuMemcpyDtoDAsync_v2_ptsz(CUdeviceptr dst, CUdeviceptr src, size_t bytes,
                                       CUstream stream) {
  return copy("cuMemcpyDtoDAsync", stream, PER_THREAD, linear(at(dst), at(src), bytes), ASYNC);
}

API CUresult cuMemcpy(CUdeviceptr dst, CUdeviceptr src, size_t bytes) {
  return copy("cuMemcpy", NULL, LEGACY, linear(at(dst), at(src), bytes), WAIT_UNLESS_ON_DEVICE);
}

API CUresult cuMemcpy_ptds(CUdeviceptr dst, CUdeviceptr src, size_t bytes) {
  return copy("cuMemcpy", NULL, PER_THREAD, linear(at(dst), at(src), bytes), WAIT_UNLESS_ON_DEVICE);
}

API CUresult cuMemcpyAsync(CUdeviceptr dst, CUdeviceptr src, size_t bytes, CUstream stream) {
  return copy("cuMemcpyAsync", stream, LEGACY, linear(at(dst), at(src), bytes), ASYNC);
}

API CUresult cuMemcpyAsync_ptsz(CUdeviceptr dst, CUdeviceptr src, size_t bytes, CUstream stream) {
  return copy("cuMemcpyAsync", stream, PER_THREAD, linear(at(dst), at(src), bytes), ASYNC);
}

API CUresult cuMemcpyPeer(CUdeviceptr dst, CUcontext dstContext, CUdeviceptr src,
                          CUcontext srcContext, size_t bytes) {
  TRY(context_usable(dstContext));
  TRY(context_usable(srcContext));
  return copy("cuMemcpyPeer", NULL, LEGACY, linear(at(dst), at(src), bytes), ASYNC);
}

API CUresult cuMemcpyPeer_ptds(CUdeviceptr dst, CUcontext dstContext, CUdeviceptr src,
                               CUcontext srcContext, size_t bytes) {
  TRY(context_usable(dstContext));
  TRY(context_usable(srcContext));
  return copy("cuMemcpyPeer", NULL, PER_THREAD, linear(at(dst), at(src), bytes), ASYNC);
}

API CUresult cuMemcpyPeerAsync(CUdeviceptr dst, CUcontext dstContext, CUdeviceptr src,
                               CUcontext srcContext, size_t bytes, CUstream stream) {
  TRY(context_usable(dstContext));
  TRY(context_usable(srcContext));
  return copy("cuMemcpyPeerAsync", stream, LEGACY, linear(at(dst), at(src), bytes), ASYNC);
}

API CUresult cuMemcpyPeerAsync_ptsz(CUdeviceptr dst, CUcontext dstContext, CUdeviceptr src,
                                    CUcontext srcContext, size_t bytes, CUstream stream) {
  TRY(context_usable(dstContext));
  TRY(context_usable(srcContext));
  return copy("cuMemcpyPeerAsync", stream, PER_THREAD, linear(at(dst), at(src), bytes), ASYNC);
}

/* ---- two-dimensional copies ---- */

static CUresult rectangle(Work *work, const CUDA_MEMCPY2D *from) {
  bool srcArray = from->srcMemoryType == CU_MEMORYTYPE_ARRAY;
  if (srcArray || from->dstMemoryType == CU_MEMORYTYPE_ARRAY) {
    return CUDA_ERROR_NOT_SUPPORTED;
  }
  const char *src = from->srcMemoryType == CU_MEMORYTYPE_HOST ? from->srcHost : at(from->srcDevice);
  char *dst = from->dstMemoryType == CU_MEMORYTYPE_HOST ? from->dstHost : at(from->dstDevice);
  size_t srcPitch = from->srcPitch != 0 ? from->srcPitch : from->WidthInBytes;
  size_t dstPitch = from->dstPitch != 0 ? from->dstPitch : from->WidthInBytes;
  *work = (Work){.kind = WORK_COPY,
                 .copy = {.dst = dst + from->dstY * dstPitch + from->dstXInBytes,
                          .src = src + from->srcY * srcPitch + from->srcXInBytes,
                          .dstPitch = dstPitch,
                          .srcPitch = srcPitch,
                          .width = from->WidthInBytes,
                          .height = from->Height}};
  return CUDA_SUCCESS;
}

static CUresult copy_2d(const char *name, const CUDA_MEMCPY2D *what, CUstream stream,
                        DefaultStream which, Waiting waiting) {
  Work work;
  TRY(rectangle(&work, what));
  return copy(name, stream, which, work, waiting);
}

API CUresult cuMemcpy2D_v2(const CUDA_MEMCPY2D *what) {
  return copy_2d("cuMemcpy2D", what, NULL, LEGACY, WAIT_UNLESS_ON_DEVICE);
}

API CUresult cuMemcpy2D_v2_ptds(const CUDA_MEMCPY2D *what) {
  return copy_2d("cuMemcpy2D", what, NULL, PER_THREAD, WAIT_UNLESS_ON_DEVICE);
}

API CUresult cuMemcpy2DUnaligned_v2(const CUDA_MEMCPY2D *what) {
  return copy_2d("cuMemcpy2DUnaligned", what, NULL, LEGACY, WAIT_UNLESS_ON_DEVICE);
}

API CUresult cuMemcpy2DUnaligned_v2_ptds(const CUDA_MEMCPY2D *what) {
  return copy_2d("cuMemcpy2DUnaligned", what, NULL, PER_THREAD, WAIT_UNLESS_ON_DEVICE);
}

API CUresult cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D *what, CUstream stream) {
  return copy_2d("cuMemcpy2DAsync", what, stream, LEGACY, ASYNC);
}

API CUresult cuMemcpy2DAsync_v2_ptsz(const CUDA_MEMCPY2D *what, CUstream stream) {
  return copy_2d("cuMemcpy2DAsync", what, stream, PER_THREAD, ASYNC);
}

/* ---- fills: never waited for ---- */

static CUresult fill(const char *name, CUstream handle, DefaultStream which, CUdeviceptr dst,
                     uint32_t value, size_t unit, size_t count) {
  ENTER(name);
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  Work work = {.kind = WORK_FILL, .fill = {at(dst), value, unit, count}};
  return stream_submit(stream, work, NULL);
}

#define FILL(NAME, SYMBOL, TYPE)                                                                   \
  API CUresult SYMBOL(CUdeviceptr dst, TYPE value, size_t count) {                                 \
    return fill(NAME, NULL, LEGACY, dst, value, sizeof(TYPE), count);                              \
  }                                                                                                \
  API CUresult SYMBOL##_ptds(CUdeviceptr dst, TYPE value, size_t count) {                          \
    return fill(NAME, NULL, PER_THREAD, dst, value, sizeof(TYPE), count);                          \
  }
#define FILL_ASYNC(SYMBOL, TYPE)                                                                   \
  API CUresult SYMBOL(CUdeviceptr dst, TYPE value, size_t count, CUstream stream) {                \
    return fill(#SYMBOL, stream, LEGACY, dst, value, sizeof(TYPE), count);                         \
  }                                                                                                \
  API CUresult SYMBOL##_ptsz(CUdeviceptr dst, TYPE value, size_t count, CUstream stream) {         \
    return fill(#SYMBOL, stream, PER_THREAD, dst, value, sizeof(TYPE), count);                     \
  }

FILL("cuMemsetD8", cuMemsetD8_v2, unsigned char)
FILL("cuMemsetD16", cuMemsetD16_v2, unsigned short)
FILL("cuMemsetD32", cuMemsetD32_v2, unsigned int)
FILL_ASYNC(cuMemsetD8Async, unsigned char)
FILL_ASYNC(cuMemsetD16Async, unsigned short)
FILL_ASYNC(cuMemsetD32Async, unsigned int)
