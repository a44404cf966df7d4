/*
 * Streams: queues of operations, each run in order by a thread of its own, which starts with the
 * first operation. An operation waits for its places in other streams, then for its turn at the
 * engine (work.c). Once the context has failed, operations are passed over, so that every wait
 * ends.
 */
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "simcuda.h"

#define MAGIC 0x5354524d              /* "STRM" */
#define STACK_BYTES ((size_t)1 << 20) /* host functions run on it, a JVM's too */

struct Operation {
  Operation *next;
  Work work;
  int tid; /* who submitted it */
  uint64_t submittedNanos;
  size_t afterCount;
  Position after[];
};

static unsigned long long lastId;
static __thread CUstream perThread;
static pthread_key_t perThreadEnd;
static pthread_once_t perThreadOnce = PTHREAD_ONCE_INIT;
static pthread_cond_t threadEnded = PTHREAD_COND_INITIALIZER;

/* ---- the thread of a stream ---- */

static bool await_places(CUstream stream, const Operation *operation) {
  for (size_t i = 0; i < operation->afterCount; i++) {
    const Position *place = &operation->after[i];
    while (place->stream->completed < place->number && stream->context->error == CUDA_SUCCESS) {
      pthread_cond_wait(&place->stream->progress, &driver_lock);
    }
  }
  return stream->context->error == CUDA_SUCCESS;
}

static uint64_t ready_time(CUstream stream, const Operation *operation) {
  uint64_t ready = operation->submittedNanos;
  ready = ready > stream->freeNanos ? ready : stream->freeNanos;
  for (size_t i = 0; i < operation->afterCount; i++) {
    uint64_t freed = operation->after[i].stream->freeNanos;
    ready = ready > freed ? ready : freed;
  }
  return ready;
}

static void *run_stream(void *argument) {
  CUstream stream = argument;
  prctl(PR_SET_TIMERSLACK, 1ul); /* or every sleep ends 50 us late */
  pthread_mutex_lock(&driver_lock);
  for (;;) {
    while (stream->first == NULL && !stream->destroyed) {
      pthread_cond_wait(&stream->work, &driver_lock);
    }
    Operation *operation = stream->first;
    if (operation == NULL) {
      break;
    }
    if (await_places(stream, operation)) {
      uint64_t ready = ready_time(stream, operation);
      pthread_mutex_unlock(&driver_lock);
      uint64_t end = work_run(stream, &operation->work, operation->tid, ready);
      pthread_mutex_lock(&driver_lock);
      stream->freeNanos = end;
    }
    stream->completed++;
    if (operation->work.kind == WORK_RECORD) {
      event_reached(operation->work.event, (Position){stream, stream->completed},
                    stream->freeNanos);
    }
    stream->first = operation->next;
    pthread_cond_broadcast(&stream->progress);
    work_release(&operation->work);
    free(operation);
  }
  stream->running = false;
  stream->context->threads--;
  pthread_cond_broadcast(&threadEnded);
  pthread_mutex_unlock(&driver_lock);
  return NULL;
}

static CUresult start_thread(CUstream stream) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  pthread_t thread;
  int error = pthread_create(&thread, &attributes, run_stream, stream);
  pthread_attr_destroy(&attributes);
  if (error != 0) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  stream->running = true;
  stream->context->threads++;
  return CUDA_SUCCESS;
}

/* ---- submission ---- */

static bool is_full(CUstream stream) {
  uint64_t depth = settings()->queueDepth;
  return depth != 0 && stream->submitted - stream->completed >= depth &&
         stream->context->error == CUDA_SUCCESS;
}

static CUresult await_room(CUstream stream) {
  if (!is_full(stream)) {
    return CUDA_SUCCESS;
  }
  stream->blocked++;
  while (is_full(stream)) {
    pthread_cond_wait(&stream->progress, &driver_lock);
  }
  stream->blocked--;
  pthread_cond_broadcast(&stream->progress); /* to those who ask */
  return context_usable(stream->context);
}

/* A call that waits for room keeps others from the stream, as by a lock of the real driver's. */
static void await_turn_to_ask(CUstream stream) {
  while (stream->blocked > 0) {
    pthread_cond_wait(&stream->progress, &driver_lock);
  }
}

static size_t add_place(Operation *operation, CUstream stream, uint64_t number) {
  if (stream->completed < number) {
    operation->after[operation->afterCount++] = (Position){stream, number};
  }
  return operation->afterCount;
}

/* The legacy stream waits for all blocking streams of its context, and they for it. */
static void add_implicit_places(Operation *operation, CUstream stream) {
  CUcontext context = stream->context;
  if (stream->flags & CU_STREAM_NON_BLOCKING) {
    return;
  }
  if (!stream->legacy) {
    add_place(operation, context->legacy, context->legacy->submitted);
    return;
  }
  for (CUstream other = context->streams; other != NULL; other = other->next) {
    if (other != stream && !(other->flags & CU_STREAM_NON_BLOCKING)) {
      add_place(operation, other, other->submitted);
    }
  }
}

static size_t implicit_places_at_most(CUstream stream) {
  size_t count = 1;
  for (CUstream other = stream->context->streams; stream->legacy && other != NULL;
       other = other->next) {
    count++;
  }
  return count;
}

CUresult stream_enqueue(CUstream stream, Work work, const Position *after, Position *position) {
  CUresult result = await_room(stream);
  if (result != CUDA_SUCCESS) {
    work_release(&work);
    return result;
  }
  size_t places = implicit_places_at_most(stream) + 1;
  Operation *operation = calloc(1, sizeof *operation + places * sizeof(Position));
  operation->work = work;
  operation->tid = (int)syscall(SYS_gettid);
  operation->submittedNanos = clock_nanos();
  add_implicit_places(operation, stream);
  if (after != NULL) {
    add_place(operation, after->stream, after->number);
  }
  result = stream->running ? CUDA_SUCCESS : start_thread(stream);
  if (result != CUDA_SUCCESS) {
    work_release(&operation->work);
    free(operation);
    return result;
  }
  if (stream->first == NULL) {
    stream->first = operation;
  } else {
    stream->last->next = operation;
  }
  stream->last = operation;
  stream->submitted++;
  if (position != NULL) {
    *position = (Position){stream, stream->submitted};
  }
  pthread_cond_signal(&stream->work);
  return CUDA_SUCCESS;
}

CUresult stream_submit(CUstream stream, Work work, Position *position) {
  if (position != NULL) {
    *position = (Position){NULL, 0};
  }
  pthread_mutex_lock(&driver_lock);
  CUresult result = context_usable(stream->context);
  if (result == CUDA_SUCCESS && stream->capture != NULL) {
    result = capture_add(stream, work);
  } else {
    if (result == CUDA_SUCCESS && stream->legacy) {
      result = capture_forbids_legacy(stream->context);
    }
    if (result == CUDA_SUCCESS) {
      result = stream_enqueue(stream, work, NULL, position);
    } else {
      work_release(&work);
    }
  }
  pthread_mutex_unlock(&driver_lock);
  return result;
}

CUresult stream_await(Position position) {
  while (position.stream->completed < position.number) {
    pthread_cond_wait(&position.stream->progress, &driver_lock);
  }
  return context_usable(position.stream->context);
}

/* Of the legacy stream: also everything that its next operation would wait for. */
static CUresult await_stream(CUstream stream) {
  Position end = {stream, stream->submitted};
  if (stream->legacy) {
    for (CUstream other = stream->context->streams; other != NULL; other = other->next) {
      if (other != stream && !(other->flags & CU_STREAM_NON_BLOCKING)) {
        stream_await((Position){other, other->submitted});
      }
    }
  }
  return stream_await(end);
}

CUresult stream_submit_and_wait(CUstream stream, Work work) {
  Position position;
  TRY(stream_submit(stream, work, &position));
  if (position.stream == NULL) {
    return CUDA_SUCCESS; /* captured */
  }
  pthread_mutex_lock(&driver_lock);
  CUresult result = stream_await(position);
  pthread_mutex_unlock(&driver_lock);
  return result;
}

CUresult stream_await_all(CUcontext context) {
  for (CUstream stream = context->streams; stream != NULL; stream = stream->next) {
    stream_await((Position){stream, stream->submitted});
  }
  return context_usable(context);
}

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

/* What is queued still runs; then the thread ends. */
static void stream_end(CUstream stream) {
  stream->destroyed = true;
  pthread_cond_signal(&stream->work);
}

void streams_end(CUcontext context) {
  for (CUstream stream = context->streams; stream != NULL; stream = stream->next) {
    stream_end(stream);
  }
  while (context->threads > 0) {
    pthread_cond_wait(&threadEnded, &driver_lock);
  }
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
  if (handle->magic != MAGIC || handle->destroyed) {
    return CUDA_ERROR_INVALID_HANDLE;
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
  await_turn_to_ask(stream);
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
    result = await_stream(stream);
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
