#include "gpu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAGE_BYTES 4096
#define FOR_ALL_DEVICES 3 /* CU_MEMHOSTREGISTER_PORTABLE and _DEVICEMAP */

static const char ptx[] =
    ".version 6.4\n.target sm_50\n.address_size 64\n.visible .entry empty() { ret; }\n";

CUfunction gpu_empty;
volatile cuuint32_t *gpu_words;
static CUdeviceptr words_address;
static char name[256];

void gpu_check(CUresult result, const char *call) {
  if (result == CUDA_SUCCESS)
    return;
  fprintf(stderr, "%s failed with error %d of the driver\n", call, (int)result);
  exit(1);
}

CUfunction gpu_load(const char *text, const char *kernel) {
  CUmodule module;
  CUfunction function;
  gpu_check(cuda.ModuleLoadData(&module, text), "cuModuleLoadData");
  gpu_check(cuda.ModuleGetFunction(&function, module, kernel), "cuModuleGetFunction");
  return function;
}

void gpu_open(int device) {
  cuda_bind("dlsym", false);
  CUcontext context;
  gpu_check(cuda.Init(0), "cuInit");
  gpu_check(cuda.DeviceGetName(name, sizeof name, device), "cuDeviceGetName");
  gpu_check(cuda.DevicePrimaryCtxRetain(&context, device), "cuDevicePrimaryCtxRetain");
  gpu_check(cuda.CtxSetCurrent(context), "cuCtxSetCurrent");
  gpu_empty = gpu_load(ptx, "empty");

  size_t bytes = GPU_WORDS * sizeof(cuuint32_t);
  void *words = aligned_alloc(PAGE_BYTES, bytes);
  if (!words)
    exit(1);
  memset(words, 0, bytes);
  gpu_words = words;
  gpu_check(cuda.MemHostRegister(words, bytes, FOR_ALL_DEVICES), "cuMemHostRegister");
  gpu_check(cuda.MemHostGetDevicePointer(&words_address, words, 0), "cuMemHostGetDevicePointer");
}

const char *gpu_name(void) { return name; }

CUstream gpu_stream(void) {
  CUstream stream;
  gpu_check(cuda.StreamCreate(&stream, CU_STREAM_NON_BLOCKING), "cuStreamCreate");
  return stream;
}

void gpu_launch_empty(CUstream stream) {
  gpu_check(cuda.LaunchKernel(gpu_empty, 1, 1, 1, 1, 1, 1, 0, stream, NULL, NULL),
            "cuLaunchKernel");
}

CUdeviceptr gpu_address(int word) { return words_address + (CUdeviceptr)word * sizeof(cuuint32_t); }

double now_nanos(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}
