/* The CUDA driver: where it is found, and which of its contexts HIP's devices are. */
#include "bridge.h"

#include <dlfcn.h>
#include <pthread.h>

struct cuda cuda;
__thread int bridge_device;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CUresult started;
static pthread_mutex_t retaining = PTHREAD_MUTEX_INITIALIZER;
static CUcontext _Atomic contexts[MAX_DEVICES];

void *bridge_symbol(void *library, const char *name) {
  /* A preloaded dlsym passes this question on. */
  void *libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
  void *(*real)(void *, const char *) = libc ? dlsym(libc, "dlsym") : NULL;
  return real ? real(library, name) : dlsym(library, name);
}

static void start(void) {
  void *driver = dlopen("libcuda.so.1", RTLD_NOW);
  started = driver ? CUDA_SUCCESS : CUDA_ERROR_NO_DEVICE;
#define FUNCTION(name, version)                                                                    \
  cuda.name = driver ? (__typeof__(cuda.name))bridge_symbol(driver, "cu" #name #version) : NULL;   \
  if (!cuda.name)                                                                                  \
    started = CUDA_ERROR_NO_DEVICE;
  CUDA_FUNCTIONS(FUNCTION)
#undef FUNCTION
  if (started == CUDA_SUCCESS)
    started = cuda.Init(0);
}

CUresult bridge_start(void) {
  pthread_once(&once, start);
  return started;
}

CUresult bridge_context(int device, CUcontext *context) {
  TRY(bridge_start());
  if (device < 0 || device >= MAX_DEVICES)
    return CUDA_ERROR_INVALID_DEVICE;
  *context = contexts[device];
  if (*context)
    return CUDA_SUCCESS;
  CUresult result = CUDA_SUCCESS;
  pthread_mutex_lock(&retaining);
  if (!contexts[device]) {
    result = cuda.DevicePrimaryCtxRetain(context, device);
    if (result == CUDA_SUCCESS)
      contexts[device] = *context;
  }
  *context = contexts[device];
  pthread_mutex_unlock(&retaining);
  return result;
}

static CUresult make_current(CUcontext wanted) {
  CUcontext current;
  TRY(cuda.CtxGetCurrent(&current));
  return current == wanted ? CUDA_SUCCESS : cuda.CtxSetCurrent(wanted);
}

CUresult bridge_bind(void) {
  CUcontext context;
  TRY(bridge_context(bridge_device, &context));
  return make_current(context);
}

/* The default streams are named by numbers, and are the current device's. */
static int is_default(hipStream_t stream) { return (uintptr_t)stream <= 2; }

CUresult bridge_bind_to(hipStream_t stream) {
  CUcontext context;
  TRY(bridge_bind());
  if (is_default(stream))
    return CUDA_SUCCESS;
  CUresult found = cuda.StreamGetCtx(STREAM(stream), &context);
  if (found == CUDA_ERROR_STREAM_CAPTURE_INVALIDATED)
    return CUDA_SUCCESS; /* It does not tell until the capture is ended, which does not ask. */
  TRY(found);
  return make_current(context);
}

CUresult bridge_device_of(hipStream_t stream, int *device) {
  CUcontext context;
  *device = bridge_device;
  TRY(bridge_bind());
  if (is_default(stream))
    return CUDA_SUCCESS;
  TRY(cuda.StreamGetCtx(STREAM(stream), &context));
  for (int i = 0; i < MAX_DEVICES; i++) {
    if (contexts[i] == context)
      *device = i;
  }
  return CUDA_SUCCESS;
}

API hipError_t hipDeviceReset(void) {
  HIP_TRY(bridge_bind());
  pthread_mutex_lock(&retaining);
  CUresult result = cuda.DevicePrimaryCtxReset(bridge_device);
  contexts[bridge_device] = NULL;
  pthread_mutex_unlock(&retaining);
  return bridge_result(result);
}
