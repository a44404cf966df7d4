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

#define STACK_BYTES ((size_t)1 << 20) /* host functions run on it, a JVM's too */

struct Operation {
  Operation *next;
  Work work;
  int tid; /* who submitted it */
  uint64_t submittedNanos;
  size_t afterCount;
  Position after[];
};

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

void stream_await_turn_to_ask(CUstream stream) {
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

CUresult stream_await_end(CUstream stream) {
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

void streams_end(CUcontext context) {
  for (CUstream stream = context->streams; stream != NULL; stream = stream->next) {
    stream_end(stream);
  }
  while (context->threads > 0) {
    pthread_cond_wait(&threadEnded, &driver_lock);
  }
}
