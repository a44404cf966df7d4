/*
 * The front for the CUDA driver: one function of the same name for each that the shim stands in
 * front of. A program comes to them by the linker, by dlsym, or by cuGetProcAddress; the last two
 * answer with a function of ours wherever the driver's answer was the one that it stands for, and
 * leave every other answer alone. But cuGetProcAddress may answer with an address that no symbol
 * has: then the name counts.
 */
#include <stdio.h>
#include <string.h>

#include "cuda_api.h"
#include "cuda_driver.h"
#include "cuda_front.h"
#include "front.h"
#include "log.h"
#include "stream_calls.h"

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

/* The release whose functions are all known here; of later ones some are. */
#define KNOWN_VERSION 13000

static struct ot_front front;

/* What stream_calls.h asks for */
#define RESULT CUresult
#define NOT_THERE CUDA_ERROR_NOT_FOUND
#define REAL(name) ((__typeof__(&name))ot_front_real(&front, AT_##name))

static inline bool is_scheduled(void) { return ot_cuda_is_scheduled(); }
static inline bool claims(void) { return is_scheduled(); } /* once the library is there */

#define LAUNCH(name, stream, kind, parameters, arguments)                                          \
  DEFINE_COMMAND(name, LEGACY(stream), false, kind, parameters, arguments)                         \
  DEFINE_COMMAND(name##_ptsz, PER_THREAD(stream), false, kind, parameters, arguments)
#define DEFINE_COPIES(name, complete, kind, parameters, arguments)                                 \
  DEFINE_COMMAND(name, OT_STREAM_LEGACY, complete, kind, parameters, arguments)                    \
  DEFINE_COMMAND(name##_ptds, OT_STREAM_PER_THREAD, complete, kind, parameters, arguments)
#define COPY(name, kind, parameters, arguments)                                                    \
  DEFINE_COPIES(name, false, kind, parameters, arguments)
#define COPY_TO_HOST(name, kind, parameters, arguments)                                            \
  DEFINE_COPIES(name, (bytes) > 0, kind, parameters, arguments)
#include "cuda_calls.def"
#undef LAUNCH
#undef COPY
#undef COPY_TO_HOST

/* Synchronization */

DEFINE_SYNC(cuStreamSynchronize, LEGACY(stream), (CUstream stream), (stream))
DEFINE_SYNC(cuStreamSynchronize_ptsz, PER_THREAD(stream), (CUstream stream), (stream))
DEFINE_SYNC(cuStreamQuery, LEGACY(stream), (CUstream stream), (stream))
DEFINE_SYNC(cuStreamQuery_ptsz, PER_THREAD(stream), (CUstream stream), (stream))
DEFINE_SYNC(cuCtxSynchronize, OT_ALL_STREAMS, (void), ())
DEFINE_SYNC(cuCtxSynchronize_v2, OT_ALL_STREAMS, (CUcontext context), (context))
DEFINE_SYNC(cuEventSynchronize, OT_ALL_STREAMS, (CUevent event), (event))

DEFINE_SEEN(cuEventQuery, (CUevent event), (event))

/* Capture */

#define CAPTURE_TO_GRAPH                                                                           \
  (CUstream stream, CUgraph graph, const void *nodes, const void *edges, size_t count, int mode)
DEFINE_CAPTURE(cuStreamBeginCapture_v2, (CUstream stream, int mode), (stream, mode))
DEFINE_CAPTURE(cuStreamBeginCapture_v2_ptsz, (CUstream stream, int mode), (stream, mode))
DEFINE_CAPTURE(cuStreamBeginCaptureToGraph, CAPTURE_TO_GRAPH,
               (stream, graph, nodes, edges, count, mode))
DEFINE_CAPTURE(cuStreamBeginCaptureToGraph_ptsz, CAPTURE_TO_GRAPH,
               (stream, graph, nodes, edges, count, mode))

#define RECAPTURE (CUstream stream, int mode, CUgraph graph, void *callback, void *data)
DEFINE_CAPTURE(cuStreamBeginRecaptureToGraph, RECAPTURE, (stream, mode, graph, callback, data))
DEFINE_CAPTURE(cuStreamBeginRecaptureToGraph_ptsz, RECAPTURE, (stream, mode, graph, callback, data))

DEFINE_END_CAPTURE(cuStreamEndCapture, LEGACY(stream), (CUstream stream, CUgraph *graph),
                   (stream, graph))
DEFINE_END_CAPTURE(cuStreamEndCapture_ptsz, PER_THREAD(stream), (CUstream stream, CUgraph *graph),
                   (stream, graph))

/* What ends */

DEFINE_STREAM_DESTROY(cuStreamDestroy, (CUstream stream), (stream))
DEFINE_STREAM_DESTROY(cuStreamDestroy_v2, (CUstream stream), (stream))

DEFINE_CONTEXT_DESTROY(cuCtxDestroy, context, (CUcontext context), (context))
DEFINE_CONTEXT_DESTROY(cuCtxDestroy_v2, context, (CUcontext context), (context))
/* Destroys it with the last use; one that is left is attached to anew. */
DEFINE_CONTEXT_DESTROY(cuCtxDetach, context, (CUcontext context), (context))

/* The primary context is destroyed by the last release, or a reset. */
#define DEFINE_PRIMARY_END(name, resets)                                                           \
  FRONT(name, (CUdevice device)) {                                                                 \
    FIND_DRIVER(name);                                                                             \
    void *context = is_scheduled() ? ot_cuda_primary_context(device) : NULL;                       \
    if (context)                                                                                   \
      ot_context_may_end(context);                                                                 \
    CUresult result = driver(device);                                                              \
    bool ended = (resets && result == CUDA_SUCCESS) || !ot_cuda_primary_is_active(device);         \
    if (context && ended)                                                                          \
      ot_forget_context(context);                                                                  \
    else if (context)                                                                              \
      ot_keep_context(context);                                                                    \
    return result;                                                                                 \
  }

DEFINE_PRIMARY_END(cuDevicePrimaryCtxRelease, false)
DEFINE_PRIMARY_END(cuDevicePrimaryCtxRelease_v2, false)
DEFINE_PRIMARY_END(cuDevicePrimaryCtxReset, true)
DEFINE_PRIMARY_END(cuDevicePrimaryCtxReset_v2, true)

/* Looking functions up */

static void *substitute(const char *name, void *found, int version, uint64_t flags);

FRONT(cuGetProcAddress, (const char *name, void **function, int version, uint64_t flags)) {
  FIND_DRIVER(cuGetProcAddress);
  CUresult result = driver(name, function, version, flags);
  if (result == CUDA_SUCCESS && function && *function)
    *function = substitute(name, *function, version, flags);
  return result;
}

FRONT(cuGetProcAddress_v2,
      (const char *name, void **function, int version, uint64_t flags, void *status)) {
  FIND_DRIVER(cuGetProcAddress_v2);
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
    .sonames = {"libcuda.so.1"},
    .entries = entries,
    .count = ENTRIES,
    .real = real,
    .needs = ot_cuda_needs,
    .start = ot_cuda_driver_start,
    .starting = PTHREAD_MUTEX_INITIALIZER,
};

bool ot_cuda_has(const char *name) { return ot_front_find(&front, name) >= 0; }

void *ot_cuda_symbol(void *handle, const char *name) {
  return ot_front_symbol(&front, handle, name);
}

/* The version of CUDA from which on a name without suffix means the second variant. That of nearly
 * all is 3.2, in which addresses and sizes came to have 64 bits. */
static int second_since(const char *name) {
  if (!strcmp(name, "cuCtxSynchronize"))
    return 13000;
  if (!strcmp(name, "cuGetProcAddress"))
    return 12000;
  if (!strcmp(name, "cuLaunchHostFunc"))
    return 13020;
  if (!strcmp(name, "cuStreamBeginCapture"))
    return 10010;
  return 3020;
}

/* The entry that cuGetProcAddress means by a name without suffix, where its answer is not the
 * symbol's own address. */
static int find_variant(const char *name, int version, uint64_t flags) {
  static const char *const per_thread[] = {"_v2_ptsz", "_v2_ptds", "_ptsz", "_ptds", "_v2", ""};
  static const char *const common[] = {"_v2", ""};
  bool threads = flags & CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM;
  const char *const *suffixes = threads ? per_thread : common;
  for (size_t i = 0; i < (threads ? sizeof per_thread : sizeof common) / sizeof *common; i++) {
    if (!strncmp(suffixes[i], "_v2", 3) && version < second_since(name))
      continue;
    char symbol[96];
    snprintf(symbol, sizeof symbol, "%s%s", name, suffixes[i]);
    int index = ot_front_find(&front, symbol);
    if (index >= 0 && real[index])
      return index;
  }
  return -1;
}

/* Whether a release that came later has given the name a signature that is not known here. */
static bool is_later(const char *name, void *found, int version, uint64_t flags) {
  int second = second_since(name), newest = second > KNOWN_VERSION ? second : KNOWN_VERSION;
  void *known = NULL;
  return version > newest &&
         (!real[AT_cuGetProcAddress] ||
          REAL(cuGetProcAddress)(name, &known, newest, flags) != CUDA_SUCCESS || known != found);
}

static void *substitute(const char *name, void *found, int version, uint64_t flags) {
  for (int i = 0; i < ENTRIES; i++) {
    if (real[i] == found)
      return entries[i].ours;
  }
  int index = find_variant(name, version, flags);
  if (index < 0 || is_later(name, found, version, flags))
    return found;
  ot_debug("cuGetProcAddress: %s at an address of its own, taken for %s", name,
           entries[index].symbol);
  return entries[index].ours;
}
