/*
 * Memory. Device memory is host memory; what was allocated, pinned or registered is kept in a list,
 * because copies from other (pageable) host memory behave in another way (copies.c).
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

void memory_end_registrations(CUcontext context) {
  pthread_mutex_lock(&lock);
  Block **link = &blocks;
  while (*link != NULL) {
    Block *block = *link;
    if (block->kind == REGISTERED && block->context == context) {
      *link = block->next;
      free(block);
    } else {
      link = &block->next;
    }
  }
  pthread_mutex_unlock(&lock);
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

bool memory_is_on_device(const void *address) {
  pthread_mutex_lock(&lock);
  const Block *block = block_at(address);
  bool device = block != NULL && block->kind == ON_DEVICE;
  pthread_mutex_unlock(&lock);
  return device;
}

int memory_device(const void *address) {
  pthread_mutex_lock(&lock);
  const Block *block = block_at(address);
  int device = block != NULL ? block->context->device : -1;
  pthread_mutex_unlock(&lock);
  return device;
}

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
  if (!memory_is_on_device((void *)(uintptr_t)address)) {
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
