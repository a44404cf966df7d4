/*
 * Streams as the driver's functions know them: handles, default streams of the old and the new
 * kind, questions and waits. What a stream does is in stream.c.
 */
#include <stdlib.h>

#include "simcuda.h"

#define MAGIC 0x5354524d /* "STRM" */

static unsigned long long lastId;
static __thread CUstream perThread;
static pthread_key_t perThreadEnd;
static pthread_once_t perThreadOnce = PTHREAD_ONCE_INIT;

/* ---- creation and end ---- */

CUstream stream_new(CUcontext context, unsigned flags, int priority) {
  CUstream stream = calloc(1, sizeof *stream);
  stream->magic = MAGIC;
  stream->context = context;
  stream->flags = flags;
  stream->priority = priority;
  stream->id = ++lastId;
  pthread_cond_init(&stream->work, NULL);
  pthread_cond_init(&stream->progress, NULL);
  stream->next = context->streams;
  context->streams = stream;
  return stream;
}

void stream_end(CUstream stream) {
  stream->destroyed = true;
  pthread_cond_signal(&stream->work);
}

static void end_per_thread(void *stream) {
  pthread_mutex_lock(&driver_lock);
  stream_end(stream);
  pthread_mutex_unlock(&driver_lock);
}

static void make_per_thread_key(void) { pthread_key_create(&perThreadEnd, end_per_thread); }

/* A thread's default stream in a context. One that uses several contexts in turn gets a new stream
   at each change; the earlier one runs to its end. */
static CUstream per_thread_stream(CUcontext context) {
  pthread_once(&perThreadOnce, make_per_thread_key);
  if (perThread == NULL || perThread->context != context) {
    pthread_mutex_lock(&driver_lock);
    if (perThread != NULL) {
      stream_end(perThread);
    }
    perThread = stream_new(context, CU_STREAM_DEFAULT, 0);
    pthread_mutex_unlock(&driver_lock);
    pthread_setspecific(perThreadEnd, perThread);
  }
  return perThread;
}

CUresult stream_resolve(CUstream handle, DefaultStream which, CUstream *stream) {
  bool legacy = handle == CU_STREAM_LEGACY || (handle == NULL && which == LEGACY);
  bool own = handle == CU_STREAM_PER_THREAD || (handle == NULL && which == PER_THREAD);
  if (legacy || own) {
    CUcontext context;
    TRY(context_current(&context));
    *stream = legacy ? context->legacy : per_thread_stream(context);
    return CUDA_SUCCESS;
  }
  if (handle->magic != MAGIC) {
    return CUDA_ERROR_INVALID_HANDLE;
  }
  if (handle->destroyed) {
    return use_of_destroyed("a stream");
  }
  *stream = handle;
  return context_usable(handle->context);
}

static CUresult create(CUstream *stream, unsigned flags, int priority) {
  CUcontext context;
  TRY(context_current(&context));
  if (stream == NULL || (flags & ~1u) != 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  priority = priority < -5 ? -5 : priority > 0 ? 0 : priority;
  pthread_mutex_lock(&driver_lock);
  *stream = stream_new(context, flags, priority);
  pthread_mutex_unlock(&driver_lock);
  return CUDA_SUCCESS;
}

API CUresult cuStreamCreate(CUstream *stream, unsigned int flags) {
  ENTER("cuStreamCreate");
  return create(stream, flags, 0);
}

API CUresult cuStreamCreateWithPriority(CUstream *stream, unsigned int flags, int priority) {
  ENTER("cuStreamCreateWithPriority");
  return create(stream, flags, priority);
}

static CUresult destroy(CUstream handle) {
  ENTER("cuStreamDestroy");
  CUstream stream;
  if (handle == NULL || handle == CU_STREAM_LEGACY || handle == CU_STREAM_PER_THREAD) {
    return CUDA_ERROR_INVALID_HANDLE;
  }
  TRY(stream_resolve(handle, LEGACY, &stream));
  pthread_mutex_lock(&driver_lock);
  stream_end(stream);
  pthread_mutex_unlock(&driver_lock);
  return CUDA_SUCCESS;
}

size_t simcuda_live_streams(CUcontext context) {
  size_t live = 0;
  pthread_mutex_lock(&driver_lock);
  for (CUstream stream = context->streams; stream != NULL; stream = stream->next) {
    live += !stream->destroyed;
  }
  pthread_mutex_unlock(&driver_lock);
  return live;
}

API CUresult cuStreamDestroy(CUstream stream) { return destroy(stream); }
API CUresult cuStreamDestroy_v2(CUstream stream) { return destroy(stream); }

/* ---- waiting ---- */

static bool stream_done(CUstream stream) {
  bool done = stream->completed == stream->submitted;
  for (CUstream other = stream->context->streams; stream->legacy && done && other != NULL;
       other = other->next) {
    done = (other->flags & CU_STREAM_NON_BLOCKING) || other->completed == other->submitted;
  }
  return done;
}

/* May the host wait for the stream, or ask whether it is done? With the lock held. */
static CUresult may_wait(CUstream stream) {
  TRY(capture_forbids_waiting(stream));
  if (stream->legacy) {
    TRY(capture_forbids_legacy(stream->context));
  }
  return capture_forbids_unsafe_call();
}

static CUresult query(CUstream handle, DefaultStream which) {
  ENTER("cuStreamQuery");
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  pthread_mutex_lock(&driver_lock);
  stream_await_turn_to_ask(stream);
  CUresult result = may_wait(stream);
  if (result == CUDA_SUCCESS) {
    result = stream_done(stream) ? context_usable(stream->context) : CUDA_ERROR_NOT_READY;
  }
  pthread_mutex_unlock(&driver_lock);
  return result;
}

API CUresult cuStreamQuery(CUstream stream) { return query(stream, LEGACY); }
API CUresult cuStreamQuery_ptsz(CUstream stream) { return query(stream, PER_THREAD); }

static CUresult synchronize(CUstream handle, DefaultStream which) {
  ENTER("cuStreamSynchronize");
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  pthread_mutex_lock(&driver_lock);
  CUresult result = may_wait(stream);
  if (result == CUDA_SUCCESS) {
    result = stream_await_end(stream);
  }
  pthread_mutex_unlock(&driver_lock);
  return result;
}

API CUresult cuStreamSynchronize(CUstream stream) { return synchronize(stream, LEGACY); }
API CUresult cuStreamSynchronize_ptsz(CUstream stream) { return synchronize(stream, PER_THREAD); }

/* ---- properties ---- */

static CUresult get_context(CUstream handle, DefaultStream which, CUcontext *context) {
  ENTER("cuStreamGetCtx");
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  *context = stream->context;
  return CUDA_SUCCESS;
}

static CUresult get_contexts(CUstream handle, DefaultStream which, CUcontext *context,
                             CUgreenCtx *green) {
  if (green != NULL) {
    *green = NULL;
  }
  return get_context(handle, which, context);
}

API CUresult cuStreamGetCtx(CUstream stream, CUcontext *context) {
  return get_context(stream, LEGACY, context);
}

API CUresult cuStreamGetCtx_ptsz(CUstream stream, CUcontext *context) {
  return get_context(stream, PER_THREAD, context);
}

API CUresult cuStreamGetCtx_v2(CUstream stream, CUcontext *context, CUgreenCtx *green) {
  return get_contexts(stream, LEGACY, context, green);
}

API CUresult cuStreamGetCtx_v2_ptsz(CUstream stream, CUcontext *context, CUgreenCtx *green) {
  return get_contexts(stream, PER_THREAD, context, green);
}

static CUresult get_priority(CUstream handle, DefaultStream which, int *priority) {
  ENTER("cuStreamGetPriority");
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  *priority = stream->priority;
  return CUDA_SUCCESS;
}

API CUresult cuStreamGetPriority(CUstream stream, int *priority) {
  return get_priority(stream, LEGACY, priority);
}

API CUresult cuStreamGetPriority_ptsz(CUstream stream, int *priority) {
  return get_priority(stream, PER_THREAD, priority);
}

static CUresult get_flags(CUstream handle, DefaultStream which, unsigned *flags) {
  ENTER("cuStreamGetFlags");
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  *flags = stream->flags;
  return CUDA_SUCCESS;
}

API CUresult cuStreamGetFlags(CUstream stream, unsigned int *flags) {
  return get_flags(stream, LEGACY, flags);
}

API CUresult cuStreamGetFlags_ptsz(CUstream stream, unsigned int *flags) {
  return get_flags(stream, PER_THREAD, flags);
}

static CUresult get_id(CUstream handle, DefaultStream which, unsigned long long *id) {
  ENTER("cuStreamGetId");
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  *id = stream->id;
  return CUDA_SUCCESS;
}

API CUresult cuStreamGetId(CUstream stream, unsigned long long *id) {
  return get_id(stream, LEGACY, id);
}

API CUresult cuStreamGetId_ptsz(CUstream stream, unsigned long long *id) {
  return get_id(stream, PER_THREAD, id);
}
