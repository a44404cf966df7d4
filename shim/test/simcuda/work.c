/*
 * What a stream can be asked to do, and doing it. Kernels and fills take a turn at the device's
 * engine, copies at its copy engine; waits and host functions hold neither.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "simcuda.h"

#define LAUNCH_NANOS 1000       /* what a kernel or copy takes at least */
#define COPY_BYTES_PER_NANO 10  /* 10 GB/s */
#define FILL_BYTES_PER_NANO 100 /* 100 GB/s */
#define POLL_MIN_NANOS 5000
#define POLL_MAX_NANOS 100000

/* ---- making and ending ---- */

CUresult work_mem_ops(Work *work, const CUstreamBatchMemOpParams *ops, unsigned count) {
  CUstreamBatchMemOpParams *owned = malloc((count > 0 ? count : 1) * sizeof *owned);
  if (owned == NULL) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  memcpy(owned, ops, count * sizeof *owned);
  *work = (Work){.kind = WORK_MEMOPS, .memOps = {owned, count}};
  // cppcheck-suppress memleak ; it is the work's from here on
  return CUDA_SUCCESS;
}

CUresult work_copy(Work *to, const Work *from) {
  *to = *from;
  if (from->kind == WORK_MEMOPS) {
    return work_mem_ops(to, from->memOps.ops, from->memOps.count);
  }
  if (from->kind == WORK_GRAPH) {
    graph_retain(from->graph);
  }
  return CUDA_SUCCESS;
}

void work_release(Work *work) {
  switch (work->kind) {
  case WORK_COPY:
    free(work->copy.staged);
    break;
  case WORK_MEMOPS:
    free(work->memOps.ops);
    break;
  case WORK_GRAPH:
    graph_release(work->graph);
    break;
  default:
    break;
  }
}

/* A kernel's first parameter: the only one that a simulated kernel has. */
static uint64_t first_parameter(void **params, void **extra) {
  uint64_t value = 0;
  if (params != NULL && params[0] != NULL) {
    memcpy(&value, params[0], sizeof value);
  }
  for (void **option = extra; option != NULL && *option != CU_LAUNCH_PARAM_END; option += 2) {
    if (*option == CU_LAUNCH_PARAM_BUFFER_POINTER) {
      memcpy(&value, option[1], sizeof value);
    }
  }
  return value;
}

CUresult work_kernel(Work *work, CUfunction function, void **params, void **extra) {
  if (!function_valid(function)) {
    return CUDA_ERROR_INVALID_HANDLE;
  }
  bool takesParameter = function_takes_parameter(function);
  if (takesParameter && params == NULL && extra == NULL) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  uint64_t argument = takesParameter ? first_parameter(params, extra) : 0;
  *work = (Work){.kind = WORK_KERNEL, .kernel = {function, argument}};
  return CUDA_SUCCESS;
}

/* ---- running ---- */

/* What is traced: when the work began and ended. */
typedef struct {
  uint64_t start, end;
} Span;

static Span span_now(void) {
  uint64_t now = clock_nanos();
  return (Span){now, now};
}

/* What a counted kernel is given. */
typedef struct {
  uint64_t nanos;
  uint32_t begun, ended;
} Counted;

static uint64_t kernel_nanos(const Work *work) {
  CUfunction function = work->kernel.function;
  if (function->kind == KERNEL_COUNTED) {
    return ((const Counted *)(uintptr_t)work->kernel.argument)->nanos;
  }
  if (function->kind != KERNEL_BUSY) {
    return LAUNCH_NANOS;
  }
  return function->nanos != 0 ? function->nanos : work->kernel.argument;
}

static void fail_context(CUstream stream, CUresult error) {
  pthread_mutex_lock(&driver_lock);
  context_fail(stream->context, error);
  pthread_mutex_unlock(&driver_lock);
}

static void await_word(CUstream stream, uint32_t *word) {
  __atomic_store_n(word + 1, 1, __ATOMIC_RELEASE);
  while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == 0 && stream->context->error == CUDA_SUCCESS) {
    clock_sleep_until(clock_nanos() + POLL_MAX_NANOS);
  }
}

static void await_channels(CUstream stream) {
  while (channels_stopped(stream->context)) {
    clock_sleep_until(clock_nanos() + POLL_MAX_NANOS);
  }
}

/* A turn that its channels may use. */
static Turn enter_running(CUstream stream, uint64_t ready) {
  for (;;) {
    await_channels(stream);
    Turn turn = engine_enter(engine_compute(stream->context->device), ready);
    if (!channels_stopped(stream->context)) {
      return turn;
    }
    engine_leave(turn, turn.startNanos);
  }
}

/* Returns when it ended. While its channels are stopped the engine is others', and then it goes on
   where it was. */
static uint64_t run_to_end(CUstream stream, Turn *turn, uint64_t nanos) {
  uint64_t end = turn->startNanos + nanos;
  for (uint64_t now = clock_nanos(); now < end && stream->context->error == CUDA_SUCCESS;
       now = clock_nanos()) {
    if (!channels_may_stop(stream->context)) {
      clock_sleep_until(end);
    } else if (!channels_stopped(stream->context)) {
      clock_sleep_until(end < now + POLL_MAX_NANOS ? end : now + POLL_MAX_NANOS);
    } else {
      uint64_t left = end - now;
      engine_leave(*turn, now);
      *turn = enter_running(stream, now);
      end = turn->startNanos + left;
    }
  }
  return end;
}

static Span run_kernel(CUstream stream, const Work *work, uint64_t ready) {
  Turn turn = enter_running(stream, ready);
  uint64_t start = turn.startNanos;
  KernelKind kind = work->kernel.function->kind;
  Counted *counted = (Counted *)(uintptr_t)work->kernel.argument;
  if (kind == KERNEL_COUNTED) {
    __atomic_fetch_add(&counted->begun, 1, __ATOMIC_ACQ_REL);
  }
  uint64_t end = run_to_end(stream, &turn, kernel_nanos(work));
  switch (kind) {
  case KERNEL_COUNTED:
    __atomic_fetch_add(&counted->ended, 1, __ATOMIC_ACQ_REL);
    break;
  case KERNEL_ADD_ONE:
    __atomic_fetch_add((uint32_t *)(uintptr_t)work->kernel.argument, 1, __ATOMIC_ACQ_REL);
    break;
  case KERNEL_AWAIT_WORD:
    await_word(stream, (uint32_t *)(uintptr_t)work->kernel.argument);
    end = clock_nanos();
    break;
  case KERNEL_FAULT:
    fail_context(stream, CUDA_ERROR_ILLEGAL_ADDRESS);
    break;
  default:
    break;
  }
  engine_leave(turn, end);
  return (Span){start, end};
}

static Span run_copy(CUstream stream, const Work *work, uint64_t ready) {
  const char *source = work->copy.staged != NULL ? work->copy.staged : work->copy.src;
  Turn turn = engine_enter(engine_copy(stream->context->device), ready);
  for (size_t row = 0; row < work->copy.height; row++) {
    memmove(work->copy.dst + row * work->copy.dstPitch, source + row * work->copy.srcPitch,
            work->copy.width);
  }
  uint64_t bytes = work->copy.width * work->copy.height;
  uint64_t end = turn.startNanos + LAUNCH_NANOS + bytes / COPY_BYTES_PER_NANO;
  clock_sleep_until(end);
  engine_leave(turn, end);
  return (Span){turn.startNanos, end};
}

static Span run_fill(CUstream stream, const Work *work, uint64_t ready) {
  Turn turn = engine_enter(engine_compute(stream->context->device), ready);
  for (size_t i = 0; i < work->fill.count; i++) {
    /* Little-endian: the low bytes of the value are the value in fewer bytes. */
    memcpy(work->fill.dst + i * work->fill.unit, &work->fill.value, work->fill.unit);
  }
  uint64_t bytes = work->fill.unit * work->fill.count;
  uint64_t end = turn.startNanos + LAUNCH_NANOS + bytes / FILL_BYTES_PER_NANO;
  clock_sleep_until(end);
  engine_leave(turn, end);
  return (Span){turn.startNanos, end};
}

static Span run_host(CUstream stream, const Work *work) {
  uint64_t start = clock_nanos();
  if (work->kind == WORK_HOST) {
    work->host.function(work->host.data);
  } else {
    work->host.callback(stream, (CUresult)stream->context->error, work->host.data);
  }
  return (Span){start, clock_nanos()};
}

/* ---- stream memory operations ---- */

static bool is_64_bit(const CUstreamBatchMemOpParams *op) {
  return op->operation == CU_STREAM_MEM_OP_WAIT_VALUE_64 ||
         op->operation == CU_STREAM_MEM_OP_WRITE_VALUE_64;
}

static bool wait_holds(const CUstreamBatchMemOpParams *op) {
  const void *address = (const void *)(uintptr_t)op->waitValue.address;
  bool wide = is_64_bit(op);
  uint64_t mask = wide ? UINT64_MAX : UINT32_MAX;
  uint64_t value = op->waitValue.value64 & mask;
  uint64_t found = wide ? __atomic_load_n((const uint64_t *)address, __ATOMIC_ACQUIRE)
                        : __atomic_load_n((const uint32_t *)address, __ATOMIC_ACQUIRE);
  switch (op->waitValue.flags & 3) {
  case CU_STREAM_WAIT_VALUE_GEQ:
    return wide ? (int64_t)(found - value) >= 0 : (int32_t)(uint32_t)(found - value) >= 0;
  case CU_STREAM_WAIT_VALUE_EQ:
    return found == value;
  case CU_STREAM_WAIT_VALUE_AND:
    return (found & value) != 0;
  default:
    return (~(found | value) & mask) != 0;
  }
}

static _Atomic unsigned polling; /* how many streams wait for a value now */

/* Polls fast at first, and then ever more slowly, the more so the more streams wait: a thousand of
   them must leave the processor to those who work. */
static Span run_wait_value(CUstream stream, const CUstreamBatchMemOpParams *op) {
  uint64_t start = clock_nanos();
  uint64_t now = start;
  atomic_fetch_add(&polling, 1);
  while (!wait_holds(op) && stream->context->error == CUDA_SUCCESS) {
    uint64_t pause = (now - start) / 16;
    pause = pause < POLL_MIN_NANOS ? POLL_MIN_NANOS : pause;
    pause = pause > POLL_MAX_NANOS ? POLL_MAX_NANOS : pause;
    clock_sleep_until(now + pause * (1 + atomic_load(&polling) / 4));
    now = clock_nanos();
  }
  atomic_fetch_sub(&polling, 1);
  return (Span){start, clock_nanos()};
}

static Span run_write_value(const CUstreamBatchMemOpParams *op) {
  void *address = (void *)(uintptr_t)op->writeValue.address;
  if (is_64_bit(op)) {
    __atomic_store_n((uint64_t *)address, op->writeValue.value64, __ATOMIC_RELEASE);
  } else {
    __atomic_store_n((uint32_t *)address, op->writeValue.value, __ATOMIC_RELEASE);
  }
  return span_now();
}

static uint64_t run_mem_ops(CUstream stream, const Work *work, int tid) {
  uint64_t end = clock_nanos();
  for (unsigned i = 0; i < work->memOps.count; i++) {
    const CUstreamBatchMemOpParams *op = &work->memOps.ops[i];
    Span span;
    switch (op->operation) {
    case CU_STREAM_MEM_OP_WAIT_VALUE_32:
    case CU_STREAM_MEM_OP_WAIT_VALUE_64:
      span = run_wait_value(stream, op);
      trace_work(stream, "wait_value", tid, span.start, span.end);
      break;
    case CU_STREAM_MEM_OP_WRITE_VALUE_32:
    case CU_STREAM_MEM_OP_WRITE_VALUE_64:
      if (stream->context->error != CUDA_SUCCESS) {
        return end; /* a wait was given up: what follows it must not happen */
      }
      span = run_write_value(op);
      trace_work(stream, "write_value", tid, span.start, span.end);
      break;
    default: /* barriers and flushes: host memory is coherent */
      span = span_now();
      break;
    }
    end = span.end;
  }
  return end;
}

/* ---- all kinds ---- */

uint64_t work_run(CUstream stream, const Work *work, int tid, uint64_t ready) {
  Span span;
  const char *name;
  switch (work->kind) {
  case WORK_GRAPH:
    return graph_run(stream, work->graph, tid, ready);
  case WORK_MEMOPS:
    await_channels(stream);
    return run_mem_ops(stream, work, tid);
  case WORK_KERNEL:
    span = run_kernel(stream, work, ready);
    name = work->kernel.function->name;
    break;
  case WORK_COPY:
    span = run_copy(stream, work, ready);
    name = "memcpy";
    break;
  case WORK_FILL:
    span = run_fill(stream, work, ready);
    name = "memset";
    break;
  case WORK_HOST:
    span = run_host(stream, work);
    name = "host";
    break;
  case WORK_CALLBACK:
    span = run_host(stream, work);
    name = "callback";
    break;
  case WORK_FREE:
    memory_free(work->freed);
    span = span_now();
    name = "free";
    break;
  case WORK_RECORD:
    span = (Span){ready, ready};
    name = "record";
    break;
  case WORK_WAIT_EVENT:
    span = (Span){ready, ready};
    name = "wait_event";
    break;
  default:
    span = (Span){ready, ready};
    name = "nothing";
    break;
  }
  trace_work(stream, name, tid, span.start, span.end);
  return span.end;
}
