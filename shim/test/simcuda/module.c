/*
 * Modules, kernels and launches. Any image makes a module, and a kernel is its name:
 *
 *   busy_<N>us  occupies the engine for N microseconds
 *   busy        for as many nanoseconds as its first parameter says (uint64_t)
 *   add_one     adds 1 to the uint32_t at the address in its first parameter
 *   counted     its first parameter points to a uint64_t and two uint32_t: adds 1 to the second,
 *               occupies the engine for as many nanoseconds as the first says, adds 1 to the third
 *   await_word  makes 1 the second of two uint32_t at the address in its first parameter, and
 *               occupies the engine until the first is not 0
 *   empty       does nothing
 *   fault       fails the context with CUDA_ERROR_ILLEGAL_ADDRESS
 *
 * Any other name is CUDA_ERROR_NOT_FOUND.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simcuda.h"

#define MODULE_MAGIC 0x4d4f4455   /* "MODU" */
#define FUNCTION_MAGIC 0x46554e43 /* "FUNC" */

struct CUmod_st {
  uint32_t magic;
  CUfunction functions;
  CUmodule next;
};

static CUmodule modules; /* every one ever made */
static _Atomic uint64_t launches;

static CUresult load(const char *name, CUmodule *module, const void *image) {
  ENTER(name);
  CUcontext context;
  TRY(context_current(&context));
  if (image == NULL) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  CUmodule made = calloc(1, sizeof *made);
  made->magic = MODULE_MAGIC;
  pthread_mutex_lock(&driver_lock);
  made->next = modules;
  modules = made;
  pthread_mutex_unlock(&driver_lock);
  *module = made;
  return CUDA_SUCCESS;
}

API CUresult cuModuleLoadData(CUmodule *module, const void *image) {
  return load("cuModuleLoadData", module, image);
}

API CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned int count,
                                CUjit_option *options, void **values) {
  (void)count;
  (void)options;
  (void)values;
  return load("cuModuleLoadDataEx", module, image);
}

API CUresult cuModuleUnload(CUmodule module) {
  ENTER("cuModuleUnload");
  if (module == NULL || module->magic != MODULE_MAGIC) {
    return CUDA_ERROR_INVALID_HANDLE;
  }
  /* Its kernels may still run; the real driver waits for them too. */
  CUcontext context;
  TRY(context_current(&context));
  pthread_mutex_lock(&driver_lock);
  CUresult result = stream_await_all(context);
  pthread_mutex_unlock(&driver_lock);
  TRY(result);
  module->magic = 0;
  return CUDA_SUCCESS;
}

static bool parse_kernel(const char *name, CUfunction function) {
  unsigned long long micros;
  int length = 0;
  if (sscanf(name, "busy_%lluus%n", &micros, &length) == 1 && length > 0 && name[length] == '\0') {
    function->kind = KERNEL_BUSY;
    function->nanos = micros * 1000;
  } else if (strcmp(name, "busy") == 0) {
    function->kind = KERNEL_BUSY;
  } else if (strcmp(name, "add_one") == 0) {
    function->kind = KERNEL_ADD_ONE;
  } else if (strcmp(name, "counted") == 0) {
    function->kind = KERNEL_COUNTED;
  } else if (strcmp(name, "await_word") == 0) {
    function->kind = KERNEL_AWAIT_WORD;
  } else if (strcmp(name, "empty") == 0) {
    function->kind = KERNEL_EMPTY;
  } else if (strcmp(name, "fault") == 0) {
    function->kind = KERNEL_FAULT;
  } else {
    return false;
  }
  snprintf(function->name, sizeof function->name, "%s", name);
  return true;
}

API CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name) {
  ENTER("cuModuleGetFunction");
  if (module == NULL || module->magic != MODULE_MAGIC) {
    return CUDA_ERROR_INVALID_HANDLE;
  }
  CUfunction made = calloc(1, sizeof *made);
  if (!parse_kernel(name, made)) {
    free(made);
    return CUDA_ERROR_NOT_FOUND;
  }
  made->magic = FUNCTION_MAGIC;
  made->module = module;
  pthread_mutex_lock(&driver_lock);
  made->next = module->functions;
  module->functions = made;
  pthread_mutex_unlock(&driver_lock);
  *function = made;
  return CUDA_SUCCESS;
}

bool function_valid(CUfunction function) {
  return function != NULL && function->magic == FUNCTION_MAGIC &&
         function->module->magic == MODULE_MAGIC;
}

API CUresult cuFuncGetAttribute(int *value, CUfunction_attribute attribute, CUfunction function) {
  ENTER("cuFuncGetAttribute");
  if (!function_valid(function)) {
    return CUDA_ERROR_INVALID_HANDLE;
  }
  *value = attribute == CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK ? 1024
           : attribute == CU_FUNC_ATTRIBUTE_NUM_REGS            ? 32
                                                                : 0;
  return CUDA_SUCCESS;
}

bool function_takes_parameter(CUfunction function) {
  return function->kind == KERNEL_ADD_ONE || function->kind == KERNEL_AWAIT_WORD ||
         function->kind == KERNEL_COUNTED ||
         (function->kind == KERNEL_BUSY && function->nanos == 0);
}

API CUresult cuFuncGetParamInfo(CUfunction function, size_t index, size_t *offset, size_t *bytes) {
  ENTER("cuFuncGetParamInfo");
  if (!function_valid(function)) {
    return CUDA_ERROR_INVALID_HANDLE;
  }
  if (index > 0 || !function_takes_parameter(function)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  *offset = 0;
  if (bytes != NULL) {
    *bytes = sizeof(uint64_t);
  }
  return CUDA_SUCCESS;
}

API CUresult cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute, int value) {
  ENTER("cuFuncSetAttribute");
  (void)attribute;
  (void)value;
  return function_valid(function) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

/* ---- launches ---- */

static CUresult count_launch(CUstream stream) {
  uint64_t limit = settings()->lostAfterLaunches;
  if (limit != 0 && atomic_fetch_add(&launches, 1) + 1 == limit) {
    pthread_mutex_lock(&driver_lock);
    device_lose(stream->context->device);
    pthread_mutex_unlock(&driver_lock);
  }
  return context_usable(stream->context);
}

static CUresult launch(const char *name, CUfunction function, CUstream handle, DefaultStream which,
                       void **params, void **extra) {
  ENTER(name);
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  Work work;
  TRY(work_kernel(&work, function, params, extra));
  TRY(count_launch(stream));
  return stream_submit(stream, work, NULL);
}

static bool shape_valid(unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                        unsigned blockY, unsigned blockZ) {
  return gridX > 0 && gridY > 0 && gridZ > 0 && blockX > 0 && blockY > 0 && blockZ > 0 &&
         (uint64_t)blockX * blockY * blockZ <= 1024;
}

#define LAUNCH_PARAMETERS                                                                          \
  CUfunction function, unsigned int gridX, unsigned int gridY, unsigned int gridZ,                 \
      unsigned int blockX, unsigned int blockY, unsigned int blockZ, unsigned int sharedBytes,     \
      CUstream stream, void **params

/* The part of a launch that is the same for its eight symbols. */
#define CHECK_SHAPE()                                                                              \
  do {                                                                                             \
    (void)sharedBytes;                                                                             \
    if (!shape_valid(gridX, gridY, gridZ, blockX, blockY, blockZ)) {                               \
      return CUDA_ERROR_INVALID_VALUE;                                                             \
    }                                                                                              \
  } while (0)

API CUresult cuLaunchKernel(LAUNCH_PARAMETERS, void **extra) {
  CHECK_SHAPE();
  return launch("cuLaunchKernel", function, stream, LEGACY, params, extra);
}

API CUresult cuLaunchKernel_ptsz(LAUNCH_PARAMETERS, void **extra) {
  CHECK_SHAPE();
  return launch("cuLaunchKernel", function, stream, PER_THREAD, params, extra);
}

API CUresult cuLaunchCooperativeKernel(LAUNCH_PARAMETERS) {
  CHECK_SHAPE();
  return launch("cuLaunchCooperativeKernel", function, stream, LEGACY, params, NULL);
}

API CUresult cuLaunchCooperativeKernel_ptsz(LAUNCH_PARAMETERS) {
  CHECK_SHAPE();
  return launch("cuLaunchCooperativeKernel", function, stream, PER_THREAD, params, NULL);
}

static CUresult launch_ex(const CUlaunchConfig *config, DefaultStream which, CUfunction function,
                          void **params, void **extra) {
  if (config == NULL || !shape_valid(config->gridDimX, config->gridDimY, config->gridDimZ,
                                     config->blockDimX, config->blockDimY, config->blockDimZ)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  return launch("cuLaunchKernelEx", function, config->hStream, which, params, extra);
}

API CUresult cuLaunchKernelEx(const CUlaunchConfig *config, CUfunction function, void **params,
                              void **extra) {
  return launch_ex(config, LEGACY, function, params, extra);
}

API CUresult cuLaunchKernelEx_ptsz(const CUlaunchConfig *config, CUfunction function, void **params,
                                   void **extra) {
  return launch_ex(config, PER_THREAD, function, params, extra);
}

static CUresult launch_host(const char *name, CUstream handle, DefaultStream which, Work work) {
  ENTER(name);
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  if (work.host.function == NULL && work.host.callback == NULL) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  return stream_submit(stream, work, NULL);
}

static CUresult launch_host_function(CUstream stream, DefaultStream which, CUhostFn function,
                                     void *data) {
  Work work = {.kind = WORK_HOST, .host = {.function = function, .data = data}};
  return launch_host("cuLaunchHostFunc", stream, which, work);
}

API CUresult cuLaunchHostFunc(CUstream stream, CUhostFn function, void *data) {
  return launch_host_function(stream, LEGACY, function, data);
}

API CUresult cuLaunchHostFunc_ptsz(CUstream stream, CUhostFn function, void *data) {
  return launch_host_function(stream, PER_THREAD, function, data);
}

API CUresult cuLaunchHostFunc_v2(CUstream stream, CUhostFn function, void *data, unsigned mode) {
  (void)mode;
  return launch_host_function(stream, LEGACY, function, data);
}

API CUresult cuLaunchHostFunc_v2_ptsz(CUstream stream, CUhostFn function, void *data,
                                      unsigned mode) {
  (void)mode;
  return launch_host_function(stream, PER_THREAD, function, data);
}

CUresult launch_host_some_day(CUhostFn function, void *data, CUstream stream) {
  return launch_host_function(stream, LEGACY, function, data);
}

static CUresult add_callback(CUstream stream, DefaultStream which, CUstreamCallback callback,
                             void *data) {
  Work work = {.kind = WORK_CALLBACK, .host = {.callback = callback, .data = data}};
  return launch_host("cuStreamAddCallback", stream, which, work);
}

API CUresult cuStreamAddCallback(CUstream stream, CUstreamCallback callback, void *data,
                                 unsigned int flags) {
  (void)flags;
  return add_callback(stream, LEGACY, callback, data);
}

API CUresult cuStreamAddCallback_ptsz(CUstream stream, CUstreamCallback callback, void *data,
                                      unsigned int flags) {
  (void)flags;
  return add_callback(stream, PER_THREAD, callback, data);
}
