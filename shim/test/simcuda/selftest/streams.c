/* Order within and between streams, events, waits on values, copies, symbols by name. */
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "selftest.h"

static CUstream stream_with(unsigned flags) {
  CUstream stream;
  OK(cuStreamCreate(&stream, flags));
  return stream;
}

/* Host function: copies the second word of a pair to the first. */
static void copy_word(void *pair) {
  uint32_t **words = pair;
  *words[0] = load(words[1]);
}

/* ---- order ---- */

static void a_kernel_awaits_a_word(void) {
  use_device(0);
  CUstream stream = stream_with(CU_STREAM_NON_BLOCKING);
  uint32_t *go = shared_word(), *count = shared_word();
  CUdeviceptr address = address_of(go);
  void *parameters[] = {&address};
  OK(cuLaunchKernel(kernel("await_word"), 1, 1, 1, 1, 1, 1, 0, stream, parameters, NULL));
  launch_add_one(address_of(count), stream);
  while (load(go + 1) == 0) {
  }
  EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(stream));
  CHECK(load(count) == 0);
  store(go, 1);
  OK(cuStreamSynchronize(stream));
  CHECK(load(count) == 1);
}

static void work_of_a_stream_runs_in_order(void) {
  use_device(0);
  CUstream stream = stream_with(CU_STREAM_NON_BLOCKING);
  CUfunction busy = kernel("busy_200us");
  for (int i = 0; i < 20; i++) {
    launch(busy, stream);
    launch(kernel("empty"), stream);
  }
  OK(cuStreamSynchronize(stream));
  Traced lines[64];
  int count = read_trace(lines, 64);
  CHECK(count == 40);
  for (int i = 0; i < count; i++) {
    CHECK(strcmp(lines[i].work, i % 2 == 0 ? "busy_200us" : "empty") == 0);
    CHECK(lines[i].tid == gettid());
    CHECK(lines[i].end - lines[i].start >= (i % 2 == 0 ? 200000 : 0));
    CHECK(i == 0 || lines[i].start >= lines[i - 1].end);
  }
}

static void the_engine_runs_one_kernel_at_a_time(void) {
  use_device(0);
  CUfunction busy = kernel("busy_300us");
  for (int i = 0; i < 8; i++) {
    launch(busy, stream_with(CU_STREAM_NON_BLOCKING));
  }
  OK(cuCtxSynchronize());
  Traced lines[8];
  CHECK(read_trace(lines, 8) == 8);
  for (int i = 0; i < 8; i++) {
    for (int j = 0; j < i; j++) {
      CHECK(lines[i].start >= lines[j].end || lines[j].start >= lines[i].end);
    }
  }
}

static void host_functions_see_what_ran_before(void) {
  use_device(0);
  CUstream stream = stream_with(0);
  uint32_t *counter = shared_word();
  uint32_t seen[2] = {9, 9};
  uint32_t *pairs[2][2] = {{&seen[0], counter}, {&seen[1], counter}};
  for (int i = 0; i < 2; i++) {
    launch_add_one(address_of(counter), stream);
    OK(cuLaunchHostFunc(stream, copy_word, pairs[i]));
  }
  OK(cuStreamSynchronize(stream));
  CHECK(seen[0] == 1 && seen[1] == 2);
}

/* A stream that waits for the word to become 1, and a kernel behind the wait. */
static CUstream held_stream(unsigned flags, uint32_t *gate, uint32_t *counter) {
  CUstream stream = stream_with(flags);
  OK(cuStreamWaitValue32_v2(stream, address_of(gate), 1, CU_STREAM_WAIT_VALUE_GEQ));
  launch_add_one(address_of(counter), stream);
  return stream;
}

static void the_legacy_stream_and_blocking_streams_wait_for_each_other(void) {
  use_device(0);
  uint32_t *gate = shared_word(), *counter = shared_word(), *after = shared_word();
  CUstream blocking = held_stream(CU_STREAM_DEFAULT, gate, counter);
  CUstream later = stream_with(CU_STREAM_DEFAULT);
  CUstream apart = stream_with(CU_STREAM_NON_BLOCKING);
  launch_add_one(address_of(after), NULL);
  launch_add_one(address_of(after), later);
  launch(kernel("empty"), apart);
  OK(cuStreamSynchronize(apart));
  EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(NULL));
  EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(CU_STREAM_LEGACY));
  EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(blocking));
  EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(later));
  CHECK(load(after) == 0);
  store(gate, 1);
  OK(cuStreamSynchronize(later));
  CHECK(load(counter) == 1 && load(after) == 2);
  OK(cuStreamQuery(NULL));
}

static void a_non_blocking_stream_is_apart_from_the_legacy_stream(void) {
  use_device(0);
  uint32_t *gate = shared_word(), *counter = shared_word();
  CUstream apart = held_stream(CU_STREAM_NON_BLOCKING, gate, counter);
  launch(kernel("empty"), NULL);
  OK(cuStreamSynchronize(NULL));
  EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(apart));
  store(gate, 1);
  OK(cuCtxSynchronize());
  OK(cuStreamQuery(apart));
}

static void *own_default_stream(void *context) {
  unsigned long long *id = malloc(sizeof *id);
  OK(cuCtxSetCurrent(context));
  OK(cuLaunchKernel_ptsz(kernel("empty"), 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL));
  OK(cuStreamSynchronize_ptsz(NULL));
  OK(cuStreamGetId_ptsz(NULL, id));
  return id;
}

static void every_thread_has_its_default_stream(void) {
  CUcontext context = use_device(0);
  pthread_t thread;
  void *other;
  unsigned long long own, handle, legacy;
  CHECK(pthread_create(&thread, NULL, own_default_stream, context) == 0);
  CHECK(pthread_join(thread, &other) == 0);
  OK(cuStreamGetId_ptsz(NULL, &own));
  OK(cuStreamGetId(CU_STREAM_PER_THREAD, &handle));
  OK(cuStreamGetId(NULL, &legacy));
  CHECK(own == handle && own != legacy && own != *(unsigned long long *)other);
  free(other);
}

/* ---- events ---- */

static void events_mark_places(void) {
  use_device(0);
  uint32_t *gate = shared_word(), *counter = shared_word();
  CUevent before, after;
  float millis;
  OK(cuEventCreate(&before, CU_EVENT_DEFAULT));
  OK(cuEventCreate(&after, CU_EVENT_DEFAULT));
  OK(cuEventQuery(before)); /* never recorded: nothing to wait for */
  EXPECT(CUDA_ERROR_INVALID_HANDLE, cuEventElapsedTime(&millis, before, after));
  CUstream stream = stream_with(CU_STREAM_NON_BLOCKING);
  OK(cuEventRecord(before, stream));
  launch(kernel("busy_3000us"), stream);
  OK(cuStreamWaitValue32_v2(stream, address_of(gate), 1, CU_STREAM_WAIT_VALUE_EQ));
  OK(cuEventRecord(after, stream));
  EXPECT(CUDA_ERROR_NOT_READY, cuEventQuery(after));
  EXPECT(CUDA_ERROR_NOT_READY, cuEventElapsedTime(&millis, before, after));
  CUstream other = stream_with(CU_STREAM_NON_BLOCKING);
  OK(cuStreamWaitEvent(other, after, 0));
  launch_add_one(address_of(counter), other);
  OK(cuEventSynchronize(before));
  EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(other));
  store(gate, 1);
  OK(cuStreamSynchronize(other));
  OK(cuEventQuery(after));
  OK(cuEventElapsedTime(&millis, before, after));
  CHECK(millis >= 3 && load(counter) == 1);
  OK(cuEventDestroy_v2(after));
  EXPECT(CUDA_ERROR_INVALID_HANDLE, cuEventQuery(after));
}

static void a_wait_is_for_the_record_before_it(void) {
  use_device(0);
  uint32_t *gate = shared_word(), *counter = shared_word();
  CUevent event;
  OK(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
  CUstream first = stream_with(CU_STREAM_NON_BLOCKING);
  CUstream waiting = stream_with(CU_STREAM_NON_BLOCKING);
  OK(cuEventRecord(event, first));
  OK(cuStreamWaitEvent(waiting, event, 0));
  CUstream held = held_stream(CU_STREAM_NON_BLOCKING, gate, counter);
  OK(cuEventRecord(event, held)); /* moves the event, not the wait */
  OK(cuStreamSynchronize(waiting));
  EXPECT(CUDA_ERROR_NOT_READY, cuEventQuery(event));
  store(gate, 1);
  OK(cuEventSynchronize(event));
}

/* ---- waits on values ---- */

typedef struct {
  uint32_t before, value, flags, opens;
} Condition;

static void a_wait_ends_when_its_condition_holds(void) {
  static const Condition conditions[] = {
      {6, 7, CU_STREAM_WAIT_VALUE_GEQ, 8},
      {0xfffffff0, 5, CU_STREAM_WAIT_VALUE_GEQ, 5}, /* cyclic: 0xfffffff0 is before 5 */
      {8, 7, CU_STREAM_WAIT_VALUE_EQ, 7},
      {2, 5, CU_STREAM_WAIT_VALUE_AND, 4},
      {0xffff0000, 0x0000ffff, CU_STREAM_WAIT_VALUE_NOR, 0xff000000},
  };
  use_device(0);
  CUstream stream = stream_with(CU_STREAM_NON_BLOCKING);
  CUstream other = stream_with(CU_STREAM_NON_BLOCKING);
  uint32_t *word = shared_word();
  for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
    const Condition *condition = &conditions[i];
    store(word, condition->before);
    OK(cuStreamWaitValue32_v2(stream, address_of(word), condition->value, condition->flags));
    launch(kernel("busy_1000us"), other); /* the wait holds no engine, */
    OK(cuStreamSynchronize(other));
    EXPECT(CUDA_ERROR_NOT_READY, cuStreamQuery(stream)); /* and has been looking for a while */
    store(word, condition->opens);
    OK(cuStreamSynchronize(stream));
  }
}

static void a_batch_writes_and_waits_in_order(void) {
  use_device(0);
  CUstream stream = stream_with(CU_STREAM_NON_BLOCKING);
  uint32_t *mark = shared_word(), *gate = shared_word(), *end = shared_word();
  CUstreamBatchMemOpParams ops[3] = {
      {.writeValue = {CU_STREAM_MEM_OP_WRITE_VALUE_32, address_of(mark), {41}, 0, 0}},
      {.waitValue = {CU_STREAM_MEM_OP_WAIT_VALUE_32, address_of(gate), {1}, 0, 0}},
      {.writeValue = {CU_STREAM_MEM_OP_WRITE_VALUE_32, address_of(end), {43}, 0, 0}}};
  OK(cuStreamBatchMemOp_v2(stream, 3, ops, 0));
  memset(ops, 0, sizeof ops); /* the driver has its own copy */
  while (load(mark) != 41) {
    usleep(100);
  }
  CHECK(load(end) == 0);
  store(gate, 1);
  OK(cuStreamSynchronize(stream));
  CHECK(load(end) == 43);
}

static void a_wait_needs_memory_that_the_device_reaches(void) {
  use_device(0);
  uint32_t *pageable = malloc(sizeof *pageable);
  CUdeviceptr address = (CUdeviceptr)(uintptr_t)pageable;
  *pageable = 1;
  EXPECT(CUDA_ERROR_INVALID_VALUE, cuStreamWaitValue32_v2(NULL, address, 1, 0));
  OK(cuMemHostRegister_v2(pageable, sizeof *pageable, 0));
  OK(cuStreamWaitValue32_v2(NULL, address, 1, 0));
  OK(cuCtxSynchronize());
  OK(cuMemHostUnregister(pageable));
  free(pageable);
}

static void destroying_the_context_ends_what_is_held(void) {
  OK(cuInit(0));
  CUcontext context;
  OK(cuCtxCreate_v2(&context, 0, 0));
  uint32_t *gate = shared_word(), *counter = shared_word();
  CUstream stream = held_stream(CU_STREAM_NON_BLOCKING, gate, counter);
  OK(cuCtxDestroy_v2(context));
  CHECK(load(counter) == 0);
  EXPECT(CUDA_ERROR_INVALID_HANDLE, cuStreamQuery(stream));
  EXPECT(CUDA_ERROR_INVALID_CONTEXT, cuCtxSynchronize());
}

/* ---- memory ---- */

static void copies_and_fills_arrive(void) {
  use_device(0);
  CUstream stream = stream_with(CU_STREAM_NON_BLOCKING);
  CUdeviceptr device, second;
  char text[8] = "first", back[8] = "";
  OK(cuMemAlloc_v2(&device, 8));
  OK(cuMemAlloc_v2(&second, 8));
  OK(cuMemcpyHtoD_v2(device, text, 8));
  OK(cuMemcpyDtoDAsync_v2(second, device, 8, stream));
  OK(cuMemcpyDtoHAsync_v2(back, second, 8, stream)); /* pageable: waits */
  CHECK(strcmp(back, "first") == 0);
  uint32_t *gate = shared_word();
  OK(cuStreamWaitValue32_v2(stream, address_of(gate), 1, 0));
  OK(cuMemcpyHtoDAsync_v2(device, text, 8, stream));
  strcpy(text, "later"); /* pageable: the driver took the bytes */
  store(gate, 1);
  OK(cuStreamSynchronize(stream));
  OK(cuMemcpyDtoH_v2(back, device, 8));
  CHECK(strcmp(back, "first") == 0);
  OK(cuMemsetD8_v2(device, 'x', 3));
  OK(cuMemsetD16Async(device + 4, 0x7979, 1, NULL));
  OK(cuMemcpyDtoH_v2(back, device, 8));
  CHECK(memcmp(back, "xxxsyy", 6) == 0);
  OK(cuMemFree_v2(device));
  EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemFree_v2(device));
  OK(cuMemFreeAsync(second, stream));
  OK(cuCtxSynchronize());
}

static void rectangles_are_copied(void) {
  use_device(0);
  char from[4][5] = {"abcd", "efgh", "ijkl", "mnop"};
  char to[3][2];
  CUDA_MEMCPY2D copy = {.srcXInBytes = 1,
                        .srcY = 1,
                        .srcMemoryType = CU_MEMORYTYPE_HOST,
                        .srcHost = from,
                        .srcPitch = 5,
                        .dstMemoryType = CU_MEMORYTYPE_HOST,
                        .dstHost = to,
                        .dstPitch = 2,
                        .WidthInBytes = 2,
                        .Height = 3};
  OK(cuMemcpy2D_v2(&copy));
  CHECK(memcmp(to, "fgjkno", 6) == 0);
}

/* ---- symbols ---- */

static void *symbol(const char *name, int version, uint64_t flags) {
  void *found;
  CUdriverProcAddressQueryResult status;
  CUresult result = cuGetProcAddress_v2(name, &found, version, flags, &status);
  CHECK((result == CUDA_SUCCESS) == (status == CU_GET_PROC_ADDRESS_SUCCESS));
  return found;
}

static void a_name_means_the_variant_of_version_and_flags(void) {
  CHECK(symbol("cuMemAlloc", 12000, 0) == (void *)cuMemAlloc_v2);
  CHECK(symbol("cuStreamQuery", 12000, 0) == (void *)cuStreamQuery);
  CHECK(symbol("cuStreamQuery", 12000, 2) == (void *)cuStreamQuery_ptsz);
  CHECK(symbol("cuMemcpyHtoD", 12000, 2) == (void *)cuMemcpyHtoD_v2_ptds);
  CHECK(symbol("cuStreamGetCaptureInfo", 11040, 0) == (void *)cuStreamGetCaptureInfo_v2);
  CHECK(symbol("cuStreamGetCaptureInfo", 12030, 0) == (void *)cuStreamGetCaptureInfo_v3);
  CHECK(symbol("cuLaunchKernelEx", 11040, 0) == NULL);
  CHECK(symbol("cuNothing", 12000, 0) == NULL);
}

static void an_old_driver_lacks_what_is_newer(void) {
  int version;
  OK(cuDriverGetVersion(&version));
  CHECK(version == 11080);
  CHECK(symbol("cuLaunchKernelEx", 12000, 0) == (void *)cuLaunchKernelEx);
  CHECK(symbol("cuCtxGetId", 12000, 0) == NULL);
  CHECK(symbol("cuGetProcAddress", 12000, 0) == (void *)cuGetProcAddress);
}

static void a_function_may_have_an_address_of_its_own(void) {
  CUresult (*query)(CUstream) = (CUresult(*)(CUstream))symbol("cuStreamQuery", 12000, 0);
  CHECK(query != cuStreamQuery);
  CHECK(symbol("cuStreamQuery", 12000, 2) != (void *)query);
  CHECK(symbol("cuStreamQuery", 12000, 0) == (void *)query);
  use_device(0);
  EXPECT(cuStreamQuery(NULL), query(NULL));
}

const Test streamTests[] = {
    {"a_kernel_awaits_a_word", NULL, a_kernel_awaits_a_word},
    {"work_of_a_stream_runs_in_order", NULL, work_of_a_stream_runs_in_order},
    {"the_engine_runs_one_kernel_at_a_time", NULL, the_engine_runs_one_kernel_at_a_time},
    {"host_functions_see_what_ran_before", NULL, host_functions_see_what_ran_before},
    {"the_legacy_stream_and_blocking_streams_wait_for_each_other", NULL,
     the_legacy_stream_and_blocking_streams_wait_for_each_other},
    {"a_non_blocking_stream_is_apart_from_the_legacy_stream", NULL,
     a_non_blocking_stream_is_apart_from_the_legacy_stream},
    {"every_thread_has_its_default_stream", NULL, every_thread_has_its_default_stream},
    {"events_mark_places", NULL, events_mark_places},
    {"a_wait_is_for_the_record_before_it", NULL, a_wait_is_for_the_record_before_it},
    {"a_wait_ends_when_its_condition_holds", NULL, a_wait_ends_when_its_condition_holds},
    {"a_batch_writes_and_waits_in_order", NULL, a_batch_writes_and_waits_in_order},
    {"a_wait_needs_memory_that_the_device_reaches", NULL,
     a_wait_needs_memory_that_the_device_reaches},
    {"destroying_the_context_ends_what_is_held", NULL, destroying_the_context_ends_what_is_held},
    {"copies_and_fills_arrive", NULL, copies_and_fills_arrive},
    {"rectangles_are_copied", NULL, rectangles_are_copied},
    {"a_name_means_the_variant_of_version_and_flags", NULL,
     a_name_means_the_variant_of_version_and_flags},
    {"a_function_may_have_an_address_of_its_own", "SIMCUDA_OWN_ADDRESSES=1",
     a_function_may_have_an_address_of_its_own},
    {"an_old_driver_lacks_what_is_newer", "SIMCUDA_VERSION=11080",
     an_old_driver_lacks_what_is_newer},
    {NULL, NULL, NULL}};
