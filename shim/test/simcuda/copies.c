/*
 * Copies and fills. From pageable host memory the driver takes the bytes before it returns, to it
 * it returns when the bytes are there.
 */
#include <stdlib.h>
#include <string.h>

#include "simcuda.h"

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

static CUresult copy_anywhere(const char *name, CUstream handle, DefaultStream which, Work work,
                              Waiting waiting) {
  ENTER(name);
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  if (work.copy.width * work.copy.height == 0) {
    return CUDA_SUCCESS;
  }
  bool wait = waiting == WAIT ||
              (waiting == WAIT_UNLESS_ON_DEVICE &&
               !(memory_is_on_device(work.copy.src) && memory_is_on_device(work.copy.dst)));
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

/* From one device to another only where the caller says so: no device has access to its peers. */
static CUresult copy(const char *name, CUstream handle, DefaultStream which, Work work,
                     Waiting waiting) {
  bool apart = memory_is_on_device(work.copy.src) && memory_is_on_device(work.copy.dst) &&
               memory_device(work.copy.src) != memory_device(work.copy.dst);
  return apart ? CUDA_ERROR_INVALID_VALUE : copy_anywhere(name, handle, which, work, waiting);
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

static CUresult copy_peer(const char *name, CUstream stream, DefaultStream which, CUdeviceptr dst,
                          CUcontext dstContext, CUdeviceptr src, CUcontext srcContext,
                          size_t bytes) {
  TRY(context_usable(dstContext));
  TRY(context_usable(srcContext));
  return copy_anywhere(name, stream, which, linear(at(dst), at(src), bytes), ASYNC);
}

API CUresult cuMemcpyPeer(CUdeviceptr dst, CUcontext dstContext, CUdeviceptr src,
                          CUcontext srcContext, size_t bytes) {
  return copy_peer("cuMemcpyPeer", NULL, LEGACY, dst, dstContext, src, srcContext, bytes);
}

API CUresult cuMemcpyPeer_ptds(CUdeviceptr dst, CUcontext dstContext, CUdeviceptr src,
                               CUcontext srcContext, size_t bytes) {
  return copy_peer("cuMemcpyPeer", NULL, PER_THREAD, dst, dstContext, src, srcContext, bytes);
}

API CUresult cuMemcpyPeerAsync(CUdeviceptr dst, CUcontext dstContext, CUdeviceptr src,
                               CUcontext srcContext, size_t bytes, CUstream stream) {
  return copy_peer("cuMemcpyPeerAsync", stream, LEGACY, dst, dstContext, src, srcContext, bytes);
}

API CUresult cuMemcpyPeerAsync_ptsz(CUdeviceptr dst, CUcontext dstContext, CUdeviceptr src,
                                    CUcontext srcContext, size_t bytes, CUstream stream) {
  return copy_peer("cuMemcpyPeerAsync", stream, PER_THREAD, dst, dstContext, src, srcContext,
                   bytes);
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
