/* Errors: those that programs make, and those that the environment asks for. */
#include <pthread.h>
#include <stdatomic.h>

#include "selftest.h"

static void nothing_works_before_init(void) {
  int count;
  CUcontext context;
  EXPECT(CUDA_ERROR_NOT_INITIALIZED, cuDeviceGetCount(&count));
  EXPECT(CUDA_ERROR_NOT_INITIALIZED, cuDevicePrimaryCtxRetain(&context, 0));
  OK(cuDriverGetVersion(&count));
}

static void without_devices_init_fails(void) { EXPECT(CUDA_ERROR_NO_DEVICE, cuInit(0)); }

static void a_faulting_kernel_fails_its_context_for_good(void) {
  OK(cuInit(0));
  CUcontext healthy, faulty;
  CUstream stream;
  OK(cuCtxCreate_v2(&healthy, 0, 0));
  OK(cuCtxCreate_v2(&faulty, 0, 0));
  OK(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  uint32_t *counter = shared_word();
  CUfunction empty = kernel("empty");
  CUdeviceptr address = address_of(counter);
  void *parameters[] = {&address};
  CUfunction addOne = kernel("add_one");
  launch(kernel("fault"), stream);
  /* May be refused already: the fault is asynchronous. */
  cuLaunchKernel(addOne, 1, 1, 1, 1, 1, 1, 0, stream, parameters, NULL);
  EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuStreamSynchronize(stream));
  EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuCtxSynchronize());
  EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuLaunchKernel(empty, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL));
  CHECK(load(counter) == 0);
  OK(cuCtxSetCurrent(healthy));
  launch(kernel("empty"), NULL);
  OK(cuCtxSynchronize());
}

static void the_nth_call_fails_on_demand(void) {
  use_device(0);
  CUdeviceptr memory;
  OK(cuMemAlloc_v2(&memory, 8));
  OK(cuMemFree_v2(memory));
  EXPECT(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc_v2(&memory, 8));
  OK(cuMemAlloc_v2(&memory, 8));
  OK(cuMemFree_v2(memory));
  EXPECT(CUDA_ERROR_UNKNOWN, cuStreamSynchronize(NULL));
}

static void the_device_is_lost_on_demand(void) {
  use_device(0);
  CUfunction empty = kernel("empty");
  launch(empty, NULL);
  launch(empty, NULL);
  EXPECT(CUDA_ERROR_DEVICE_UNAVAILABLE,
         cuLaunchKernel(empty, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL));
  EXPECT(CUDA_ERROR_DEVICE_UNAVAILABLE, cuCtxSynchronize());
  CUcontext context;
  EXPECT(CUDA_ERROR_DEVICE_UNAVAILABLE, cuCtxCreate_v2(&context, 0, 0));
}

static void without_memory_operations_the_device_says_so(void) {
  use_device(0);
  int can;
  uint32_t *word = shared_word();
  OK(cuDeviceGetAttribute(&can, CU_DEVICE_ATTRIBUTE_CAN_USE_STREAM_MEM_OPS_V1, 0));
  CHECK(can == 0);
  EXPECT(CUDA_ERROR_NOT_SUPPORTED, cuStreamWaitValue32_v2(NULL, address_of(word), 0, 0));
}

/* Of a thread that finds the queue full. */
typedef struct {
  CUfunction function;
  CUstream stream;
  uint32_t *gate;
  CUresult result;
  _Atomic bool returned;
} Launch;

static void *launch_late(void *argument) {
  Launch *late = argument;
  late->result = cuLaunchKernel(late->function, 1, 1, 1, 1, 1, 1, 0, late->stream, NULL, NULL);
  atomic_store(&late->returned, true);
  return NULL;
}

/* A stream that stands at a closed gate, its queue of three filled, and somebody who launches. */
static pthread_t fill(Launch *late) {
  *late = (Launch){.function = kernel("empty"), .gate = shared_word()};
  OK(cuStreamCreate(&late->stream, CU_STREAM_NON_BLOCKING));
  OK(cuStreamWaitValue32_v2(late->stream, address_of(late->gate), 1, 0));
  launch(late->function, late->stream);
  launch(late->function, late->stream);
  EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(late->stream));
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, launch_late, late) == 0);
  usleep(20000); /* time to return too early */
  CHECK(!atomic_load(&late->returned));
  return thread;
}

static void a_full_queue_has_its_caller_wait(void) {
  use_device(0);
  Launch late;
  pthread_t thread = fill(&late);
  store(late.gate, 1);
  CHECK(pthread_join(thread, NULL) == 0);
  OK(late.result);
  OK(cuStreamSynchronize(late.stream));
}

static void a_full_queue_ends_with_its_context(void) {
  OK(cuInit(0));
  CUcontext context;
  OK(cuCtxCreate_v2(&context, 0, 0));
  Launch late;
  pthread_t thread = fill(&late);
  OK(cuCtxDestroy_v2(context));
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(late.result != CUDA_SUCCESS);
}

static void devices_have_engines_of_their_own(void) {
  use_device(0);
  int count;
  uint32_t *gate = shared_word();
  OK(cuDeviceGetCount(&count));
  CHECK(count == 2);
  launch(kernel("busy_20000us"), NULL);
  OK(cuStreamWaitValue32_v2(NULL, address_of(gate), 1, 0));
  use_device(1);
  launch(kernel("busy_1000us"), NULL);
  OK(cuCtxSynchronize());
  CUcontext third;
  EXPECT(CUDA_ERROR_INVALID_DEVICE, cuDevicePrimaryCtxRetain(&third, 2));
  store(gate, 1);
  OK(cuDevicePrimaryCtxRelease_v2(0));
}

static void only_a_copy_between_peers_reaches_another_device(void) {
  CUdeviceptr here, there;
  CUcontext first, second;
  int back = 0;
  use_device(0);
  OK(cuCtxGetCurrent(&first));
  OK(cuMemAlloc_v2(&here, sizeof back));
  OK(cuMemsetD32_v2(here, 7, 1));
  OK(cuCtxSynchronize());
  use_device(1);
  OK(cuCtxGetCurrent(&second));
  OK(cuMemAlloc_v2(&there, sizeof back));
  EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemcpyAsync(there, here, sizeof back, NULL));
  EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemcpyDtoD_v2(there, here, sizeof back));
  OK(cuMemcpyPeer(there, second, here, first, sizeof back));
  OK(cuMemcpyDtoH_v2(&back, there, sizeof back));
  CHECK(back == 7);
}

static void kernels_that_do_not_exist_are_not_found(void) {
  use_device(0);
  CUmodule module;
  CUfunction function;
  OK(cuModuleLoadData(&module, ""));
  EXPECT(CUDA_ERROR_NOT_FOUND, cuModuleGetFunction(&function, module, "sleepy"));
  EXPECT(CUDA_ERROR_NOT_FOUND, cuModuleGetFunction(&function, module, "busy_10usec"));
  OK(cuModuleUnload(module));
  EXPECT(CUDA_ERROR_INVALID_HANDLE, cuModuleGetFunction(&function, module, "empty"));
}

static void memory_runs_out(void) {
  use_device(0);
  size_t before, between, total;
  CUdeviceptr memory, none;
  OK(cuMemGetInfo_v2(&before, &total));
  CHECK(before == total);
  OK(cuMemAlloc_v2(&memory, 1 << 20));
  OK(cuMemGetInfo_v2(&between, &total));
  CHECK(before - between == 1 << 20);
  EXPECT(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc_v2(&none, total));
  OK(cuMemFree_v2(memory));
  OK(cuMemGetInfo_v2(&between, &total));
  CHECK(before == between);
}

static void kernels_say_what_they_take(void) {
  use_device(0);
  size_t offset, bytes;
  OK(cuFuncGetParamInfo(kernel("add_one"), 0, &offset, &bytes));
  CHECK(offset == 0 && bytes == 8);
  EXPECT(CUDA_ERROR_INVALID_VALUE, cuFuncGetParamInfo(kernel("add_one"), 1, &offset, &bytes));
  EXPECT(CUDA_ERROR_INVALID_VALUE, cuFuncGetParamInfo(kernel("empty"), 0, &offset, &bytes));
}

const Test faultTests[] = {
    {"nothing_works_before_init", NULL, nothing_works_before_init},
    {"without_devices_init_fails", "SIMCUDA_DEVICES=0", without_devices_init_fails},
    {"a_faulting_kernel_fails_its_context_for_good", NULL,
     a_faulting_kernel_fails_its_context_for_good},
    {"the_nth_call_fails_on_demand", "SIMCUDA_FAIL=cuMemAlloc:2:2,cuStreamSynchronize:0",
     the_nth_call_fails_on_demand},
    {"the_device_is_lost_on_demand", "SIMCUDA_LOST_AFTER=3", the_device_is_lost_on_demand},
    {"without_memory_operations_the_device_says_so", "SIMCUDA_NO_MEMOPS=1",
     without_memory_operations_the_device_says_so},
    {"a_full_queue_has_its_caller_wait", "SIMCUDA_QUEUE_DEPTH=3", a_full_queue_has_its_caller_wait},
    {"a_full_queue_ends_with_its_context", "SIMCUDA_QUEUE_DEPTH=3",
     a_full_queue_ends_with_its_context},
    {"devices_have_engines_of_their_own", "SIMCUDA_DEVICES=2", devices_have_engines_of_their_own},
    {"only_a_copy_between_peers_reaches_another_device", "SIMCUDA_DEVICES=2",
     only_a_copy_between_peers_reaches_another_device},
    {"kernels_that_do_not_exist_are_not_found", NULL, kernels_that_do_not_exist_are_not_found},
    {"memory_runs_out", NULL, memory_runs_out},
    {"kernels_say_what_they_take", NULL, kernels_say_what_they_take},
    {NULL, NULL, NULL}};
