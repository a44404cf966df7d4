/* Modules and launches, and the kernels that a compiler has put into the program. */
#include "bridge.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTION_OF(function) ((CUfunction)(function))

API hipError_t hipModuleLoadData(hipModule_t *module, const void *image) {
  if (!module || !image)
    return bridge_error(hipErrorInvalidValue);
  BOUND(cuda.ModuleLoadData((CUmodule *)module, image));
}

API hipError_t hipModuleUnload(hipModule_t module) { BOUND(cuda.ModuleUnload((CUmodule)module)); }

API hipError_t hipModuleGetFunction(hipFunction_t *function, hipModule_t module, const char *name) {
  if (!function || !name)
    return bridge_error(hipErrorInvalidValue);
  BOUND(cuda.ModuleGetFunction((CUfunction *)function, (CUmodule)module, name));
}

API hipError_t hipFuncGetAttribute(int *value, hipFunction_attribute attribute,
                                   hipFunction_t function) {
  BOUND(cuda.FuncGetAttribute(value, (CUfunction_attribute)attribute, FUNCTION_OF(function)));
}

/* ---- launches of a module's kernel ---- */

/* Pairs of a key and what it is, up to an end that is another than CUDA's. */
static void **with_cuda_end(void **extra, void **ours) {
  size_t count = 0;
  for (; extra && count < 4 && extra[count] != HIP_LAUNCH_PARAM_END; count += 2) {
    ours[count] = extra[count];
    ours[count + 1] = extra[count + 1];
  }
  ours[count] = CU_LAUNCH_PARAM_END;
  return extra ? ours : NULL;
}

API hipError_t hipModuleLaunchKernel(hipFunction_t function, unsigned int gx, unsigned int gy,
                                     unsigned int gz, unsigned int bx, unsigned int by,
                                     unsigned int bz, unsigned int shared, hipStream_t stream,
                                     void **arguments, void **extra) {
  void *ours[5];
  BOUND_TO(stream, cuda.LaunchKernel(FUNCTION_OF(function), gx, gy, gz, bx, by, bz, shared,
                                     STREAM(stream), arguments, with_cuda_end(extra, ours)));
}

API hipError_t hipModuleLaunchCooperativeKernel(hipFunction_t function, unsigned int gx,
                                                unsigned int gy, unsigned int gz, unsigned int bx,
                                                unsigned int by, unsigned int bz,
                                                unsigned int shared, hipStream_t stream,
                                                void **arguments) {
  BOUND_TO(stream, cuda.LaunchCooperativeKernel(FUNCTION_OF(function), gx, gy, gz, bx, by, bz,
                                                shared, STREAM(stream), arguments));
}

static unsigned blocks(uint32_t items, uint32_t of_block) {
  return of_block ? (items + of_block - 1) / of_block : 0;
}

static hipError_t record(hipEvent_t event, hipStream_t stream) {
  return event ? hipEventRecord(event, stream) : hipSuccess;
}

/* Its grid is counted in work-items. */
API hipError_t hipExtModuleLaunchKernel(HIP_EXT_MODULE_LAUNCH_PARAMETERS) {
  (void)flags;
  hipError_t result = record(startEvent, hStream);
  if (result == hipSuccess)
    result = hipModuleLaunchKernel(
        f, blocks(globalWorkSizeX, localWorkSizeX), blocks(globalWorkSizeY, localWorkSizeY),
        blocks(globalWorkSizeZ, localWorkSizeZ), localWorkSizeX, localWorkSizeY, localWorkSizeZ,
        (unsigned)sharedMemBytes, hStream, kernelParams, extra);
  return result == hipSuccess ? record(stopEvent, hStream) : result;
}

#define MANGLED                                                                                    \
  "_Z24hipExtModuleLaunchKernelP18ihipModuleSymbol_tjjjjjjmP12ihipStream_tPPvS4_P11ihipEvent_tS6_" \
  "j"
API hipError_t ext_module_launch_kernel(HIP_EXT_MODULE_LAUNCH_PARAMETERS) __asm__(MANGLED);
API hipError_t ext_module_launch_kernel(HIP_EXT_MODULE_LAUNCH_PARAMETERS) {
  return hipExtModuleLaunchKernel(f, globalWorkSizeX, globalWorkSizeY, globalWorkSizeZ,
                                  localWorkSizeX, localWorkSizeY, localWorkSizeZ, sharedMemBytes,
                                  hStream, kernelParams, extra, startEvent, stopEvent, flags);
}

/* ---- launches of the program's own kernels, by the host function that stands for each ---- */

struct image {
  const void *binary;
  CUmodule modules[MAX_DEVICES]; /* loaded when first used there */
};

struct kernel {
  const void *host_function;
  const char *name;
  struct image *image;
  CUfunction functions[MAX_DEVICES];
  struct kernel *next;
};

static pthread_mutex_t registering = PTHREAD_MUTEX_INITIALIZER;
static struct kernel *kernels;

API void **__hipRegisterFatBinary(const void *data) {
  const hipFatBinary *fat = data;
  if (fat->magic != HIP_FAT_BINARY_MAGIC)
    return NULL;
  struct image *image = calloc(1, sizeof *image);
  image->binary = fat->binary;
  return (void **)image;
}

API void __hipRegisterFunction(void **modules, const void *hostFunction, char *deviceFunction,
                               const char *deviceName, unsigned int threadLimit, void *tid,
                               void *bid, dim3 *blockDim, dim3 *gridDim, int *wSize) {
  (void)deviceFunction, (void)threadLimit, (void)tid, (void)bid;
  (void)blockDim, (void)gridDim, (void)wSize;
  struct kernel *kernel = calloc(1, sizeof *kernel);
  kernel->host_function = hostFunction;
  kernel->name = strdup(deviceName);
  kernel->image = (struct image *)modules;
  pthread_mutex_lock(&registering);
  kernel->next = kernels;
  kernels = kernel;
  pthread_mutex_unlock(&registering);
}

/* At the program's end: what is on the device goes with it. */
API void __hipUnregisterFatBinary(void **modules) { (void)modules; }

static CUresult load(struct kernel *kernel, int device) {
  CUmodule *module = &kernel->image->modules[device];
  if (!*module)
    TRY(cuda.ModuleLoadData(module, kernel->image->binary));
  return cuda.ModuleGetFunction(&kernel->functions[device], *module, kernel->name);
}

/* For the stream's device, which is current then. */
static CUresult find(const void *host_function, hipStream_t stream, CUfunction *function) {
  int device;
  TRY(bridge_device_of(stream, &device));
  TRY(bridge_bind_to(stream));
  CUresult result = CUDA_SUCCESS;
  pthread_mutex_lock(&registering);
  struct kernel *kernel = kernels;
  while (kernel && kernel->host_function != host_function)
    kernel = kernel->next;
  if (kernel && !kernel->functions[device])
    result = load(kernel, device);
  *function = kernel ? kernel->functions[device] : NULL;
  pthread_mutex_unlock(&registering);
  return result;
}

#define FIND(function, host_function, stream)                                                      \
  CUfunction function;                                                                             \
  HIP_TRY(find(host_function, stream, &function));                                                 \
  if (!function)                                                                                   \
    return bridge_error(hipErrorInvalidDeviceFunction);

API hipError_t hipLaunchKernel(const void *host_function, dim3 grid, dim3 block, void **arguments,
                               size_t shared, hipStream_t stream) {
  FIND(function, host_function, stream)
  return bridge_result(cuda.LaunchKernel(function, grid.x, grid.y, grid.z, block.x, block.y,
                                         block.z, (unsigned)shared, STREAM(stream), arguments,
                                         NULL));
}

API hipError_t hipExtLaunchKernel(const void *host_function, dim3 grid, dim3 block,
                                  void **arguments, size_t shared, hipStream_t stream,
                                  hipEvent_t start, hipEvent_t stop, int flags) {
  (void)flags;
  hipError_t result = record(start, stream);
  if (result == hipSuccess)
    result = hipLaunchKernel(host_function, grid, block, arguments, shared, stream);
  return result == hipSuccess ? record(stop, stream) : result;
}

API hipError_t hipLaunchKernelExC(const hipLaunchConfig_t *config, const void *host_function,
                                  void **arguments) {
  if (!config)
    return bridge_error(hipErrorInvalidConfiguration);
  return hipLaunchKernel(host_function, config->gridDim, config->blockDim, arguments,
                         config->dynamicSmemBytes, config->stream);
}

API hipError_t hipLaunchCooperativeKernel(const void *host_function, dim3 grid, dim3 block,
                                          void **arguments, unsigned int shared,
                                          hipStream_t stream) {
  FIND(function, host_function, stream)
  return bridge_result(cuda.LaunchCooperativeKernel(function, grid.x, grid.y, grid.z, block.x,
                                                    block.y, block.z, shared, STREAM(stream),
                                                    arguments));
}

/* What stands between <<< and >>> waits here for the host function, which launches. */
static __thread struct {
  dim3 grid, block;
  size_t shared;
  hipStream_t stream;
} pushed;

API hipError_t __hipPushCallConfiguration(dim3 grid, dim3 block, size_t shared,
                                          hipStream_t stream) {
  pushed.grid = grid;
  pushed.block = block;
  pushed.shared = shared;
  pushed.stream = stream;
  return hipSuccess;
}

API hipError_t __hipPopCallConfiguration(dim3 *grid, dim3 *block, size_t *shared,
                                         hipStream_t *stream) {
  *grid = pushed.grid;
  *block = pushed.block;
  *shared = pushed.shared;
  *stream = pushed.stream;
  return hipSuccess;
}

/* ---- functions of the host ---- */

API hipError_t hipLaunchHostFunc(hipStream_t stream, hipHostFn_t function, void *data) {
  BOUND_TO(stream, cuda.LaunchHostFunc(STREAM(stream), function, data));
}

/* The errors that a callback is told of have one number in both. */
API hipError_t hipStreamAddCallback(hipStream_t stream, hipStreamCallback_t callback, void *data,
                                    unsigned int flags) {
  BOUND_TO(stream,
           cuda.StreamAddCallback(STREAM(stream), (CUstreamCallback)(void *)callback, data, flags));
}

/* ---- with the thread's own default stream ---- */

API hipError_t hipLaunchKernel_spt(const void *host_function, dim3 grid, dim3 block,
                                   void **arguments, size_t shared, hipStream_t stream) {
  return hipLaunchKernel(host_function, grid, block, arguments, shared, OR_PER_THREAD(stream));
}

API hipError_t hipLaunchCooperativeKernel_spt(const void *host_function, dim3 grid, dim3 block,
                                              void **arguments, uint32_t shared,
                                              hipStream_t stream) {
  return hipLaunchCooperativeKernel(host_function, grid, block, arguments, shared,
                                    OR_PER_THREAD(stream));
}

API hipError_t hipLaunchHostFunc_spt(hipStream_t stream, hipHostFn_t function, void *data) {
  return hipLaunchHostFunc(OR_PER_THREAD(stream), function, data);
}
