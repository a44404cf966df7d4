/*
 * Does every kind of command of HIP's that the bridge has and prints what came of it, a line each:
 * to be run with the shim and without, which must make no difference. It is linked to the library
 * as a compiler for HIP links: its kernels are registered, and its references have versions.
 *
 *   hip [THREADS]     THREADS: per-thread, for default streams of the thread's own
 *
 * Then it says "end" and waits for the end of its input. Status 77: there is no device.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../hipbridge/hip.h"
#include "kernels.h"

static void require(const char *what, hipError_t status) {
  if (status == hipSuccess)
    return;
  printf("%s: %d\n", what, (int)status);
  exit(1);
}
#define REQUIRE(call) require(#call, call)

/* What a compiler makes of a kernel: an image, and a function of the host that stands for it. */
static const hipFatBinary fat_binary = {HIP_FAT_BINARY_MAGIC, 1, kernels, NULL};
static void add_one(void) {}
static void not_registered(void) {}

static void register_kernels(void) {
  static char name[] = "add_one";
  void **modules = __hipRegisterFatBinary(&fat_binary);
  __hipRegisterFunction(modules, (const void *)add_one, name, name, 0, NULL, NULL, NULL, NULL,
                        NULL);
}

static const dim3 one = {1, 1, 1};
static uint32_t *memory;
static hipStream_t stream;
static bool per_thread;

/* What the device's memory has by now; a copy that waits, and nothing else in the default stream.
 */
static void print(const char *what) {
  uint32_t value = 0;
  REQUIRE(per_thread ? hipMemcpy_spt(&value, memory, sizeof value, hipMemcpyDeviceToHost)
                     : hipMemcpy(&value, memory, sizeof value, hipMemcpyDeviceToHost));
  printf("%s %u\n", what, value);
}

static void launch_what_was_compiled(void) {
  void *arguments[] = {&memory};
  const void *kernel = (const void *)add_one;
  if (per_thread) {
    REQUIRE(hipLaunchKernel_spt(kernel, one, one, arguments, 0, NULL));
    REQUIRE(hipLaunchCooperativeKernel_spt(kernel, one, one, arguments, 0, NULL));
    print("per thread");
    return;
  }
  REQUIRE(hipLaunchKernel(kernel, one, one, arguments, 0, NULL));
  REQUIRE(hipExtLaunchKernel(kernel, one, one, arguments, 0, NULL, NULL, NULL, 0));
  REQUIRE(hipLaunchCooperativeKernel(kernel, one, one, arguments, 0, NULL));
  hipLaunchConfig_t config = {.gridDim = one, .blockDim = one};
  REQUIRE(hipLaunchKernelExC(&config, kernel, arguments));
  printf("without a configuration: %d\n", (int)hipLaunchKernelExC(NULL, kernel, arguments));
  (void)hipGetLastError();
  print("compiled");
  dim3 grid, block;
  size_t shared;
  hipStream_t pushed;
  REQUIRE(__hipPushCallConfiguration(one, one, 0, stream));
  REQUIRE(__hipPopCallConfiguration(&grid, &block, &shared, &pushed));
  REQUIRE(hipLaunchKernel(kernel, grid, block, arguments, shared, pushed));
  REQUIRE(hipStreamSynchronize(stream));
  print("compiled, in a stream");
}

#define CXX_EXT_MODULE_LAUNCH                                                                      \
  "_Z24hipExtModuleLaunchKernelP18ihipModuleSymbol_tjjjjjjmP12ihipStream_tPPvS4_P11ihipEvent_tS6_" \
  "j"
hipError_t cxx_ext_module_launch(HIP_EXT_MODULE_LAUNCH_PARAMETERS) __asm__(CXX_EXT_MODULE_LAUNCH);

static void launch_of_a_module(hipFunction_t kernel) {
  void *arguments[] = {&memory};
  size_t bytes = sizeof memory;
  void *extra[] = {HIP_LAUNCH_PARAM_BUFFER_POINTER, &memory, HIP_LAUNCH_PARAM_BUFFER_SIZE, &bytes,
                   HIP_LAUNCH_PARAM_END};
  hipEvent_t start, stop;
  float millis;
  REQUIRE(hipEventCreate(&start));
  REQUIRE(hipEventCreateWithFlags(&stop, hipEventDefault));
  REQUIRE(hipModuleLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, stream, arguments, NULL));
  REQUIRE(hipModuleLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, stream, NULL, extra));
  REQUIRE(hipModuleLaunchCooperativeKernel(kernel, 1, 1, 1, 1, 1, 1, 0, stream, arguments));
  REQUIRE(hipExtModuleLaunchKernel(kernel, 64, 1, 1, 64, 1, 1, 0, stream, arguments, NULL, start,
                                   stop, 0));
  REQUIRE(
      cxx_ext_module_launch(kernel, 64, 1, 1, 64, 1, 1, 0, stream, arguments, NULL, NULL, NULL, 0));
  REQUIRE(hipEventSynchronize(stop));
  REQUIRE(hipEventElapsedTime(&millis, start, stop));
  REQUIRE(hipStreamSynchronize(stream));
  print("of a module");
  REQUIRE(hipEventDestroy(start));
  REQUIRE(hipEventDestroy(stop));
}

static void copy_and_set(void) {
  uint32_t value = 40, read = 0, *other;
  REQUIRE(hipMalloc((void **)&other, sizeof *other));
  REQUIRE(hipMemcpyHtoD(memory, &value, sizeof value));
  REQUIRE(hipMemcpyDtoD(other, memory, sizeof value));
  REQUIRE(hipMemcpyDtoH(&read, other, sizeof read));
  printf("copies %u\n", read);
  value = 41;
  REQUIRE(hipMemcpyHtoDAsync(memory, &value, sizeof value, stream));
  REQUIRE(hipMemcpyDtoDAsync(other, memory, sizeof value, stream));
  REQUIRE(hipMemcpyDtoHAsync(&read, other, sizeof read, stream));
  REQUIRE(hipStreamSynchronize(stream));
  printf("copies in a stream %u\n", read);
  REQUIRE(hipMemsetD32(memory, 42, 1));
  REQUIRE(hipMemcpyPeer(other, 0, memory, 0, sizeof value));
  REQUIRE(hipDeviceSynchronize()); /* the stream is apart from the default one */
  REQUIRE(hipMemcpyWithStream(&read, other, sizeof read, hipMemcpyDeviceToHost, stream));
  printf("between devices %u\n", read);
  REQUIRE(hipMemsetD32Async(memory, 43, 1, stream));
  REQUIRE(hipMemcpyPeerAsync(other, 0, memory, 0, sizeof value, stream));
  REQUIRE(hipMemcpyAsync(&read, other, sizeof read, hipMemcpyDeviceToHost, stream));
  REQUIRE(hipDeviceSynchronize());
  printf("between devices, in a stream %u\n", read);
  REQUIRE(hipMemset(memory, 1, sizeof *memory));
  REQUIRE(hipMemsetD8(memory, 2, 3));
  REQUIRE(hipMemsetD16(memory, 3, 1));
  print("sets");
  REQUIRE(hipMemsetAsync(memory, 1, sizeof *memory, stream));
  REQUIRE(hipMemsetD8Async(memory, 2, 3, stream));
  REQUIRE(hipMemsetD16Async(memory, 3, 1, stream));
  REQUIRE(hipStreamSynchronize(stream));
  print("sets in a stream");
  REQUIRE(hipFree(other));
}

static void count(void *counter) { ++*(int *)counter; }
static void count_too(hipStream_t of, hipError_t status, void *counter) {
  (void)of;
  *(int *)counter += status == hipSuccess;
}

static void capture_and_call_back(hipFunction_t kernel) {
  void *arguments[] = {&memory};
  hipGraph_t graph;
  hipGraphExec_t executable;
  size_t nodes = 0;
  int counter = 0;
  REQUIRE(hipMemsetAsync(memory, 0, sizeof *memory, stream));
  REQUIRE(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  for (int i = 0; i < 3; i++)
    REQUIRE(hipModuleLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, stream, arguments, NULL));
  printf("a captured stream cannot be awaited: %d\n", (int)hipStreamQuery(stream));
  hipStreamEndCapture(stream, &graph); /* it was broken by that */
  REQUIRE(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  for (int i = 0; i < 3; i++)
    REQUIRE(hipModuleLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, stream, arguments, NULL));
  REQUIRE(hipStreamEndCapture(stream, &graph));
  REQUIRE(hipGraphGetNodes(graph, NULL, &nodes));
  REQUIRE(hipGraphInstantiate(&executable, graph, NULL, NULL, 0));
  REQUIRE(hipGraphLaunch(executable, stream));
  REQUIRE(hipGraphLaunch(executable, stream));
  REQUIRE(hipLaunchHostFunc(stream, count, &counter));
  REQUIRE(hipStreamAddCallback(stream, count_too, &counter, 0));
  hipError_t status;
  while ((status = hipStreamQuery(stream)) == hipErrorNotReady) {
  }
  REQUIRE(status);
  printf("%zu nodes, %d functions\n", nodes, counter);
  print("graph");
  REQUIRE(hipGraphExecDestroy(executable));
  REQUIRE(hipGraphDestroy(graph));
}

/* One stream is still busy when the program knows that the other is not. */
static void look_at_last_errors(hipModule_t module) {
  hipFunction_t busy;
  REQUIRE(hipModuleGetFunction(&busy, module, "busy_2000us"));
  hipLaunchKernel((const void *)not_registered, one, one, NULL, 0, NULL);
  printf("the last error is the program's: %d", (int)hipGetLastError());
  printf(", %d\n", (int)hipGetLastError());
  for (int i = 0; i < 10; i++)
    REQUIRE(hipModuleLaunchKernel(busy, 1, 1, 1, 1, 1, 1, 0, stream, NULL, NULL));
  REQUIRE(hipMemset(memory, 0, sizeof *memory));
  REQUIRE(hipStreamSynchronize(NULL));
  printf("there is none: %d\n", (int)hipGetLastError());
  REQUIRE(hipStreamSynchronize(stream));
}

int main(int arguments, char **words) {
  per_thread = arguments == 2 && !strcmp(words[1], "per-thread");
  int devices = 0;
  hipError_t found = hipGetDeviceCount(&devices);
  if (found != hipSuccess) {
    printf("%s\n", hipGetErrorName(found));
    return 77;
  }
  register_kernels();
  REQUIRE(hipMalloc((void **)&memory, sizeof *memory));
  if (per_thread) {
    REQUIRE(hipMemset_spt(memory, 0, sizeof *memory));
    launch_what_was_compiled();
  } else {
    hipModule_t module;
    hipFunction_t kernel;
    REQUIRE(hipMemset(memory, 0, sizeof *memory));
    REQUIRE(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
    REQUIRE(hipModuleLoadData(&module, kernels));
    REQUIRE(hipModuleGetFunction(&kernel, module, "add_one"));
    launch_what_was_compiled();
    launch_of_a_module(kernel);
    copy_and_set();
    capture_and_call_back(kernel);
    look_at_last_errors(module);
    REQUIRE(hipStreamDestroy(stream));
    REQUIRE(hipDeviceReset());
  }
  puts("end");
  fflush(stdout);
  while (getchar() != EOF) { /* For as long as somebody wants to look at it. */
  }
  return 0;
}
