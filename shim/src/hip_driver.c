#include "hip_driver.h"

#include <string.h>

#include "hip_api.h"
#include "log.h"
#include "stream_driver.h"

static struct {
  hipError_t (*get_device)(int *);
  hipError_t (*set_device)(int);
  hipError_t (*device_get_name)(char *, int, int);
  hipError_t (*device_get_pci_bus_id)(char *, int, int);
  hipError_t (*get_last_error)(void);
  hipError_t (*peek_at_last_error)(void);
  /* NULL where there is none */
  int (*stream_device)(hipStream_t);
  hipError_t (*device_get_uuid)(void *, int);
} driver;

/* Contexts: devices, since there are none that the program sees */

static void *handle_of(int device) { return device < 0 ? NULL : (void *)((intptr_t)device + 1); }
static int device_of(void *handle) { return (int)(intptr_t)handle - 1; }

void *ot_hip_context(void) {
  int device;
  return driver.get_device(&device) == hipSuccess ? handle_of(device) : NULL;
}

/* A stream is its device's, whichever is current. */
static void *context_of(void *stream) {
  bool named = stream != OT_STREAM_LEGACY && stream != OT_STREAM_PER_THREAD &&
               stream != OT_ALL_STREAMS && driver.stream_device;
  return named ? handle_of(driver.stream_device(stream)) : ot_hip_context();
}

/* Processes must agree on it. A device without a number of its own says XX. */
static bool identify(void *handle, struct ot_device_identity *identity) {
  int device = device_of(handle);
  if (driver.device_get_pci_bus_id(identity->pci_bus_id, sizeof identity->pci_bus_id, device) !=
      hipSuccess)
    return false;
  driver.device_get_name(identity->name, sizeof identity->name, device);
  if (!driver.device_get_uuid || driver.device_get_uuid(identity->uuid, device) != hipSuccess ||
      !memcmp(identity->uuid, "XX", 2))
    memcpy(identity->uuid, identity->pci_bus_id, sizeof identity->uuid);
  return true;
}

/* What a thread is put back to after questions on behalf of its program: its device, and its last
 * error, which some releases take from every call. */
static __thread __attribute__((tls_model("initial-exec"))) struct {
  int device;
  hipError_t error;
} before;

static bool enter(struct ot_context *context) {
  before.error = driver.peek_at_last_error();
  return !context || (driver.get_device(&before.device) == hipSuccess &&
                      driver.set_device(device_of(context->handle)) == hipSuccess);
}

static void leave(struct ot_context *context) {
  if (context)
    driver.set_device(before.device);
  if (before.error == hipSuccess)
    driver.get_last_error(); /* and forgets it */
}

/* Events are all the markers that there are. */
static bool mark(struct ot_lane *lane, uint32_t number, bool stall, int32_t priority) {
  (void)stall;
  (void)priority;
  return ot_stream_mark(lane, number);
}

static struct ot_stream_driver streams = {.enter = enter, .leave = leave};

static const struct ot_driver hip = {
    .name = "HIP",
    .context_of = context_of,
    .identify = identify,
    .is_capturing = ot_stream_is_capturing,
    .stream_priority = ot_stream_priority,
    .prepare = ot_stream_prepare,
    .mark = mark,
    .poll = ot_stream_poll,
    .drop = ot_stream_drop,
    .query = ot_stream_query,
    .streams = &streams,
};

static _Atomic bool usable; /* nothing is asked of the driver before */

const struct ot_need ot_hip_needs[] = {
    {"hipGetDevice", &driver.get_device, OT_REQUIRED},
    {"hipSetDevice", &driver.set_device, OT_REQUIRED},
    {"hipDeviceGetName", &driver.device_get_name, OT_REQUIRED},
    {"hipDeviceGetPCIBusId", &driver.device_get_pci_bus_id, OT_REQUIRED},
    {"hipGetLastError", &driver.get_last_error, OT_REQUIRED},
    {"hipPeekAtLastError", &driver.peek_at_last_error, OT_REQUIRED},
    {"hipGetStreamDeviceId", &driver.stream_device, OT_OPTIONAL},
    {"hipDeviceGetUuid", &driver.device_get_uuid, OT_OPTIONAL},
    {"hipStreamIsCapturing", &streams.stream_is_capturing, OT_REQUIRED},
    {"hipStreamGetPriority", &streams.stream_get_priority, OT_REQUIRED},
    {"hipStreamQuery", &streams.stream_query, OT_REQUIRED},
    {"hipThreadExchangeStreamCaptureMode", &streams.exchange_capture_mode, OT_REQUIRED},
    {"hipEventCreateWithFlags", &streams.event_create, OT_REQUIRED},
    {"hipEventRecord", &streams.event_record, OT_REQUIRED},
    {"hipEventQuery", &streams.event_query, OT_REQUIRED},
    {NULL, NULL, OT_OPTIONAL},
};
_Static_assert(sizeof ot_hip_needs / sizeof *ot_hip_needs <= OT_NEEDS, "OT_NEEDS");

void ot_hip_driver_start(bool is_usable) {
  usable = is_usable;
  if (!usable)
    ot_warn("this HIP library lacks functions that every one since ROCm 5 has: its work is not "
            "scheduled");
}

bool ot_hip_is_scheduled(void) { return ot_driver == &hip; }

bool ot_hip_claims(void) {
  if (ot_hip_is_scheduled() || !usable)
    return usable;
  bool claimed = ot_claim(&hip);
  if (!claimed)
    ot_warn_once("this program uses %s as well, and first: its HIP work is not scheduled",
                 ot_driver->name);
  return claimed;
}
