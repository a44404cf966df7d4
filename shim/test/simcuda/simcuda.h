/*
 * A simulated CUDA driver (libcuda.so.1) for tests: a stand-in for function and order, never a
 * model of performance. It answers "did this run, after what, and before what"; how long anything
 * takes on a real GPU it does not know, and no figure taken from it says anything about one.
 *
 * What it keeps of the real thing: streams are in order; the legacy default stream waits for the
 * blocking ones and they for it; events, stream memory operations, capture and graphs; errors that
 * stick to a context. One engine per device runs one kernel at a time, and all processes of the
 * machine share it, first come first served (engine.c). What it leaves out: kernels that run side
 * by side, stream priorities (accepted, without effect), images (any will do: a kernel is known by
 * its name, see work.c), arrays, peers, virtual memory.
 *
 * How it works: every stream in use has a thread that runs its queue (stream.c). A piece of work
 * sleeps to the deadline at which it is done, so that waiting costs no processor time. Device
 * memory is host memory. One lock guards all queues; nobody sleeps, polls or calls a program back
 * under it. A handle is never used twice, and its memory stays after the object is gone: a stale
 * handle is an error that the tests see, not a crash.
 *
 * Environment, read when the driver is first used:
 *   SIMCUDA_STATE       file that the processes share the engines through
 *                       (/dev/shm/simcuda-<uid>)
 *   SIMCUDA_TRACE       file to append a line to for every piece of work that ran (trace.c)
 *   SIMCUDA_DEVICES     how many GPUs there are (1); 0: cuInit returns CUDA_ERROR_NO_DEVICE
 *   SIMCUDA_VERSION     what cuDriverGetVersion says (13000); cuGetProcAddress gives no symbol that
 *                       came later
 *   SIMCUDA_OWN_ADDRESSES  1: what cuGetProcAddress gives is at other addresses than the symbols
 *   SIMCUDA_STRICT      1: a call with a stream or an event that was destroyed ends the program, as
 *                       with a real driver it may
 *   SIMCUDA_NO_MEMOPS   1: no stream memory operations; the attributes say 0, the calls return
 *                       CUDA_ERROR_NOT_SUPPORTED
 *   SIMCUDA_QUEUE_DEPTH N: a stream's queue takes that many commands (any number); a call with one
 *                       more waits for room, and while it does, so does a question about the stream
 *   SIMCUDA_FAIL        FUNCTION:N[:CODE],...  the Nth call in this process fails with CODE
 *                       (CUDA_ERROR_UNKNOWN); N=0: every call
 *   SIMCUDA_SLOW        FUNCTION:MICROS,...    every call takes that much longer
 *   SIMCUDA_LOST_AFTER  N: the Nth kernel launch of this process loses the device: it and every
 *                       later call on its contexts returns CUDA_ERROR_DEVICE_UNAVAILABLE
 *
 * FUNCTION is a name without suffix: cuMemAlloc stands for cuMemAlloc_v2, cuLaunchKernel for
 * cuLaunchKernel_ptsz too.
 */
#ifndef SIMCUDA_H
#define SIMCUDA_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "driver.h"

#define API __attribute__((visibility("default")))
#define MAX_DEVICES 8

/* Ends the calling function with an error unless the driver is ready for a call of this name. */
#define ENTER(name)                                                                                \
  do {                                                                                             \
    CUresult entered = driver_call(name);                                                          \
    if (entered != CUDA_SUCCESS) {                                                                 \
      return entered;                                                                              \
    }                                                                                              \
  } while (0)

/* Ends the calling function with the error of an expression, if there is one. */
#define TRY(expression)                                                                            \
  do {                                                                                             \
    CUresult tried = (expression);                                                                 \
    if (tried != CUDA_SUCCESS) {                                                                   \
      return tried;                                                                                \
    }                                                                                              \
  } while (0)

/* Which default stream the handle 0 means: plain symbols and those ending in _ptsz or _ptds. */
typedef enum { LEGACY, PER_THREAD } DefaultStream;

/* ---- engine.c: the devices' engines, shared by all processes ---- */

typedef struct Engine Engine;

/* A turn at an engine: what engine_leave needs of engine_enter. */
typedef struct {
  Engine *engine;
  uint64_t ticket;
  uint64_t startNanos;
} Turn;

CUresult engines_open(void);
Engine *engine_compute(int device);
Engine *engine_copy(int device);
/* Waits for the engine, in order of arrival. The turn starts when the work was ready (readyNanos)
   and the engine free, which may be shortly before now: waking up costs no simulated time. */
Turn engine_enter(Engine *engine, uint64_t readyNanos);
void engine_leave(Turn turn, uint64_t endNanos);

/* ---- newer than the cuda.h that the declarations are compared with ---- */

/* CUDA 13.2's: what `data` points to may be read ahead, or not. Here that makes no difference. */
API CUresult cuLaunchHostFunc_v2(CUstream stream, CUhostFn function, void *data, unsigned mode);
API CUresult cuLaunchHostFunc_v2_ptsz(CUstream stream, CUhostFn function, void *data,
                                      unsigned mode);
/* What that name might mean some day: a release that nobody knows yet, and no symbol. */
#define SOME_DAY 99000
CUresult launch_host_some_day(CUhostFn function, void *data, CUstream stream);

/* ---- for tests alone: no real driver exports these ---- */

/* What the program has made and not destroyed. */
API size_t simcuda_live_streams(CUcontext context);
API size_t simcuda_live_events(void);
/* Memory of the host that the device is shown: allocated by the driver or registered. */
API size_t simcuda_host_bytes(void);

/* ---- clock.c ---- */

uint64_t clock_nanos(void);
void clock_sleep_until(uint64_t nanos);

/* ---- faults.c: what the environment asks for ---- */

typedef struct {
  int devices;
  int version;
  bool ownAddresses;
  bool strict;
  bool memOps;
  uint64_t queueDepth;        /* 0: no limit */
  uint64_t lostAfterLaunches; /* 0: never */
  const char *statePath;
  const char *tracePath; /* NULL: no trace */
} Settings;

const Settings *settings(void);
/* What a call with a stream or an event that was destroyed returns; or it ends the program. */
CUresult use_of_destroyed(const char *what);
/* Injects the failure or delay that the environment asks for. */
CUresult fault_of_call(const char *function);

/* ---- trace.c ---- */

/* One line for work that ran from start to end, submitted by thread tid. */
void trace_work(CUstream stream, const char *work, int tid, uint64_t start, uint64_t end);

/* ---- work.c: what a stream can be asked to do ---- */

typedef enum {
  WORK_NOTHING,
  WORK_KERNEL,
  WORK_COPY,
  WORK_FILL,
  WORK_HOST,
  WORK_CALLBACK,
  WORK_RECORD,
  WORK_WAIT_EVENT,
  WORK_MEMOPS,
  WORK_FREE,
  WORK_GRAPH
} WorkKind;

typedef struct {
  WorkKind kind;
  union {
    struct {
      CUfunction function;
      uint64_t argument; /* first parameter: duration or address */
    } kernel;
    struct {
      char *dst;
      const char *src;
      size_t dstPitch, srcPitch, width, height; /* bytes; height in rows */
      void *staged;                             /* owned copy of the source, or NULL */
    } copy;
    struct {
      char *dst;
      uint32_t value;
      size_t unit, count; /* bytes each; how many */
    } fill;
    struct {
      CUhostFn function;
      CUstreamCallback callback;
      void *data;
    } host;
    struct {
      CUstreamBatchMemOpParams *ops; /* owned */
      unsigned count;
    } memOps;
    CUevent event;
    CUdeviceptr freed;
    CUgraphExec graph; /* referenced */
  };
} Work;

/* A copy that owns what it points to. */
CUresult work_copy(Work *to, const Work *from);
void work_release(Work *work);
/* Runs work of this stream; returns when it is done. `ready` is when it could have begun, the
   result is when it ended. */
uint64_t work_run(CUstream stream, const Work *work, int tid, uint64_t ready);
CUresult work_kernel(Work *work, CUfunction function, void **params, void **extra);
CUresult work_mem_ops(Work *work, const CUstreamBatchMemOpParams *ops, unsigned count);

/* ---- context.c: devices and contexts ---- */

struct CUctx_st {
  uint32_t magic;
  int device;
  bool primary;
  unsigned flags;
  unsigned long long id;
  _Atomic int error; /* a CUresult; sticks */
  CUstream streams;  /* every one since the context was created, newest first */
  CUstream legacy;
  int threads;
  uint32_t computeGroup, computeChannel, copyGroup; /* channels.c; 0: none */
  CUcontext next;
};

extern pthread_mutex_t driver_lock; /* guards everything below but atomics */
CUresult driver_call(const char *function);
/* The context of the calling thread, usable: initialized, current, without a sticky error. */
CUresult context_current(CUcontext *context);
CUresult context_usable(CUcontext context);
/* Sets the sticky error and wakes whoever waits in the context. */
void context_fail(CUcontext context, CUresult error);
void device_lose(int device);

/* ---- channels.c: what the kernel's driver can take off the device ---- */

void channels_make(CUcontext context); /* under the driver lock, as the next */
void channels_release(CUcontext context);
/* Whether there are any, and whether they are stopped now: then no kernel of the context runs. */
bool channels_may_stop(CUcontext context);
bool channels_stopped(CUcontext context);

/* ---- stream.c: queues and the threads that run them ---- */

typedef struct Capture Capture;
typedef struct Operation Operation;

/* A place in a stream: "after its operation number `number`". */
typedef struct {
  CUstream stream;
  uint64_t number;
} Position;

struct CUstream_st {
  uint32_t magic;
  CUcontext context;
  unsigned flags;
  int priority;
  unsigned long long id;
  bool legacy;
  _Atomic bool destroyed;
  bool running; /* has a thread */
  int blocked;  /* calls that wait for room in its queue */
  Operation *first, *last;
  uint64_t submitted, completed; /* numbers of operations */
  uint64_t freeNanos;            /* when the last one ended */
  pthread_cond_t work, progress;
  Capture *capture;
  CUgraphNode *captureTail; /* what the next captured node depends on; owned */
  size_t captureTailLength;
  CUstream next;
};

/* Takes the work over, whatever the result. `position` may be NULL; captured work has none
   (stream NULL). Called without the lock. */
CUresult stream_submit(CUstream stream, Work work, Position *position);
/* The same with the lock held, but for a wait for room, and with one more place to wait for. */
CUresult stream_enqueue(CUstream stream, Work work, const Position *after, Position *position);
/* Waits, with the lock held, until the place is reached; returns the context's sticky error. */
CUresult stream_await(Position position);
/* Submits and waits. */
CUresult stream_submit_and_wait(CUstream stream, Work work);
/* Waits for all that the stream has; of the legacy stream, also everything that its next operation
   would wait for. */
CUresult stream_await_end(CUstream stream);
CUresult stream_await_all(CUcontext context);
/* A call that waits for room keeps others from the stream, as by a lock of the real driver's. */
void stream_await_turn_to_ask(CUstream stream);
/* Ends all streams of the context, and waits for their threads. */
void streams_end(CUcontext context);

/* ---- stream_api.c ---- */

CUresult stream_resolve(CUstream handle, DefaultStream which, CUstream *stream);
CUstream stream_new(CUcontext context, unsigned flags, int priority);
/* What is queued still runs; then the thread ends. */
void stream_end(CUstream stream);

/* ---- event.c ---- */

struct CUevent_st {
  uint32_t magic;
  CUcontext context;
  unsigned flags;
  _Atomic bool destroyed;
  Position recorded;
  uint64_t nanos; /* when the record ran; 0: not yet */
  unsigned long long captureId;
  CUgraphNode *captured; /* owned */
  size_t capturedLength;
  CUevent next;
};

/* The record operation of this event has run at its place. */
void event_reached(CUevent event, Position position, uint64_t nanos);

/* ---- capture.c ---- */

/* All with the lock held. */
/* Adds captured work to the graph; called for a stream with a capture. */
CUresult capture_add(CUstream stream, Work work);
/* CUDA_SUCCESS unless the stream is being captured, which the call then breaks. */
CUresult capture_forbids_waiting(CUstream stream);
/* CUDA_SUCCESS unless a capture forbids this thread calls that could break it. */
CUresult capture_forbids_unsafe_call(void);
/* CUDA_SUCCESS unless use of the legacy stream would depend on a captured stream. */
CUresult capture_forbids_legacy(CUcontext context);
CUresult capture_forbids_context_wait(CUcontext context);
CUresult capture_record(CUstream stream, CUevent event);
CUresult capture_wait(CUstream stream, CUevent event);

/* ---- graph.c ---- */

CUresult graph_new(CUgraph *graph);
void graph_free(CUgraph graph);
CUresult graph_add(CUgraph graph, const CUgraphNode *after, size_t count, Work work,
                   CUgraphNode *node);
/* Is there a node that none of the ends comes after? */
bool graph_has_node_beyond(CUgraph graph, const CUgraphNode *ends, size_t count);
uint64_t graph_run(CUstream stream, CUgraphExec graph, int tid, uint64_t ready);
CUgraphExec graph_retain(CUgraphExec graph);
void graph_release(CUgraphExec graph);

/* ---- memory.c ---- */

#define MEMORY_BYTES ((size_t)16 << 30) /* of each device */

/* What is allocated on the device. */
size_t memory_used(int device);
/* Is this host memory that the device can reach by itself: allocated here or registered? */
bool memory_is_pinned(const void *address);
bool memory_is_on_device(const void *address);
/* With its context a registration of the host's memory ends. */
void memory_end_registrations(CUcontext context);
int memory_device(const void *address); /* of memory that is known */
CUresult memory_free(CUdeviceptr address);

/* ---- memops.c ---- */

CUresult mem_ops_check(const CUstreamBatchMemOpParams *ops, unsigned count);

/* ---- module.c ---- */

typedef enum {
  KERNEL_EMPTY,
  KERNEL_BUSY,
  KERNEL_ADD_ONE,
  KERNEL_COUNTED,
  KERNEL_AWAIT_WORD,
  KERNEL_FAULT
} KernelKind;

struct CUfunc_st {
  uint32_t magic;
  char name[64];
  KernelKind kind;
  uint64_t nanos; /* of a busy kernel; 0: its first parameter says */
  CUmodule module;
  CUfunction next;
};

bool function_valid(CUfunction function);
bool function_takes_parameter(CUfunction function);

#endif
