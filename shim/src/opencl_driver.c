#include "opencl_driver.h"

#include <stdio.h>
#include <string.h>

#include "events.h"
#include "gate.h"
#include "log.h"

/* What the gate calls, each NULL where the library does not have it. */
static struct {
  cl_int (*get_device_ids)(cl_platform_id, cl_bitfield, cl_uint, cl_device_id *, cl_uint *);
  cl_int (*get_platform_info)(cl_platform_id, cl_uint, size_t, void *, size_t *);
  cl_int (*get_device_info)(cl_device_id, cl_uint, size_t, void *, size_t *);
  cl_int (*get_queue_info)(cl_command_queue, cl_uint, size_t, void *, size_t *);
  cl_int (*get_event_info)(cl_event, cl_uint, size_t, void *, size_t *);
  cl_int (*enqueue_marker)(cl_command_queue, cl_uint, const cl_event *, cl_event *);
  cl_int (*flush)(cl_command_queue);
  cl_int (*release_event)(cl_event);
} driver;

static __thread __attribute__((tls_model("initial-exec"))) cl_device_id used;

void ot_opencl_use(cl_device_id device) { used = device; }

static void *context_of(void *stream) {
  (void)stream;
  return used;
}

bool ot_opencl_describe(cl_command_queue queue, cl_device_id *device, bool *in_order) {
  cl_bitfield properties = 0;
  if (driver.get_queue_info(queue, CL_QUEUE_DEVICE, sizeof *device, device, NULL) != CL_SUCCESS ||
      driver.get_queue_info(queue, CL_QUEUE_PROPERTIES, sizeof properties, &properties, NULL) !=
          CL_SUCCESS)
    return false;
  *in_order = !(properties & CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
  return true;
}

/* FNV-1a, twice with different starts. */
static void hash(const char *text, uint8_t *uuid) {
  for (unsigned half = 0; half < 2; half++) {
    uint64_t value = UINT64_C(0xcbf29ce484222325) + half;
    for (const char *c = text; *c; c++)
      value = (value ^ (uint8_t)*c) * UINT64_C(0x100000001b3);
    memcpy(uuid + 8 * half, &value, sizeof value);
  }
}

#define MOST_DEVICES 64

static unsigned place_on_platform(cl_platform_id platform, cl_device_id device) {
  cl_device_id devices[MOST_DEVICES];
  cl_uint count = 0;
  if (driver.get_device_ids(platform, CL_DEVICE_TYPE_ALL, MOST_DEVICES, devices, &count) !=
      CL_SUCCESS)
    return 0;
  for (unsigned i = 0; i < count && i < MOST_DEVICES; i++) {
    if (devices[i] == device)
      return i;
  }
  return MOST_DEVICES;
}

/* What competes is the device: of a part of one, that which it is a part of. */
static cl_device_id whole(cl_device_id device) {
  cl_device_id parent = NULL;
  while (driver.get_device_info(device, CL_DEVICE_PARENT_DEVICE, sizeof parent, &parent, NULL) ==
             CL_SUCCESS &&
         parent)
    device = parent;
  return device;
}

/* Processes must agree on it. A driver that gives a UUID gives the one that CUDA knows as well;
 * without one a device is known by its names and its place. */
static bool identify(void *context, struct ot_device_identity *identity) {
  cl_device_id device = whole(context);
  char platform_name[128] = "", name[128] = "", all[320];
  cl_platform_id platform = NULL;
  if (driver.get_device_info(device, CL_DEVICE_NAME, sizeof name - 1, name, NULL) != CL_SUCCESS)
    return false;
  snprintf(identity->name, sizeof identity->name, "%.47s", name);
  if (driver.get_device_info(device, CL_DEVICE_UUID_KHR, sizeof identity->uuid, identity->uuid,
                             NULL) == CL_SUCCESS)
    return true;
  if (driver.get_device_info(device, CL_DEVICE_PLATFORM, sizeof platform, &platform, NULL) !=
      CL_SUCCESS)
    return false;
  driver.get_platform_info(platform, CL_PLATFORM_NAME, sizeof platform_name - 1, platform_name,
                           NULL);
  snprintf(all, sizeof all, "%s/%s/%u", platform_name, name, place_on_platform(platform, device));
  hash(all, identity->uuid);
  return true;
}

static bool is_capturing(void *stream) {
  (void)stream;
  return false;
}

static int32_t stream_priority(void *stream) {
  (void)stream;
  return 0;
}

static bool attach(struct ot_context *context) {
  cl_bitfield type = 0;
  context->is_processor = driver.get_device_info(context->handle, CL_DEVICE_TYPE, sizeof type,
                                                 &type, NULL) == CL_SUCCESS &&
                          type & CL_DEVICE_TYPE_CPU;
  return true;
}

static bool prepare(struct ot_lane *lane) {
  return ot_events_prepare(lane, (uint32_t)atomic_load(&lane->marked));
}

/* One that is reached makes room. */
static bool is_reached(void *event) {
  cl_int status = CL_COMPLETE;
  /* An error, of the command or of the question: nothing more will come. */
  bool reached = driver.get_event_info(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof status,
                                       &status, NULL) != CL_SUCCESS ||
                 status <= CL_COMPLETE;
  if (reached)
    driver.release_event(event);
  return reached;
}

static void poll(struct ot_lane *lane) { ot_events_poll(lane, is_reached); }

static void give_up(void *event) { driver.release_event(event); }

static void drop(struct ot_lane *lane) { ot_events_drop(lane, give_up); }

/* A marker without a wait list waits for all that was enqueued before it, also in a queue that is
 * out of order. */
static bool enqueue(void *stream, void **event) {
  return driver.enqueue_marker(stream, 0, NULL, (cl_event *)event) == CL_SUCCESS;
}

/* It is flushed, or whoever waits for it might wait for what the driver has not begun. */
static bool mark(struct ot_lane *lane, uint32_t number, bool stall, int32_t priority) {
  (void)stall;
  (void)priority;
  poll(lane);
  return ot_events_mark(lane, number, enqueue) && driver.flush(lane->stream) == CL_SUCCESS;
}

static const struct ot_driver opencl = {
    .name = "OpenCL",
    .context_of = context_of,
    .identify = identify,
    .is_capturing = is_capturing,
    .stream_priority = stream_priority,
    .attach = attach,
    .prepare = prepare,
    .mark = mark,
    .poll = poll,
    .drop = drop,
};

bool ot_opencl_is_scheduled(void) { return ot_driver == &opencl; }

static bool usable;

void ot_opencl_claim(void) {
  if (usable && !ot_claim(&opencl))
    ot_warn_once("this program uses %s as well, and first: its OpenCL work is not scheduled",
                 ot_driver->name);
}

const struct ot_need ot_opencl_needs[] = {
    {"clGetDeviceIDs", &driver.get_device_ids, OT_REQUIRED},
    {"clGetPlatformInfo", &driver.get_platform_info, OT_REQUIRED},
    {"clGetDeviceInfo", &driver.get_device_info, OT_REQUIRED},
    {"clGetCommandQueueInfo", &driver.get_queue_info, OT_REQUIRED},
    {"clGetEventInfo", &driver.get_event_info, OT_REQUIRED},
    {"clEnqueueMarkerWithWaitList", &driver.enqueue_marker, OT_REQUIRED},
    {"clFlush", &driver.flush, OT_REQUIRED},
    {"clReleaseEvent", &driver.release_event, OT_REQUIRED},
    {NULL, NULL, OT_OPTIONAL},
};
_Static_assert(sizeof ot_opencl_needs / sizeof *ot_opencl_needs <= OT_NEEDS, "OT_NEEDS");

void ot_opencl_driver_start(bool is_usable) {
  usable = is_usable;
  if (!usable)
    ot_warn("this OpenCL library lacks functions that every one since 1.2 has: its work is not "
            "scheduled");
}
