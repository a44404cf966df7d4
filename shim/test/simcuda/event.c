/* Events: an event is the place in a stream at which it was last recorded. */
#include <stdlib.h>

#include "simcuda.h"

#define MAGIC 0x45564e54 /* "EVNT" */

static CUevent events; /* every one ever made */

static CUresult check(CUevent event) {
  if (event == NULL || event->magic != MAGIC) {
    return CUDA_ERROR_INVALID_HANDLE;
  }
  if (event->destroyed) {
    return use_of_destroyed("an event");
  }
  return context_usable(event->context);
}

void event_reached(CUevent event, Position position, uint64_t nanos) {
  if (event->recorded.stream == position.stream && event->recorded.number == position.number) {
    event->nanos = nanos;
  }
}

static bool reached(CUevent event) {
  return event->recorded.stream == NULL ||
         event->recorded.stream->completed >= event->recorded.number;
}

API CUresult cuEventCreate(CUevent *event, unsigned int flags) {
  ENTER("cuEventCreate");
  CUcontext context;
  TRY(context_current(&context));
  CUevent made = calloc(1, sizeof *made);
  made->magic = MAGIC;
  made->context = context;
  made->flags = flags;
  pthread_mutex_lock(&driver_lock);
  made->next = events;
  events = made;
  pthread_mutex_unlock(&driver_lock);
  *event = made;
  return CUDA_SUCCESS;
}

static CUresult destroy(CUevent event) {
  ENTER("cuEventDestroy");
  TRY(check(event));
  pthread_mutex_lock(&driver_lock);
  event->destroyed = true;
  free(event->captured);
  event->captured = NULL;
  pthread_mutex_unlock(&driver_lock);
  return CUDA_SUCCESS;
}

size_t simcuda_live_events(void) {
  size_t live = 0;
  pthread_mutex_lock(&driver_lock);
  for (CUevent event = events; event != NULL; event = event->next) {
    live += !event->destroyed;
  }
  pthread_mutex_unlock(&driver_lock);
  return live;
}

API CUresult cuEventDestroy(CUevent event) { return destroy(event); }
API CUresult cuEventDestroy_v2(CUevent event) { return destroy(event); }

static CUresult record_locked(CUevent event, CUstream stream) {
  if (stream->capture != NULL) {
    return capture_record(stream, event);
  }
  if (stream->legacy) {
    TRY(capture_forbids_legacy(stream->context));
  }
  Position position;
  TRY(stream_enqueue(stream, (Work){.kind = WORK_RECORD, .event = event}, NULL, &position));
  event->captureId = 0;
  event->recorded = position;
  event->nanos = 0;
  return CUDA_SUCCESS;
}

static CUresult record(const char *name, CUevent event, CUstream handle, DefaultStream which) {
  ENTER(name);
  CUstream stream;
  TRY(check(event));
  TRY(stream_resolve(handle, which, &stream));
  if (stream->context != event->context) {
    return CUDA_ERROR_INVALID_HANDLE;
  }
  pthread_mutex_lock(&driver_lock);
  CUresult result = record_locked(event, stream);
  pthread_mutex_unlock(&driver_lock);
  return result;
}

API CUresult cuEventRecord(CUevent event, CUstream stream) {
  return record("cuEventRecord", event, stream, LEGACY);
}

API CUresult cuEventRecord_ptsz(CUevent event, CUstream stream) {
  return record("cuEventRecord", event, stream, PER_THREAD);
}

API CUresult cuEventRecordWithFlags(CUevent event, CUstream stream, unsigned int flags) {
  (void)flags;
  return record("cuEventRecordWithFlags", event, stream, LEGACY);
}

API CUresult cuEventRecordWithFlags_ptsz(CUevent event, CUstream stream, unsigned int flags) {
  (void)flags;
  return record("cuEventRecordWithFlags", event, stream, PER_THREAD);
}

/* May the host look at the event? With the lock held. */
static CUresult may_look(CUevent event) {
  if (event->captureId != 0) {
    return CUDA_ERROR_CAPTURED_EVENT;
  }
  return capture_forbids_unsafe_call();
}

API CUresult cuEventQuery(CUevent event) {
  ENTER("cuEventQuery");
  TRY(check(event));
  pthread_mutex_lock(&driver_lock);
  CUresult result = may_look(event);
  if (result == CUDA_SUCCESS) {
    result = reached(event) ? context_usable(event->context) : CUDA_ERROR_NOT_READY;
  }
  pthread_mutex_unlock(&driver_lock);
  return result;
}

API CUresult cuEventSynchronize(CUevent event) {
  ENTER("cuEventSynchronize");
  TRY(check(event));
  pthread_mutex_lock(&driver_lock);
  CUresult result = may_look(event);
  if (result == CUDA_SUCCESS && event->recorded.stream != NULL) {
    result = stream_await(event->recorded);
  }
  pthread_mutex_unlock(&driver_lock);
  return result;
}

static CUresult elapsed_locked(float *millis, CUevent start, CUevent end) {
  bool recorded = start->recorded.stream != NULL && end->recorded.stream != NULL;
  if (!recorded || ((start->flags | end->flags) & CU_EVENT_DISABLE_TIMING) != 0) {
    return CUDA_ERROR_INVALID_HANDLE;
  }
  if (!reached(start) || !reached(end)) {
    return CUDA_ERROR_NOT_READY;
  }
  *millis = (float)((double)(int64_t)(end->nanos - start->nanos) / 1e6);
  return CUDA_SUCCESS;
}

static CUresult elapsed(float *millis, CUevent start, CUevent end) {
  ENTER("cuEventElapsedTime");
  TRY(check(start));
  TRY(check(end));
  pthread_mutex_lock(&driver_lock);
  CUresult result = elapsed_locked(millis, start, end);
  pthread_mutex_unlock(&driver_lock);
  return result;
}

API CUresult cuEventElapsedTime(float *millis, CUevent start, CUevent end) {
  return elapsed(millis, start, end);
}

API CUresult cuEventElapsedTime_v2(float *millis, CUevent start, CUevent end) {
  return elapsed(millis, start, end);
}

static CUresult wait_locked(CUstream stream, CUevent event) {
  if (stream->capture != NULL || event->captureId != 0) {
    return capture_wait(stream, event);
  }
  if (stream->legacy) {
    TRY(capture_forbids_legacy(stream->context));
  }
  if (event->recorded.stream == NULL) {
    return CUDA_SUCCESS;
  }
  return stream_enqueue(stream, (Work){.kind = WORK_WAIT_EVENT}, &event->recorded, NULL);
}

static CUresult wait(CUstream handle, DefaultStream which, CUevent event) {
  ENTER("cuStreamWaitEvent");
  CUstream stream;
  TRY(check(event));
  TRY(stream_resolve(handle, which, &stream));
  pthread_mutex_lock(&driver_lock);
  CUresult result = wait_locked(stream, event);
  pthread_mutex_unlock(&driver_lock);
  return result;
}

API CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned int flags) {
  (void)flags;
  return wait(stream, LEGACY, event);
}

API CUresult cuStreamWaitEvent_ptsz(CUstream stream, CUevent event, unsigned int flags) {
  (void)flags;
  return wait(stream, PER_THREAD, event);
}
