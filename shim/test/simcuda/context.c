/* Initialization, devices, contexts, and which context is current in a thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simcuda.h"

#define MAGIC 0x53435458 /* "SCTX" */
#define STACK_DEPTH 16

typedef struct {
  CUcontext primary;
  unsigned references;
  unsigned flags;
  bool lost;
} Device;

pthread_mutex_t driver_lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic bool initialized;
static Device devices[MAX_DEVICES];
static CUcontext contexts; /* every one ever made */
static unsigned long long lastContextId;
static __thread CUcontext stack[STACK_DEPTH];
static __thread int depth;

API CUresult cuInit(unsigned int flags) {
  TRY(fault_of_call("cuInit"));
  if (flags != 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (settings()->devices == 0) {
    return CUDA_ERROR_NO_DEVICE;
  }
  pthread_mutex_lock(&driver_lock);
  CUresult result = initialized ? CUDA_SUCCESS : engines_open();
  if (result == CUDA_SUCCESS) {
    initialized = true;
  }
  pthread_mutex_unlock(&driver_lock);
  return result;
}

API CUresult cuDriverGetVersion(int *version) {
  TRY(fault_of_call("cuDriverGetVersion"));
  if (version == NULL) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  *version = settings()->version;
  return CUDA_SUCCESS;
}

CUresult driver_call(const char *function) {
  TRY(fault_of_call(function));
  return initialized ? CUDA_SUCCESS : CUDA_ERROR_NOT_INITIALIZED;
}

/* ---- devices ---- */

static CUresult check_device(CUdevice device) {
  return device >= 0 && device < settings()->devices ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

API CUresult cuDeviceGetCount(int *count) {
  ENTER("cuDeviceGetCount");
  *count = settings()->devices;
  return CUDA_SUCCESS;
}

API CUresult cuDeviceGet(CUdevice *device, int ordinal) {
  ENTER("cuDeviceGet");
  TRY(check_device(ordinal));
  *device = ordinal;
  return CUDA_SUCCESS;
}

API CUresult cuDeviceGetName(char *name, int length, CUdevice device) {
  ENTER("cuDeviceGetName");
  TRY(check_device(device));
  snprintf(name, (size_t)length, "Simulated GPU");
  return CUDA_SUCCESS;
}

static CUresult device_uuid(CUuuid *uuid, CUdevice device) {
  ENTER("cuDeviceGetUuid");
  TRY(check_device(device));
  memcpy(uuid->bytes, "simulated device", sizeof uuid->bytes);
  uuid->bytes[9] = (char)device;
  return CUDA_SUCCESS;
}

API CUresult cuDeviceGetUuid(CUuuid *uuid, CUdevice device) { return device_uuid(uuid, device); }
API CUresult cuDeviceGetUuid_v2(CUuuid *uuid, CUdevice device) { return device_uuid(uuid, device); }

API CUresult cuDeviceGetPCIBusId(char *id, int length, CUdevice device) {
  ENTER("cuDeviceGetPCIBusId");
  TRY(check_device(device));
  int needed = snprintf(id, (size_t)length, "0000:%02X:00.0", device + 1);
  return needed < length ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

API CUresult cuDeviceGetByPCIBusId(CUdevice *device, const char *id) {
  ENTER("cuDeviceGetByPCIBusId");
  unsigned domain, bus, slot;
  if (sscanf(id, "%x:%x:%x", &domain, &bus, &slot) != 3 || domain != 0 || slot != 0 || bus == 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  TRY(check_device((CUdevice)bus - 1));
  *device = (CUdevice)bus - 1;
  return CUDA_SUCCESS;
}

static int attribute_value(CUdevice_attribute attribute, CUdevice device) {
  switch (attribute) {
  case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
    return 1024;
  case CU_DEVICE_ATTRIBUTE_WARP_SIZE:
    return 32;
  case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT:
    return 1;
  case CU_DEVICE_ATTRIBUTE_PCI_BUS_ID:
    return device + 1;
  case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR:
    return 9;
  case CU_DEVICE_ATTRIBUTE_GPU_OVERLAP:
  case CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY:
  case CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT:
  case CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING:
  case CU_DEVICE_ATTRIBUTE_STREAM_PRIORITIES_SUPPORTED:
  case CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY:
  case CU_DEVICE_ATTRIBUTE_CAN_USE_HOST_POINTER_FOR_REGISTERED_MEM:
  case CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH:
  case CU_DEVICE_ATTRIBUTE_HOST_REGISTER_SUPPORTED:
  case CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED:
    return 1;
  case CU_DEVICE_ATTRIBUTE_CAN_USE_STREAM_MEM_OPS_V1:
  case CU_DEVICE_ATTRIBUTE_CAN_USE_64_BIT_STREAM_MEM_OPS_V1:
  case CU_DEVICE_ATTRIBUTE_CAN_USE_STREAM_WAIT_VALUE_NOR_V1:
  case CU_DEVICE_ATTRIBUTE_CAN_USE_64_BIT_STREAM_MEM_OPS:
  case CU_DEVICE_ATTRIBUTE_CAN_USE_STREAM_WAIT_VALUE_NOR:
    return settings()->memOps;
  default:
    return 0;
  }
}

API CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device) {
  ENTER("cuDeviceGetAttribute");
  TRY(check_device(device));
  *value = attribute_value(attribute, device);
  return CUDA_SUCCESS;
}

API CUresult cuDeviceComputeCapability(int *major, int *minor, CUdevice device) {
  ENTER("cuDeviceComputeCapability");
  TRY(check_device(device));
  *major = attribute_value(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
  *minor = attribute_value(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
  return CUDA_SUCCESS;
}

API CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
  ENTER("cuDeviceTotalMem");
  TRY(check_device(device));
  *bytes = MEMORY_BYTES;
  return CUDA_SUCCESS;
}

API CUresult cuMemGetInfo_v2(size_t *available, size_t *total) {
  ENTER("cuMemGetInfo");
  CUcontext context;
  TRY(context_current(&context));
  *available = MEMORY_BYTES - memory_used(context->device);
  *total = MEMORY_BYTES;
  return CUDA_SUCCESS;
}

void device_lose(int device) {
  devices[device].lost = true;
  for (CUcontext context = contexts; context != NULL; context = context->next) {
    if (context->device == device) {
      context_fail(context, CUDA_ERROR_DEVICE_UNAVAILABLE);
    }
  }
}

/* ---- contexts ---- */

static CUcontext context_new(int device, unsigned flags, bool primary) {
  CUcontext context = calloc(1, sizeof *context);
  context->magic = MAGIC;
  context->device = device;
  context->primary = primary;
  context->flags = flags;
  context->id = ++lastContextId;
  context->error = devices[device].lost ? CUDA_ERROR_DEVICE_UNAVAILABLE : CUDA_SUCCESS;
  context->next = contexts;
  contexts = context;
  context->legacy = stream_new(context, CU_STREAM_DEFAULT, 0);
  context->legacy->legacy = true;
  channels_make(context);
  return context;
}

/* Stops the context's work and waits until its threads have ended. */
static void context_destroy(CUcontext context) {
  context_fail(context, CUDA_ERROR_CONTEXT_IS_DESTROYED);
  channels_release(context);
  streams_end(context);
  memory_end_registrations(context);
}

static bool context_alive(CUcontext context) {
  return context != NULL && context->magic == MAGIC &&
         context->error != CUDA_ERROR_CONTEXT_IS_DESTROYED;
}

void context_fail(CUcontext context, CUresult error) {
  int none = CUDA_SUCCESS;
  if (error == CUDA_ERROR_CONTEXT_IS_DESTROYED) {
    context->error = error;
  } else {
    atomic_compare_exchange_strong(&context->error, &none, (int)error);
  }
  /* A stream of any context may wait for an event of this one, or the other way round. */
  for (CUcontext each = contexts; each != NULL; each = each->next) {
    for (CUstream stream = each->streams; stream != NULL; stream = stream->next) {
      pthread_cond_broadcast(&stream->progress);
      pthread_cond_broadcast(&stream->work);
    }
  }
}

CUresult context_usable(CUcontext context) {
  if (context == NULL || context->magic != MAGIC) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  return (CUresult)context->error;
}

CUresult context_current(CUcontext *context) {
  *context = depth == 0 ? NULL : stack[depth - 1];
  return context_usable(*context);
}

static CUresult create(CUcontext *context, unsigned flags, CUdevice device) {
  ENTER("cuCtxCreate");
  TRY(check_device(device));
  if (depth == STACK_DEPTH) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  pthread_mutex_lock(&driver_lock);
  *context = context_new(device, flags, false);
  pthread_mutex_unlock(&driver_lock);
  TRY(context_usable(*context)); /* the device may be lost */
  stack[depth++] = *context;
  return CUDA_SUCCESS;
}

API CUresult cuCtxCreate_v2(CUcontext *context, unsigned int flags, CUdevice device) {
  return create(context, flags, device);
}

API CUresult cuCtxCreate_v3(CUcontext *context, CUexecAffinityParam *affinities, int count,
                            unsigned int flags, CUdevice device) {
  (void)affinities;
  (void)count;
  return create(context, flags, device);
}

API CUresult cuCtxCreate_v4(CUcontext *context, CUctxCreateParams *params, unsigned int flags,
                            CUdevice device) {
  (void)params;
  return create(context, flags, device);
}

static CUresult destroy(CUcontext context) {
  ENTER("cuCtxDestroy");
  if (!context_alive(context)) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  pthread_mutex_lock(&driver_lock);
  context_destroy(context);
  pthread_mutex_unlock(&driver_lock);
  if (depth > 0 && stack[depth - 1] == context) {
    depth--;
  }
  return CUDA_SUCCESS;
}

API CUresult cuCtxDestroy(CUcontext context) { return destroy(context); }
API CUresult cuCtxDestroy_v2(CUcontext context) { return destroy(context); }

/* Of a context without cuCtxAttach, which is not here. */
API CUresult cuCtxDetach(CUcontext context) { return destroy(context); }

API CUresult cuCtxSetCurrent(CUcontext context) {
  ENTER("cuCtxSetCurrent");
  if (context == NULL) {
    depth = depth > 0 ? depth - 1 : 0;
    return CUDA_SUCCESS;
  }
  if (!context_alive(context)) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  depth = depth > 0 ? depth : 1;
  stack[depth - 1] = context;
  return CUDA_SUCCESS;
}

API CUresult cuCtxGetCurrent(CUcontext *context) {
  ENTER("cuCtxGetCurrent");
  *context = depth == 0 ? NULL : stack[depth - 1];
  return CUDA_SUCCESS;
}

static CUresult push(CUcontext context) {
  ENTER("cuCtxPushCurrent");
  if (!context_alive(context)) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  if (depth == STACK_DEPTH) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  stack[depth++] = context;
  return CUDA_SUCCESS;
}

API CUresult cuCtxPushCurrent(CUcontext context) { return push(context); }
API CUresult cuCtxPushCurrent_v2(CUcontext context) { return push(context); }

static CUresult pop(CUcontext *context) {
  ENTER("cuCtxPopCurrent");
  if (depth == 0) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  depth--;
  if (context != NULL) {
    *context = stack[depth];
  }
  return CUDA_SUCCESS;
}

API CUresult cuCtxPopCurrent(CUcontext *context) { return pop(context); }
API CUresult cuCtxPopCurrent_v2(CUcontext *context) { return pop(context); }

/* The context that a call names, or the current one. */
static CUresult named_or_current(CUcontext *context) {
  return *context == NULL ? context_current(context) : context_usable(*context);
}

static CUresult get_device(CUdevice *device, CUcontext context) {
  ENTER("cuCtxGetDevice");
  TRY(named_or_current(&context));
  *device = context->device;
  return CUDA_SUCCESS;
}

API CUresult cuCtxGetDevice(CUdevice *device) { return get_device(device, NULL); }

API CUresult cuCtxGetDevice_v2(CUdevice *device, CUcontext context) {
  return get_device(device, context);
}

API CUresult cuCtxGetId(CUcontext context, unsigned long long *id) {
  ENTER("cuCtxGetId");
  TRY(named_or_current(&context));
  *id = context->id;
  return CUDA_SUCCESS;
}

API CUresult cuCtxGetFlags(unsigned int *flags) {
  ENTER("cuCtxGetFlags");
  CUcontext context;
  TRY(context_current(&context));
  *flags = context->flags;
  return CUDA_SUCCESS;
}

API CUresult cuCtxGetApiVersion(CUcontext context, unsigned int *version) {
  ENTER("cuCtxGetApiVersion");
  TRY(named_or_current(&context));
  *version = 3020;
  return CUDA_SUCCESS;
}

API CUresult cuCtxGetStreamPriorityRange(int *least, int *greatest) {
  ENTER("cuCtxGetStreamPriorityRange");
  CUcontext context;
  TRY(context_current(&context));
  if (least != NULL) {
    *least = 0;
  }
  if (greatest != NULL) {
    *greatest = -5;
  }
  return CUDA_SUCCESS;
}

static CUresult synchronize(CUcontext context) {
  ENTER("cuCtxSynchronize");
  TRY(named_or_current(&context));
  pthread_mutex_lock(&driver_lock);
  CUresult result = capture_forbids_context_wait(context);
  if (result == CUDA_SUCCESS) {
    result = stream_await_all(context);
  }
  pthread_mutex_unlock(&driver_lock);
  return result;
}

API CUresult cuCtxSynchronize(void) { return synchronize(NULL); }
API CUresult cuCtxSynchronize_v2(CUcontext context) { return synchronize(context); }

/* ---- primary contexts ---- */

API CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
  ENTER("cuDevicePrimaryCtxRetain");
  TRY(check_device(device));
  pthread_mutex_lock(&driver_lock);
  Device *of = &devices[device];
  if (of->primary == NULL) {
    of->primary = context_new(device, of->flags, true);
  }
  of->references++;
  *context = of->primary;
  pthread_mutex_unlock(&driver_lock);
  return CUDA_SUCCESS;
}

static CUresult primary_release(CUdevice device) {
  ENTER("cuDevicePrimaryCtxRelease");
  TRY(check_device(device));
  CUresult result = CUDA_SUCCESS;
  pthread_mutex_lock(&driver_lock);
  Device *of = &devices[device];
  if (of->references == 0) {
    result = CUDA_ERROR_INVALID_CONTEXT;
  } else if (--of->references == 0 && of->primary != NULL) {
    CUcontext last = of->primary;
    of->primary = NULL;
    context_destroy(last);
  }
  pthread_mutex_unlock(&driver_lock);
  return result;
}

API CUresult cuDevicePrimaryCtxRelease(CUdevice device) { return primary_release(device); }
API CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) { return primary_release(device); }

static CUresult primary_reset(CUdevice device) {
  ENTER("cuDevicePrimaryCtxReset");
  TRY(check_device(device));
  pthread_mutex_lock(&driver_lock);
  CUcontext last = devices[device].primary;
  devices[device].primary = NULL;
  if (last != NULL) {
    context_destroy(last);
  }
  pthread_mutex_unlock(&driver_lock);
  return CUDA_SUCCESS;
}

API CUresult cuDevicePrimaryCtxReset(CUdevice device) { return primary_reset(device); }
API CUresult cuDevicePrimaryCtxReset_v2(CUdevice device) { return primary_reset(device); }

API CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned int *flags, int *active) {
  ENTER("cuDevicePrimaryCtxGetState");
  TRY(check_device(device));
  pthread_mutex_lock(&driver_lock);
  *flags = devices[device].flags;
  *active = devices[device].primary != NULL;
  pthread_mutex_unlock(&driver_lock);
  return CUDA_SUCCESS;
}

static CUresult primary_set_flags(CUdevice device, unsigned flags) {
  ENTER("cuDevicePrimaryCtxSetFlags");
  TRY(check_device(device));
  pthread_mutex_lock(&driver_lock);
  devices[device].flags = flags;
  pthread_mutex_unlock(&driver_lock);
  return CUDA_SUCCESS;
}

API CUresult cuDevicePrimaryCtxSetFlags(CUdevice device, unsigned int flags) {
  return primary_set_flags(device, flags);
}

API CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned int flags) {
  return primary_set_flags(device, flags);
}
