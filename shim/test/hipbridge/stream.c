/* Streams, events, and waits for values in memory. */
#include "bridge.h"

#include <stdlib.h>

API hipError_t hipStreamCreateWithPriority(hipStream_t *stream, unsigned int flags, int priority) {
  if (!stream)
    return bridge_error(hipErrorInvalidValue);
  BOUND(cuda.StreamCreateWithPriority((CUstream *)stream, flags, priority));
}

API hipError_t hipStreamCreateWithFlags(hipStream_t *stream, unsigned int flags) {
  return hipStreamCreateWithPriority(stream, flags, 0);
}

API hipError_t hipStreamCreate(hipStream_t *stream) {
  return hipStreamCreateWithPriority(stream, hipStreamDefault, 0);
}

API hipError_t hipStreamDestroy(hipStream_t stream) { BOUND(cuda.StreamDestroy(STREAM(stream))); }

API hipError_t hipStreamQuery(hipStream_t stream) {
  BOUND_TO(stream, cuda.StreamQuery(STREAM(stream)));
}

API hipError_t hipStreamSynchronize(hipStream_t stream) {
  BOUND_TO(stream, cuda.StreamSynchronize(STREAM(stream)));
}

API hipError_t hipStreamWaitEvent(hipStream_t stream, hipEvent_t event, unsigned int flags) {
  BOUND_TO(stream, cuda.StreamWaitEvent(STREAM(stream), EVENT(event), flags));
}

API hipError_t hipStreamGetFlags(hipStream_t stream, unsigned int *flags) {
  BOUND_TO(stream, cuda.StreamGetFlags(STREAM(stream), flags));
}

API hipError_t hipStreamGetPriority(hipStream_t stream, int *priority) {
  BOUND_TO(stream, cuda.StreamGetPriority(STREAM(stream), priority));
}

API hipError_t hipStreamGetDevice(hipStream_t stream, hipDevice_t *device) {
  return bridge_result(bridge_device_of(stream, device));
}

API int hipGetStreamDeviceId(hipStream_t stream) {
  int device = 0;
  return bridge_device_of(stream, &device) == CUDA_SUCCESS ? device : -1;
}

/* ---- memory operations ---- */

API hipError_t hipStreamWaitValue32(hipStream_t stream, void *memory, uint32_t value,
                                    unsigned int flags, uint32_t mask) {
  if (!memory || flags > hipStreamWaitValueNor)
    return bridge_error(hipErrorInvalidValue);
  if (getenv("HIPBRIDGE_SIGNALS_ONLY") && !bridge_is_signal(memory))
    return bridge_error(hipErrorInvalidValue);
  /* CUDA has no mask, and compares by the sign of the difference. */
  if (mask != UINT32_MAX || (flags == hipStreamWaitValueGte && value > INT32_MAX))
    return bridge_error(hipErrorNotSupported);
  BOUND_TO(stream, cuda.StreamWaitValue32(STREAM(stream), ADDRESS(memory), value, flags));
}

API hipError_t hipStreamWriteValue32(hipStream_t stream, void *memory, uint32_t value,
                                     unsigned int flags) {
  if (!memory || flags)
    return bridge_error(hipErrorInvalidValue);
  BOUND_TO(stream, cuda.StreamWriteValue32(STREAM(stream), ADDRESS(memory), value, 0));
}

/* ---- events ---- */

/* Flags about the device's caches are HIP's alone. */
API hipError_t hipEventCreateWithFlags(hipEvent_t *event, unsigned flags) {
  unsigned known = hipEventBlockingSync | hipEventDisableTiming | hipEventInterprocess;
  if (!event)
    return bridge_error(hipErrorInvalidValue);
  BOUND(cuda.EventCreate((CUevent *)event, flags & known));
}

API hipError_t hipEventCreate(hipEvent_t *event) {
  return hipEventCreateWithFlags(event, hipEventDefault);
}

API hipError_t hipEventRecord(hipEvent_t event, hipStream_t stream) {
  BOUND_TO(stream, cuda.EventRecord(EVENT(event), STREAM(stream)));
}

API hipError_t hipEventQuery(hipEvent_t event) { BOUND(cuda.EventQuery(EVENT(event))); }
API hipError_t hipEventSynchronize(hipEvent_t event) { BOUND(cuda.EventSynchronize(EVENT(event))); }
API hipError_t hipEventDestroy(hipEvent_t event) { BOUND(cuda.EventDestroy(EVENT(event))); }

API hipError_t hipEventElapsedTime(float *millis, hipEvent_t start, hipEvent_t stop) {
  BOUND(cuda.EventElapsedTime(millis, EVENT(start), EVENT(stop)));
}

/* ---- with the thread's own default stream ---- */

API hipError_t hipStreamQuery_spt(hipStream_t stream) {
  return hipStreamQuery(OR_PER_THREAD(stream));
}

API hipError_t hipStreamSynchronize_spt(hipStream_t stream) {
  return hipStreamSynchronize(OR_PER_THREAD(stream));
}

API hipError_t hipStreamWaitEvent_spt(hipStream_t stream, hipEvent_t event, unsigned int flags) {
  return hipStreamWaitEvent(OR_PER_THREAD(stream), event, flags);
}

API hipError_t hipEventRecord_spt(hipEvent_t event, hipStream_t stream) {
  return hipEventRecord(event, OR_PER_THREAD(stream));
}
