#include "cuda_driver.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "events.h"
#include "gate.h"
#include "log.h"
#include "stream_driver.h"

/* What the gate calls, each NULL where the driver does not have it. */
static struct {
  CUresult (*ctx_get_current)(CUcontext *);
  CUresult (*ctx_push)(CUcontext);
  CUresult (*ctx_pop)(CUcontext *);
  CUresult (*ctx_get_device)(CUdevice *);
  CUresult (*device_get_uuid)(void *, CUdevice);
  CUresult (*device_get_name)(char *, int, CUdevice);
  CUresult (*device_get_pci_bus_id)(char *, int, CUdevice);
  CUresult (*primary_get_state)(CUdevice, unsigned *, int *);
  CUresult (*primary_retain)(CUcontext *, CUdevice);
  CUresult (*primary_release)(CUdevice);
  CUresult (*host_register)(void *, size_t, unsigned);
  CUresult (*host_unregister)(void *);
  CUresult (*host_device_pointer)(CUdeviceptr *, void *, unsigned);
  CUresult (*stream_batch_mem_op)(CUstream, unsigned, CUstreamBatchMemOpParams *, unsigned);
} driver;

static void *context_of(void *stream) {
  (void)stream; /* CUDA takes commands in streams of the current context alone */
  CUcontext context = NULL;
  return driver.ctx_get_current(&context) == CUDA_SUCCESS ? context : NULL;
}

/* Of the current context. */
static bool identify(void *context, struct ot_device_identity *identity) {
  (void)context;
  CUdevice device;
  if (driver.ctx_get_device(&device) != CUDA_SUCCESS)
    return false;
  if (driver.device_get_uuid(identity->uuid, device) != CUDA_SUCCESS)
    return false;
  driver.device_get_pci_bus_id(identity->pci_bus_id, sizeof identity->pci_bus_id, device);
  driver.device_get_name(identity->name, sizeof identity->name, device);
  return true;
}

/* Whether the thread's own context stands below the one that is asked about. */
static __thread __attribute__((tls_model("initial-exec"))) bool pushed;

static bool enter(struct ot_context *context) {
  pushed = context && context_of(NULL) != context->handle;
  return !pushed || driver.ctx_push((CUcontext)context->handle) == CUDA_SUCCESS;
}

static void leave(struct ot_context *context) {
  CUcontext popped;
  (void)context;
  if (pushed)
    driver.ctx_pop(&popped);
}

/* Markers */

#define MARKER_BYTES 4096
#define MARKERS (MARKER_BYTES / sizeof(uint32_t) / 2) /* each with its `resumed` */

/* The page once more, at an address of its own: memory is registered by address, for one context.
 * Not by its path, where meanwhile another page may be, or none that the program may open.
 */
static void *map_page_again(void) {
  void *mapped = mremap(ot_page, 0, OT_PAGE_LENGTH, MREMAP_MAYMOVE);
  return mapped == MAP_FAILED ? NULL : mapped;
}

static bool make_visible(void *memory, size_t bytes, uint64_t *address) {
  CUdeviceptr pointer;
  if (driver.host_register(memory, bytes, CU_MEMHOSTREGISTER_DEVICEMAP) != CUDA_SUCCESS)
    return false;
  if (driver.host_device_pointer(&pointer, memory, 0) != CUDA_SUCCESS) {
    driver.host_unregister(memory);
    return false;
  }
  *address = pointer;
  return true;
}

static bool device_can_write(struct ot_context *context) {
  if (!driver.stream_batch_mem_op || !driver.host_register)
    return false;
  /* Shared, or a child after fork would make the kernel copy on write what the device writes to. */
  void *markers =
      mmap(NULL, MARKER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (markers == MAP_FAILED)
    return false;
  if (!make_visible(markers, MARKER_BYTES, &context->markers_address)) {
    munmap(markers, MARKER_BYTES);
    return false;
  }
  context->markers = markers;
  return true;
}

static bool device_can_wait(struct ot_context *context) {
  if (ot_config.level == 1)
    return false;
  void *page = map_page_again();
  if (!page)
    return false;
  if (!make_visible(page, OT_PAGE_LENGTH, &context->page_address)) {
    munmap(page, OT_PAGE_LENGTH);
    return false;
  }
  context->page_mapping = page;
  return true;
}

static bool attach(struct ot_context *context) {
  if (device_can_write(context))
    context->can_wait = device_can_wait(context);
  return true; /* Events every driver has. */
}

static void detach(struct ot_context *context) {
  /* The markers stay: a thread that counts what is complete may still read them. The device is gone
   * from both. */
  if (context->page_mapping)
    munmap(context->page_mapping, OT_PAGE_LENGTH);
  context->page_mapping = NULL;
  context->can_wait = false;
}

static bool prepare(struct ot_lane *lane) {
  struct ot_context *context = lane->context;
  if (context->markers && context->markers_used < MARKERS) {
    lane->resumed = &context->markers[2 * context->markers_used + 1];
    lane->word = &context->markers[2 * context->markers_used++];
    atomic_store(lane->word, (uint32_t)atomic_load(&lane->marked));
    return true;
  }
  return ot_stream_prepare(lane);
}

/* An answer that will be the same next time. */
static bool is_refusal(CUresult result) {
  return result == CUDA_ERROR_NOT_SUPPORTED || result == CUDA_ERROR_NOT_PERMITTED ||
         result == CUDA_ERROR_INVALID_VALUE;
}

static uint64_t address_of(struct ot_context *context, _Atomic uint32_t *word) {
  return context->markers_address + (uint64_t)((char *)word - (char *)context->markers);
}

/* One call for all: the marker, then the wait for the floor, and that it is over. */
static bool mark(struct ot_lane *lane, uint32_t number, bool stall, int32_t priority) {
  if (lane->events)
    return ot_stream_mark(lane, number);
  struct ot_context *context = lane->context;
  uint64_t floor = context->page_address + (uint64_t)((char *)context->device - (char *)ot_page) +
                   offsetof(struct ot_device_line, floor);
  CUstreamBatchMemOpParams operations[3] = {
      {.value32 = {.operation = CU_STREAM_MEM_OP_WRITE_VALUE_32,
                   .address = address_of(context, lane->word),
                   .value = number}},
      {.value32 = {.operation = CU_STREAM_MEM_OP_WAIT_VALUE_32,
                   .address = floor,
                   .value = (uint32_t)ot_floor_value(priority),
                   .flags = CU_STREAM_WAIT_VALUE_GEQ}},
      {.value32 = {.operation = CU_STREAM_MEM_OP_WRITE_VALUE_32,
                   .address = address_of(context, lane->resumed),
                   .value = number}},
  };
  CUresult result = driver.stream_batch_mem_op(lane->stream, stall ? 3 : 1, operations, 0);
  if (result == CUDA_SUCCESS)
    return true;
  if (!is_refusal(result))
    return false; /* The context has failed, or a capture forbids it: no news for the program. */
  /* From now on by events. The lanes that have a word of the device's keep it; only what comes new
   * is lost to them. */
  ot_warn_once("this device takes no stream memory operations (error %d): level 1, with events",
               result);
  context->can_wait = false;
  lane->resumed = NULL;
  return ot_events_prepare(lane, atomic_load(lane->word)) && ot_stream_mark(lane, number);
}

/* Start */

static int no_capture_mode(int *mode) {
  (void)mode;
  return CUDA_SUCCESS;
}

static int never_capturing(void *stream, int *status) {
  (void)stream;
  *status = CU_STREAM_CAPTURE_STATUS_NONE;
  return CUDA_SUCCESS;
}

static struct ot_stream_driver streams = {
    .enter = enter,
    .leave = leave,
    /* where the driver has neither */
    .stream_is_capturing = never_capturing,
    .exchange_capture_mode = no_capture_mode,
};

static const struct ot_driver cuda = {
    .name = "CUDA",
    .context_of = context_of,
    .identify = identify,
    .is_capturing = ot_stream_is_capturing,
    .stream_priority = ot_stream_priority,
    .attach = attach,
    .detach = detach,
    .prepare = prepare,
    .mark = mark,
    .poll = ot_stream_poll,
    .drop = ot_stream_drop,
    .query = ot_stream_query,
    .streams = &streams,
};

const struct ot_need ot_cuda_needs[] = {
    {"cuCtxGetCurrent", &driver.ctx_get_current, OT_REQUIRED},
    {"cuCtxPushCurrent_v2", &driver.ctx_push, OT_REQUIRED},
    {"cuCtxPopCurrent_v2", &driver.ctx_pop, OT_REQUIRED},
    {"cuCtxGetDevice", &driver.ctx_get_device, OT_REQUIRED},
    {"cuDeviceGetUuid_v2", &driver.device_get_uuid, OT_REQUIRED},
    {"cuDeviceGetUuid", &driver.device_get_uuid, OT_REQUIRED},
    {"cuDeviceGetName", &driver.device_get_name, OT_REQUIRED},
    {"cuDeviceGetPCIBusId", &driver.device_get_pci_bus_id, OT_REQUIRED},
    {"cuDevicePrimaryCtxGetState", &driver.primary_get_state, OT_OPTIONAL},
    {"cuDevicePrimaryCtxRetain", &driver.primary_retain, OT_OPTIONAL},
    {"cuDevicePrimaryCtxRelease_v2", &driver.primary_release, OT_OPTIONAL},
    {"cuDevicePrimaryCtxRelease", &driver.primary_release, OT_OPTIONAL},
    {"cuMemHostRegister_v2", &driver.host_register, OT_OPTIONAL},
    {"cuMemHostRegister", &driver.host_register, OT_OPTIONAL},
    {"cuMemHostUnregister", &driver.host_unregister, OT_OPTIONAL},
    {"cuMemHostGetDevicePointer_v2", &driver.host_device_pointer, OT_OPTIONAL},
    {"cuMemHostGetDevicePointer", &driver.host_device_pointer, OT_OPTIONAL},
    {"cuStreamBatchMemOp_v2", &driver.stream_batch_mem_op, OT_OPTIONAL},
    {"cuStreamIsCapturing", &streams.stream_is_capturing, OT_OPTIONAL},
    {"cuStreamGetPriority", &streams.stream_get_priority, OT_OPTIONAL},
    {"cuStreamQuery", &streams.stream_query, OT_REQUIRED},
    {"cuThreadExchangeStreamCaptureMode", &streams.exchange_capture_mode, OT_OPTIONAL},
    {"cuEventCreate", &streams.event_create, OT_REQUIRED},
    {"cuEventRecord", &streams.event_record, OT_REQUIRED},
    {"cuEventQuery", &streams.event_query, OT_REQUIRED},
    {NULL, NULL, OT_OPTIONAL},
};
_Static_assert(sizeof ot_cuda_needs / sizeof *ot_cuda_needs <= OT_NEEDS, "OT_NEEDS");

void ot_cuda_driver_start(bool usable) {
  if (usable) {
    ot_claim(&cuda);
  } else {
    ot_warn("this CUDA driver lacks functions that every one since 11.8 has: its work is not "
            "scheduled");
  }
}

bool ot_cuda_is_scheduled(void) { return ot_driver == &cuda; }

bool ot_cuda_primary_is_active(CUdevice device) {
  unsigned flags;
  int active = 0;
  return driver.primary_get_state &&
         driver.primary_get_state(device, &flags, &active) == CUDA_SUCCESS && active;
}

/* Its handle is to be had by retaining it, and no other way. */
void *ot_cuda_primary_context(CUdevice device) {
  CUcontext context = NULL;
  if (!ot_cuda_primary_is_active(device) || !driver.primary_retain || !driver.primary_release)
    return NULL;
  if (driver.primary_retain(&context, device) != CUDA_SUCCESS)
    return NULL;
  driver.primary_release(device);
  return context;
}
