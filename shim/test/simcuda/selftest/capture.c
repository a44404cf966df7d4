/* Capture, graphs, and what may not be done during a capture. */
#include <pthread.h>

#include "selftest.h"

static CUstream capturing_stream(unsigned flags, CUstreamCaptureMode mode) {
  CUstream stream;
  OK(cuStreamCreate(&stream, flags));
  OK(cuStreamBeginCapture_v2(stream, mode));
  return stream;
}

static CUstreamCaptureStatus status_of(CUstream stream) {
  CUstreamCaptureStatus status;
  OK(cuStreamIsCapturing(stream, &status));
  return status;
}

static void captured_work_runs_when_the_graph_is_launched(void) {
  use_device(0);
  uint32_t *counter = shared_word();
  CUstream stream = capturing_stream(CU_STREAM_NON_BLOCKING, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
  CHECK(status_of(stream) == CU_STREAM_CAPTURE_STATUS_ACTIVE);
  for (int i = 0; i < 3; i++) {
    launch_add_one(address_of(counter), stream);
  }
  CUgraph graph;
  CUgraphExec exec;
  size_t nodes;
  OK(cuStreamEndCapture(stream, &graph));
  CHECK(status_of(stream) == CU_STREAM_CAPTURE_STATUS_NONE);
  OK(cuStreamSynchronize(stream));
  CHECK(load(counter) == 0);
  OK(cuGraphGetNodes(graph, NULL, &nodes));
  CHECK(nodes == 3);
  OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
  OK(cuGraphDestroy(graph));
  OK(cuGraphLaunch(exec, stream));
  OK(cuGraphLaunch(exec, NULL));
  OK(cuGraphExecDestroy(exec)); /* what was launched still runs */
  OK(cuCtxSynchronize());
  CHECK(load(counter) == 6);
}

static void an_event_brings_another_stream_into_the_capture(void) {
  use_device(0);
  uint32_t *counter = shared_word();
  CUstream origin = capturing_stream(CU_STREAM_NON_BLOCKING, CU_STREAM_CAPTURE_MODE_GLOBAL);
  CUstream side;
  CUevent fork, join;
  OK(cuStreamCreate(&side, CU_STREAM_NON_BLOCKING));
  OK(cuEventCreate(&fork, CU_EVENT_DISABLE_TIMING));
  OK(cuEventCreate(&join, CU_EVENT_DISABLE_TIMING));
  launch_add_one(address_of(counter), origin);
  OK(cuEventRecord(fork, origin));
  EXPECT(CUDA_ERROR_CAPTURED_EVENT, cuEventQuery(fork));
  OK(cuStreamWaitEvent(side, fork, 0));
  launch_add_one(address_of(counter), side);
  CHECK(status_of(side) == CU_STREAM_CAPTURE_STATUS_ACTIVE);
  OK(cuEventRecord(join, side));
  OK(cuStreamWaitEvent(origin, join, 0));
  CUgraph graph;
  OK(cuStreamEndCapture(origin, &graph));
  CHECK(status_of(side) == CU_STREAM_CAPTURE_STATUS_NONE);
  OK(cuGraphDestroy(graph));
}

static void work_that_is_not_joined_is_an_error(void) {
  use_device(0);
  CUstream origin = capturing_stream(CU_STREAM_NON_BLOCKING, CU_STREAM_CAPTURE_MODE_GLOBAL);
  CUstream side;
  CUevent fork;
  CUgraph graph;
  OK(cuStreamCreate(&side, CU_STREAM_NON_BLOCKING));
  OK(cuEventCreate(&fork, CU_EVENT_DISABLE_TIMING));
  CUfunction empty = kernel("empty");
  OK(cuEventRecord(fork, origin));
  OK(cuStreamWaitEvent(side, fork, 0));
  launch(empty, side);
  EXPECT(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, cuStreamEndCapture(origin, &graph));
  CHECK(graph == NULL);
}

static void waiting_for_a_captured_stream_breaks_the_capture(void) {
  use_device(0);
  CUgraph graph;
  CUstream stream = capturing_stream(CU_STREAM_NON_BLOCKING, CU_STREAM_CAPTURE_MODE_RELAXED);
  EXPECT(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuStreamQuery(stream));
  CHECK(status_of(stream) == CU_STREAM_CAPTURE_STATUS_INVALIDATED);
  EXPECT(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(stream, &graph));
  OK(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
  EXPECT(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuCtxSynchronize());
  EXPECT(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(stream, &graph));
  OK(cuStreamSynchronize(stream));
}

static void the_legacy_stream_may_not_be_used_beside_a_captured_blocking_one(void) {
  use_device(0);
  CUgraph graph;
  CUfunction empty = kernel("empty");
  CUstream stream = capturing_stream(CU_STREAM_DEFAULT, CU_STREAM_CAPTURE_MODE_RELAXED);
  CUstreamCaptureStatus status;
  EXPECT(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, cuStreamIsCapturing(NULL, &status));
  CHECK(status_of(stream) == CU_STREAM_CAPTURE_STATUS_ACTIVE);
  EXPECT(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT,
         cuLaunchKernel(empty, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL));
  EXPECT(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(stream, &graph));
}

/* In a thread of its own: tries an allocation while another thread captures. */
static void *allocate(void *relaxed) {
  CUdeviceptr memory;
  CUstreamCaptureMode mode = CU_STREAM_CAPTURE_MODE_RELAXED;
  use_device(0);
  if (relaxed != NULL) {
    OK(cuThreadExchangeStreamCaptureMode(&mode));
    CHECK(mode == CU_STREAM_CAPTURE_MODE_GLOBAL);
    OK(cuMemAlloc_v2(&memory, 16));
  } else {
    EXPECT(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuMemAlloc_v2(&memory, 16));
  }
  return NULL;
}

static void a_global_capture_forbids_unsafe_calls_in_other_threads(void) {
  use_device(0);
  CUgraph graph;
  pthread_t thread;
  CUstream stream = capturing_stream(CU_STREAM_NON_BLOCKING, CU_STREAM_CAPTURE_MODE_GLOBAL);
  CHECK(pthread_create(&thread, NULL, allocate, "relaxed") == 0);
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(status_of(stream) == CU_STREAM_CAPTURE_STATUS_ACTIVE);
  CHECK(pthread_create(&thread, NULL, allocate, NULL) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
  EXPECT(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(stream, &graph));
}

static void a_graph_can_wait_between_its_kernels(void) {
  use_device(0);
  uint32_t *gate = shared_word(), *counter = shared_word();
  CUstream stream;
  CUgraph graph;
  CUgraphExec exec;
  CUgraphNode first, wait, second;
  CUdeviceptr address = address_of(counter);
  void *parameters[] = {&address};
  CUDA_KERNEL_NODE_PARAMS addOne = {.func = kernel("add_one"), .kernelParams = parameters};
  CUstreamBatchMemOpParams op = {
      .waitValue = {CU_STREAM_MEM_OP_WAIT_VALUE_32, address_of(gate), {1}, 0, 0}};
  CUDA_BATCH_MEM_OP_NODE_PARAMS batch = {.count = 1, .paramArray = &op};
  OK(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  OK(cuGraphCreate(&graph, 0));
  OK(cuGraphAddKernelNode_v2(&first, graph, NULL, 0, &addOne));
  OK(cuGraphAddBatchMemOpNode(&wait, graph, &first, 1, &batch));
  OK(cuGraphAddKernelNode_v2(&second, graph, &wait, 1, &addOne));
  OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
  OK(cuGraphLaunch(exec, stream));
  OK(cuGraphDestroy(graph));
  CUstream other;
  OK(cuStreamCreate(&other, CU_STREAM_NON_BLOCKING));
  launch(kernel("busy_1000us"), other); /* other streams get their turns meanwhile */
  OK(cuStreamSynchronize(other));
  EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(stream));
  CHECK(load(counter) <= 1);
  store(gate, 1);
  OK(cuStreamSynchronize(stream));
  CHECK(load(counter) == 2);
  OK(cuGraphExecDestroy(exec));
}

const Test captureTests[] = {
    {"captured_work_runs_when_the_graph_is_launched", NULL,
     captured_work_runs_when_the_graph_is_launched},
    {"an_event_brings_another_stream_into_the_capture", NULL,
     an_event_brings_another_stream_into_the_capture},
    {"work_that_is_not_joined_is_an_error", NULL, work_that_is_not_joined_is_an_error},
    {"waiting_for_a_captured_stream_breaks_the_capture", NULL,
     waiting_for_a_captured_stream_breaks_the_capture},
    {"the_legacy_stream_may_not_be_used_beside_a_captured_blocking_one", NULL,
     the_legacy_stream_may_not_be_used_beside_a_captured_blocking_one},
    {"a_global_capture_forbids_unsafe_calls_in_other_threads", NULL,
     a_global_capture_forbids_unsafe_calls_in_other_threads},
    {"a_graph_can_wait_between_its_kernels", NULL, a_graph_can_wait_between_its_kernels},
    {NULL, NULL, NULL}};
