/*
 * The front for OpenCL: one function of the same name for each that the shim stands in front of. A
 * program comes to them by the linker, by dlsym, or by clGetExtensionFunctionAddress.
 */
#include <string.h>

#include "forecast.h"
#include "front.h"
#include "gate.h"
#include "log.h"
#include "opencl_api.h"
#include "opencl_driver.h"
#include "opencl_front.h"
#include "opencl_queues.h"

#define OT_EXPORT __attribute__((visibility("default")))

enum entry_index {
#define LAUNCH(name, kind, parameters, arguments) AT_##name,
#define TRANSFER(name, kind, blocking, parameters, arguments) AT_##name,
#define MAP(name, kind, parameters, arguments) AT_##name,
#define OTHER(name) AT_##name,
#include "opencl_calls.def"
#undef LAUNCH
#undef TRANSFER
#undef MAP
#undef OTHER
  ENTRIES
};

static struct ot_front front;

/* The library's function, as a pointer of the type of ours. */
#define REAL(name) ((__typeof__(&name))ot_front_real(&front, AT_##name))

/* A command's way */

static struct ot_lane *enter(cl_command_queue handle, uint32_t kind) {
  struct ot_cl_queue *queue = ot_cl_queue_find(handle);
  if (!queue || !ot_opencl_is_scheduled())
    return NULL;
  ot_opencl_use(queue->device);
  struct ot_lane *lane = ot_enter(handle, kind);
  ot_opencl_use(NULL);
  return lane;
}

/* Whether a command that is done tells that those before it are. */
static bool is_in_order(cl_command_queue handle) {
  struct ot_cl_queue *queue = ot_cl_queue_find(handle);
  return queue && queue->in_order;
}

static void leave(struct ot_lane *lane, cl_command_queue queue, uint32_t kind, bool launched,
                  bool complete, uint64_t before) {
  if (complete && is_in_order(queue))
    ot_leave_complete(lane, kind, launched, before);
  else
    ot_leave(lane, kind, launched);
}

static uint32_t kernel_kind(cl_kernel kernel, cl_uint dimensions, const size_t *items) {
  uint64_t x = items && dimensions > 0 ? items[0] : 1, y = items && dimensions > 1 ? items[1] : 1;
  return ot_kind(kernel, x << 32 | (y & UINT32_MAX), items && dimensions > 2 ? items[2] : 1);
}

static size_t volume(const size_t *region) {
  return region ? region[0] * region[1] * region[2] : 0;
}

/* Sizes of copies count by their order of magnitude. */
#define KERNEL(kernel, dimensions, items) kernel_kind(kernel, dimensions, items)
#define BYTES(what, bytes)                                                                         \
  ot_kind((const void *)what, 64 - (uint64_t)__builtin_clzll((uint64_t)(bytes) | 1), 1)
#define ONE_OF(what) ot_kind((const void *)what, 0, 2)
#define VOLUME(region) volume(region)

#define LAUNCH(name, kind, parameters, arguments) TRANSFER(name, kind, 0, parameters, arguments)
#define TRANSFER(name, kind, blocking, parameters, arguments)                                      \
  OT_EXPORT cl_int name parameters;                                                                \
  OT_EXPORT cl_int name parameters {                                                               \
    __typeof__(&name) driver = REAL(name);                                                         \
    if (!driver)                                                                                   \
      return CL_INVALID_OPERATION;                                                                 \
    uint32_t its_kind = kind;                                                                      \
    struct ot_lane *lane = enter(queue, its_kind);                                                 \
    uint64_t before = ot_submitted(lane);                                                          \
    cl_int result = driver arguments;                                                              \
    leave(lane, queue, its_kind, result == CL_SUCCESS, blocking, before);                          \
    return result;                                                                                 \
  }
/* The library says how it went where the program wants to know it, which it need not. */
#define MAP(name, kind, parameters, arguments)                                                     \
  OT_EXPORT void *name parameters;                                                                 \
  OT_EXPORT void *name parameters {                                                                \
    __typeof__(&name) driver = REAL(name);                                                         \
    cl_int its_own = CL_INVALID_OPERATION;                                                         \
    status = status ? status : &its_own;                                                           \
    *status = CL_INVALID_OPERATION;                                                                \
    if (!driver)                                                                                   \
      return NULL;                                                                                 \
    uint32_t its_kind = kind;                                                                      \
    struct ot_lane *lane = enter(queue, its_kind);                                                 \
    uint64_t before = ot_submitted(lane);                                                          \
    void *mapped = driver arguments;                                                               \
    leave(lane, queue, its_kind, *status == CL_SUCCESS, blocking, before);                         \
    return mapped;                                                                                 \
  }
#define OTHER(name)
#include "opencl_calls.def"
#undef LAUNCH
#undef TRANSFER
#undef MAP
#undef OTHER

/* Synchronization */

static struct ot_sync sync_begin(cl_command_queue handle, void *covered) {
  struct ot_cl_queue *queue = ot_cl_queue_find(handle);
  if (!queue || !ot_opencl_is_scheduled())
    return (struct ot_sync){0};
  ot_opencl_use(queue->device);
  struct ot_sync sync = ot_sync_begin(covered);
  ot_opencl_use(NULL);
  return sync;
}

OT_EXPORT cl_int clFinish(cl_command_queue queue);
OT_EXPORT cl_int clFinish(cl_command_queue queue) {
  __typeof__(&clFinish) driver = REAL(clFinish);
  if (!driver)
    return CL_INVALID_OPERATION;
  struct ot_sync sync = sync_begin(queue, queue);
  cl_int result = driver(queue);
  ot_sync_end(sync, result == CL_SUCCESS);
  return result;
}

OT_EXPORT cl_int clGetEventInfo(cl_event event, cl_uint parameter, size_t bytes, void *value,
                                size_t *length);

/* NULL if it is of none, as a user event is. */
static cl_command_queue queue_of(cl_event event) {
  cl_command_queue queue = NULL;
  __typeof__(&clGetEventInfo) driver = REAL(clGetEventInfo);
  return driver && driver(event, CL_EVENT_COMMAND_QUEUE, sizeof queue, &queue, NULL) == CL_SUCCESS
             ? queue
             : NULL;
}

/* That these events are complete says nothing of what was enqueued after them: whether that is all,
 * the driver is asked. */
OT_EXPORT cl_int clWaitForEvents(cl_uint count, const cl_event *events);
OT_EXPORT cl_int clWaitForEvents(cl_uint count, const cl_event *events) {
  __typeof__(&clWaitForEvents) driver = REAL(clWaitForEvents);
  if (!driver)
    return CL_INVALID_OPERATION;
  struct ot_sync sync = {0};
  if (count && events && ot_opencl_is_scheduled())
    sync = sync_begin(queue_of(events[0]), OT_ALL_STREAMS);
  cl_int result = driver(count, events);
  ot_sync_end(sync, result == CL_SUCCESS);
  return result;
}

/* The same, for a program that looks by itself. */
OT_EXPORT cl_int clGetEventInfo(cl_event event, cl_uint parameter, size_t bytes, void *value,
                                size_t *length) {
  __typeof__(&clGetEventInfo) driver = REAL(clGetEventInfo);
  if (!driver)
    return CL_INVALID_OPERATION;
  cl_int result = driver(event, parameter, bytes, value, length);
  if (result == CL_SUCCESS && parameter == CL_EVENT_COMMAND_EXECUTION_STATUS && value &&
      *(cl_int *)value == CL_COMPLETE && ot_opencl_is_scheduled())
    ot_sync_end(sync_begin(queue_of(event), OT_ALL_STREAMS), true);
  return result;
}

/* Queues that begin and end. Nothing of ours asks the driver about one from before its end on. */

static cl_command_queue none(cl_int *status) {
  if (status)
    *status = CL_INVALID_OPERATION;
  return NULL;
}

static cl_command_queue made(cl_command_queue handle) {
  cl_device_id device;
  bool in_order;
  if (handle && ot_opencl_is_scheduled() && ot_opencl_describe(handle, &device, &in_order))
    ot_cl_queue_add(handle, device, in_order);
  return handle;
}

OT_EXPORT cl_command_queue clCreateCommandQueue(cl_context context, cl_device_id device,
                                                cl_bitfield properties, cl_int *status);
OT_EXPORT cl_command_queue clCreateCommandQueue(cl_context context, cl_device_id device,
                                                cl_bitfield properties, cl_int *status) {
  __typeof__(&clCreateCommandQueue) driver = REAL(clCreateCommandQueue);
  if (!driver)
    return none(status);
  ot_opencl_claim();
  return made(driver(context, device, properties, status));
}

OT_EXPORT cl_command_queue clCreateCommandQueueWithProperties(cl_context context,
                                                              cl_device_id device,
                                                              const cl_bitfield *properties,
                                                              cl_int *status);
OT_EXPORT cl_command_queue clCreateCommandQueueWithProperties(cl_context context,
                                                              cl_device_id device,
                                                              const cl_bitfield *properties,
                                                              cl_int *status) {
  __typeof__(&clCreateCommandQueueWithProperties) driver = REAL(clCreateCommandQueueWithProperties);
  if (!driver)
    return none(status);
  ot_opencl_claim();
  return made(driver(context, device, properties, status));
}

OT_EXPORT cl_int clRetainCommandQueue(cl_command_queue handle);
OT_EXPORT cl_int clRetainCommandQueue(cl_command_queue handle) {
  __typeof__(&clRetainCommandQueue) driver = REAL(clRetainCommandQueue);
  if (!driver)
    return CL_INVALID_OPERATION;
  struct ot_cl_queue *queue = ot_cl_queue_find(handle);
  cl_int result = driver(handle);
  if (queue && result == CL_SUCCESS)
    atomic_fetch_add(&queue->references, 1);
  return result;
}

OT_EXPORT cl_int clReleaseCommandQueue(cl_command_queue handle);
OT_EXPORT cl_int clReleaseCommandQueue(cl_command_queue handle) {
  __typeof__(&clReleaseCommandQueue) driver = REAL(clReleaseCommandQueue);
  if (!driver)
    return CL_INVALID_OPERATION;
  struct ot_cl_queue *queue = ot_cl_queue_find(handle);
  if (queue && atomic_fetch_sub(&queue->references, 1) == 1) {
    ot_cl_queue_remove(queue);
    ot_retire_stream(handle);
  }
  return driver(handle);
}

/* Looking functions up */

OT_EXPORT void *clGetExtensionFunctionAddress(const char *name);
OT_EXPORT void *clGetExtensionFunctionAddressForPlatform(cl_platform_id platform, const char *name);

static const struct ot_entry entries[ENTRIES] = {
#define LAUNCH(name, kind, parameters, arguments) {#name, name},
#define TRANSFER(name, kind, blocking, parameters, arguments) {#name, name},
#define MAP(name, kind, parameters, arguments) {#name, name},
#define OTHER(name) {#name, name},
#include "opencl_calls.def"
#undef LAUNCH
#undef TRANSFER
#undef MAP
#undef OTHER
};

static void *_Atomic real[ENTRIES];

static struct ot_front front = {
    .sonames = {"libOpenCL.so.1"},
    .entries = entries,
    .count = ENTRIES,
    .real = real,
    .needs = ot_opencl_needs,
    .start = ot_opencl_driver_start,
    .starting = PTHREAD_MUTEX_INITIALIZER,
};

bool ot_opencl_has(const char *name) { return ot_front_find(&front, name) >= 0; }

void *ot_opencl_symbol(void *handle, const char *name) {
  return ot_front_symbol(&front, handle, name);
}

/* A driver's own functions of these names do what the library's do, with the same objects. */
static void *substitute(const char *name, void *found) {
  if (!name || !found)
    return found;
  if (!strcmp(name, "clCreateCommandQueueWithPropertiesKHR"))
    name = "clCreateCommandQueueWithProperties";
  return ot_front_named(&front, name, found);
}

OT_EXPORT void *clGetExtensionFunctionAddress(const char *name) {
  __typeof__(&clGetExtensionFunctionAddress) driver = REAL(clGetExtensionFunctionAddress);
  return driver ? substitute(name, driver(name)) : NULL;
}

OT_EXPORT void *clGetExtensionFunctionAddressForPlatform(cl_platform_id platform,
                                                         const char *name) {
  __typeof__(&clGetExtensionFunctionAddressForPlatform) driver =
      REAL(clGetExtensionFunctionAddressForPlatform);
  return driver ? substitute(name, driver(platform, name)) : NULL;
}
