/*
 * The front for the CUDA driver: one function of the same name for each that the shim stands in
 * front of. A program comes to them by the linker, by dlsym, or by cuGetProcAddress; the last two
 * answer with a function of ours wherever the driver's answer was the one that it stands for, and
 * leave every other answer alone.
 */
#include <stdio.h>
#include <string.h>

#include "cuda_api.h"
#include "cuda_driver.h"
#include "cuda_front.h"
#include "forecast.h"
#include "front.h"
#include "gate.h"
#include "log.h"

#define OT_EXPORT __attribute__((visibility("default")))

/* One entry for each function: the driver's symbol, ours, theirs. */
enum entry_index {
#define LAUNCH(name, stream, kind, parameters, arguments) AT_##name, AT_##name##_ptsz,
#define COPY(name, kind, parameters, arguments) AT_##name, AT_##name##_ptds,
#define COPY_TO_HOST(name, kind, parameters, arguments) COPY(name, kind, parameters, arguments)
#define OTHER(name) AT_##name,
#include "cuda_calls.def"
#include "cuda_others.def"
#undef LAUNCH
#undef COPY
#undef COPY_TO_HOST
#undef OTHER
  ENTRIES
};

static struct ot_front front;

/* The driver's function, as a pointer of the type of ours. */
#define REAL(name) ((__typeof__(&name))ot_front_real(&front, AT_##name))

static struct ot_lane *enter(void *stream, uint32_t kind) {
  return ot_cuda_is_scheduled() ? ot_enter(stream, kind) : NULL;
}

static struct ot_sync sync_begin(void *covered) {
  return ot_cuda_is_scheduled() ? ot_sync_begin(covered) : (struct ot_sync){0};
}

static inline void *as_stream(CUstream stream, void *zero) {
  return stream ? (void *)stream : zero;
}

#define DEFINE_LAUNCH(name, stream, zero, kind, parameters, arguments)                             \
  OT_EXPORT CUresult name parameters {                                                             \
    __typeof__(&name) driver = REAL(name);                                                         \
    if (!driver)                                                                                   \
      return CUDA_ERROR_NOT_FOUND;                                                                 \
    uint32_t its_kind = kind;                                                                      \
    struct ot_lane *lane = enter(as_stream(stream, zero), its_kind);                               \
    CUresult result = driver arguments;                                                            \
    ot_leave(lane, its_kind, result == CUDA_SUCCESS);                                              \
    return result;                                                                                 \
  }

#define DEFINE_COPY(name, zero, leave, kind, parameters, arguments)                                \
  OT_EXPORT CUresult name parameters {                                                             \
    __typeof__(&name) driver = REAL(name);                                                         \
    if (!driver)                                                                                   \
      return CUDA_ERROR_NOT_FOUND;                                                                 \
    uint32_t its_kind = kind;                                                                      \
    struct ot_lane *lane = enter(zero, its_kind);                                                  \
    uint64_t before = ot_submitted(lane);                                                          \
    CUresult result = driver arguments;                                                            \
    leave(lane, its_kind, result == CUDA_SUCCESS, before);                                         \
    return result;                                                                                 \
  }

/* What tells commands apart that take as long every time. Sizes of copies count by their order of
 * magnitude. */
#define KERNEL(function, gx, gy, gz) ot_kind(function, (uint64_t)(gx) << 32 | (gy), gz)
#define BYTES(what, bytes)                                                                         \
  ot_kind((const void *)what, 64 - (uint64_t)__builtin_clzll((uint64_t)(bytes) | 1), 1)
#define ONE_OF(what) ot_kind((const void *)what, 0, 2)

#define LAUNCH(name, stream, kind, parameters, arguments)                                          \
  OT_EXPORT CUresult name parameters;                                                              \
  OT_EXPORT CUresult name##_ptsz parameters;                                                       \
  DEFINE_LAUNCH(name, stream, OT_STREAM_LEGACY, kind, parameters, arguments)                       \
  DEFINE_LAUNCH(name##_ptsz, stream, OT_STREAM_PER_THREAD, kind, parameters, arguments)
#define DEFINE_COPIES(name, leave, kind, parameters, arguments)                                    \
  OT_EXPORT CUresult name parameters;                                                              \
  OT_EXPORT CUresult name##_ptds parameters;                                                       \
  DEFINE_COPY(name, OT_STREAM_LEGACY, leave, kind, parameters, arguments)                          \
  DEFINE_COPY(name##_ptds, OT_STREAM_PER_THREAD, leave, kind, parameters, arguments)
#define LEAVE_INCOMPLETE(lane, kind, launched, before)                                             \
  ((void)before, ot_leave(lane, kind, launched))
#define COPY(name, kind, parameters, arguments)                                                    \
  DEFINE_COPIES(name, LEAVE_INCOMPLETE, kind, parameters, arguments)
#define COPY_TO_HOST(name, kind, parameters, arguments)                                            \
  DEFINE_COPIES(name, ot_leave_complete, kind, parameters, arguments)
#include "cuda_calls.def"
#undef LAUNCH
#undef COPY
#undef COPY_TO_HOST

/* Synchronization: what returns when work is known to be complete */

#define DEFINE_SYNC(name, covered, parameters, arguments)                                          \
  OT_EXPORT CUresult name parameters;                                                              \
  OT_EXPORT CUresult name parameters {                                                             \
    __typeof__(&name) driver = REAL(name);                                                         \
    if (!driver)                                                                                   \
      return CUDA_ERROR_NOT_FOUND;                                                                 \
    struct ot_sync sync = sync_begin(covered);                                                     \
    CUresult result = driver arguments;                                                            \
    ot_sync_end(sync, result == CUDA_SUCCESS);                                                     \
    return result;                                                                                 \
  }

#define LEGACY(stream) as_stream(stream, OT_STREAM_LEGACY)
#define PER_THREAD(stream) as_stream(stream, OT_STREAM_PER_THREAD)
DEFINE_SYNC(cuStreamSynchronize, LEGACY(stream), (CUstream stream), (stream))
DEFINE_SYNC(cuStreamSynchronize_ptsz, PER_THREAD(stream), (CUstream stream), (stream))
DEFINE_SYNC(cuStreamQuery, LEGACY(stream), (CUstream stream), (stream))
DEFINE_SYNC(cuStreamQuery_ptsz, PER_THREAD(stream), (CUstream stream), (stream))
DEFINE_SYNC(cuCtxSynchronize, OT_ALL_STREAMS, (void), ())
DEFINE_SYNC(cuCtxSynchronize_v2, OT_ALL_STREAMS, (CUcontext context), (context))
DEFINE_SYNC(cuEventSynchronize, OT_ALL_STREAMS, (CUevent event), (event))

OT_EXPORT CUresult cuEventQuery(CUevent event);
OT_EXPORT CUresult cuEventQuery(CUevent event) {
  __typeof__(&cuEventQuery) driver = REAL(cuEventQuery);
  if (!driver)
    return CUDA_ERROR_NOT_FOUND;
  CUresult result = driver(event);
  if (result == CUDA_SUCCESS && ot_cuda_is_scheduled())
    ot_sync_seen();
  return result;
}

/* Capture: while any stream of the process is being captured, each command is looked at more
 * closely */

#define DEFINE_CAPTURE(name, parameters, arguments)                                                \
  OT_EXPORT CUresult name parameters;                                                              \
  OT_EXPORT CUresult name parameters {                                                             \
    __typeof__(&name) driver = REAL(name);                                                         \
    if (!driver)                                                                                   \
      return CUDA_ERROR_NOT_FOUND;                                                                 \
    atomic_fetch_add(&ot_captures, 1);                                                             \
    CUresult result = driver arguments;                                                            \
    if (result != CUDA_SUCCESS)                                                                    \
      atomic_fetch_sub(&ot_captures, 1);                                                           \
    return result;                                                                                 \
  }

#define CAPTURE_TO_GRAPH                                                                           \
  (CUstream stream, CUgraph graph, const void *nodes, const void *edges, size_t count, int mode)
DEFINE_CAPTURE(cuStreamBeginCapture_v2, (CUstream stream, int mode), (stream, mode))
DEFINE_CAPTURE(cuStreamBeginCapture_v2_ptsz, (CUstream stream, int mode), (stream, mode))
DEFINE_CAPTURE(cuStreamBeginCaptureToGraph, CAPTURE_TO_GRAPH,
               (stream, graph, nodes, edges, count, mode))
DEFINE_CAPTURE(cuStreamBeginCaptureToGraph_ptsz, CAPTURE_TO_GRAPH,
               (stream, graph, nodes, edges, count, mode))

#define DEFINE_END_CAPTURE(name)                                                                   \
  OT_EXPORT CUresult name(CUstream stream, CUgraph *graph);                                        \
  OT_EXPORT CUresult name(CUstream stream, CUgraph *graph) {                                       \
    __typeof__(&name) driver = REAL(name);                                                         \
    if (!driver)                                                                                   \
      return CUDA_ERROR_NOT_FOUND;                                                                 \
    CUresult result = driver(stream, graph);                                                       \
    /* Some errors end the capture as well. */                                                     \
    bool ended = result == CUDA_SUCCESS || ot_cuda_is_not_captured(stream);                        \
    if (ended && atomic_fetch_sub(&ot_captures, 1) <= 0)                                           \
      atomic_fetch_add(&ot_captures, 1);                                                           \
    return result;                                                                                 \
  }

DEFINE_END_CAPTURE(cuStreamEndCapture)
DEFINE_END_CAPTURE(cuStreamEndCapture_ptsz)

/* What ends: nothing of ours asks the driver about it from before that on. The driver itself is
 * called without any lock of ours: it may wait for work that stands stalled, which somebody must
 * look after meanwhile. */

#define DEFINE_STREAM_DESTROY(name)                                                                \
  OT_EXPORT CUresult name(CUstream stream);                                                        \
  OT_EXPORT CUresult name(CUstream stream) {                                                       \
    __typeof__(&name) driver = REAL(name);                                                         \
    if (!driver)                                                                                   \
      return CUDA_ERROR_NOT_FOUND;                                                                 \
    if (ot_cuda_is_scheduled())                                                                    \
      ot_retire_stream(stream);                                                                    \
    return driver(stream);                                                                         \
  }

DEFINE_STREAM_DESTROY(cuStreamDestroy)
DEFINE_STREAM_DESTROY(cuStreamDestroy_v2)

#define DEFINE_CONTEXT_DESTROY(name)                                                               \
  OT_EXPORT CUresult name(CUcontext context);                                                      \
  OT_EXPORT CUresult name(CUcontext context) {                                                     \
    __typeof__(&name) driver = REAL(name);                                                         \
    if (!driver)                                                                                   \
      return CUDA_ERROR_NOT_FOUND;                                                                 \
    if (!ot_cuda_is_scheduled())                                                                   \
      return driver(context);                                                                      \
    ot_retire_streams_of(context);                                                                 \
    CUresult result = driver(context);                                                             \
    if (result == CUDA_SUCCESS)                                                                    \
      ot_forget_context(context);                                                                  \
    else                                                                                           \
      ot_keep_context(context);                                                                    \
    return result;                                                                                 \
  }

DEFINE_CONTEXT_DESTROY(cuCtxDestroy)
DEFINE_CONTEXT_DESTROY(cuCtxDestroy_v2)

/* The primary context is destroyed by the last release, or a reset. */
#define DEFINE_PRIMARY_RELEASE(name)                                                               \
  OT_EXPORT CUresult name(CUdevice device);                                                        \
  OT_EXPORT CUresult name(CUdevice device) {                                                       \
    __typeof__(&name) driver = REAL(name);                                                         \
    if (!driver)                                                                                   \
      return CUDA_ERROR_NOT_FOUND;                                                                 \
    void *context = ot_cuda_is_scheduled() ? ot_cuda_primary_context(device) : NULL;               \
    if (context)                                                                                   \
      ot_retire_streams_of(context);                                                               \
    CUresult result = driver(device);                                                              \
    if (context && !ot_cuda_primary_is_active(device))                                             \
      ot_forget_context(context);                                                                  \
    else if (context)                                                                              \
      ot_keep_context(context);                                                                    \
    return result;                                                                                 \
  }

DEFINE_PRIMARY_RELEASE(cuDevicePrimaryCtxRelease)
DEFINE_PRIMARY_RELEASE(cuDevicePrimaryCtxRelease_v2)
DEFINE_PRIMARY_RELEASE(cuDevicePrimaryCtxReset)
DEFINE_PRIMARY_RELEASE(cuDevicePrimaryCtxReset_v2)

/* Looking functions up */

static void *substitute(const char *name, void *found, int version, uint64_t flags);

OT_EXPORT CUresult cuGetProcAddress(const char *name, void **function, int version, uint64_t flags);
OT_EXPORT CUresult cuGetProcAddress(const char *name, void **function, int version,
                                    uint64_t flags) {
  __typeof__(&cuGetProcAddress) driver = REAL(cuGetProcAddress);
  if (!driver)
    return CUDA_ERROR_NOT_FOUND;
  CUresult result = driver(name, function, version, flags);
  if (result == CUDA_SUCCESS && function && *function)
    *function = substitute(name, *function, version, flags);
  return result;
}

OT_EXPORT CUresult cuGetProcAddress_v2(const char *name, void **function, int version,
                                       uint64_t flags, void *status);
OT_EXPORT CUresult cuGetProcAddress_v2(const char *name, void **function, int version,
                                       uint64_t flags, void *status) {
  __typeof__(&cuGetProcAddress_v2) driver = REAL(cuGetProcAddress_v2);
  if (!driver)
    return CUDA_ERROR_NOT_FOUND;
  CUresult result = driver(name, function, version, flags, status);
  if (result == CUDA_SUCCESS && function && *function)
    *function = substitute(name, *function, version, flags);
  return result;
}

static const struct ot_entry entries[ENTRIES] = {
#define LAUNCH(name, stream, kind, parameters, arguments)                                          \
  {#name, name}, {#name "_ptsz", name##_ptsz},
#define COPY(name, kind, parameters, arguments) {#name, name}, {#name "_ptds", name##_ptds},
#define COPY_TO_HOST(name, kind, parameters, arguments) COPY(name, kind, parameters, arguments)
#define OTHER(name) {#name, name},
#include "cuda_calls.def"
#include "cuda_others.def"
#undef LAUNCH
#undef COPY
#undef COPY_TO_HOST
#undef OTHER
};

static void *_Atomic real[ENTRIES];

static struct ot_front front = {
    .soname = "libcuda.so.1",
    .entries = entries,
    .count = ENTRIES,
    .real = real,
    .start = ot_cuda_driver_start,
    .resolving = PTHREAD_MUTEX_INITIALIZER,
};

void *ot_cuda_symbol(const char *name, void *found) { return ot_front_symbol(&front, name, found); }

/* The two whose variants differ in their arguments; everywhere else the newest is what any program
 * asks for today. */
static bool wants_second(const char *name, int version) {
  if (!strcmp(name, "cuCtxSynchronize"))
    return version >= 13000;
  if (!strcmp(name, "cuGetProcAddress"))
    return version >= 12000;
  return true;
}

/* The entry that cuGetProcAddress means by a name without suffix, where its answer is not the
 * symbol's own address. */
static int find_variant(const char *name, int version, uint64_t flags) {
  static const char *const per_thread[] = {"_v2_ptsz", "_v2_ptds", "_ptsz", "_ptds", "_v2", ""};
  static const char *const common[] = {"_v2", ""};
  bool threads = flags & CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM;
  const char *const *suffixes = threads ? per_thread : common;
  for (size_t i = 0; i < (threads ? sizeof per_thread : sizeof common) / sizeof *common; i++) {
    if (!strncmp(suffixes[i], "_v2", 3) && !wants_second(name, version))
      continue;
    char symbol[96];
    snprintf(symbol, sizeof symbol, "%s%s", name, suffixes[i]);
    int index = ot_front_find(&front, symbol);
    if (index >= 0 && real[index])
      return index;
  }
  return -1;
}

static void *substitute(const char *name, void *found, int version, uint64_t flags) {
  for (int i = 0; i < ENTRIES; i++) {
    if (real[i] == found)
      return entries[i].ours;
  }
  int index = find_variant(name, version, flags);
  if (index < 0)
    return found;
  ot_debug("cuGetProcAddress: %s at an address of its own, taken for %s", name,
           entries[index].symbol);
  return entries[index].ours;
}
