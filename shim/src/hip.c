/*
 * The front for HIP: one function of the same name for each that the shim stands in front of. A
 * program comes to them by the linker, whatever version of a symbol it was linked with, by dlsym,
 * or by hipGetProcAddress.
 */
#include <stdio.h>

#include "front.h"
#include "hip_api.h"
#include "hip_driver.h"
#include "hip_front.h"
#include "stream_calls.h"

#define LAUNCH(name, stream, kind, parameters, arguments)                                          \
  WAITING(name, stream, false, kind, parameters, arguments)
enum entry_index {
#define WAITING(name, stream, complete, kind, parameters, arguments) AT_##name, AT_##name##_spt,
#define MANGLED(symbol, name, stream, kind, parameters, arguments) AT_##name, AT_##name##_spt,
#define OTHER(name) AT_##name,
#include "hip_calls.def"
#undef WAITING
#undef MANGLED
#undef OTHER
  ENTRIES
};

static struct ot_front front;

/* What stream_calls.h asks for */
#define RESULT hipError_t
#define NOT_THERE hipErrorNotFound
#define REAL(name) ((__typeof__(&name))ot_front_real(&front, AT_##name))

static inline bool is_scheduled(void) { return ot_hip_is_scheduled(); }
static inline bool claims(void) { return ot_hip_claims(); }

#define WAITING(name, stream, complete, kind, parameters, arguments)                               \
  DEFINE_COMMAND(name, LEGACY(stream), complete, kind, parameters, arguments)                      \
  DEFINE_COMMAND(name##_spt, PER_THREAD(stream), complete, kind, parameters, arguments)
#define MANGLED(symbol, name, stream, kind, parameters, arguments)                                 \
  hipError_t name parameters __asm__(symbol);                                                      \
  LAUNCH(name, stream, kind, parameters, arguments)
#define OTHER(name)
#include "hip_calls.def"
#undef WAITING
#undef MANGLED
#undef OTHER

DEFINE_SYNC(hipStreamSynchronize, LEGACY(stream), (hipStream_t stream), (stream))
DEFINE_SYNC(hipStreamSynchronize_spt, PER_THREAD(stream), (hipStream_t stream), (stream))
DEFINE_SYNC(hipStreamQuery, LEGACY(stream), (hipStream_t stream), (stream))
DEFINE_SYNC(hipStreamQuery_spt, PER_THREAD(stream), (hipStream_t stream), (stream))
DEFINE_SYNC(hipDeviceSynchronize, OT_ALL_STREAMS, (void), ())
DEFINE_SYNC(hipEventSynchronize, OT_ALL_STREAMS, (hipEvent_t event), (event))
DEFINE_SEEN(hipEventQuery, (hipEvent_t event), (event))

DEFINE_CAPTURE(hipStreamBeginCapture, (hipStream_t stream, int mode), (stream, mode))
DEFINE_CAPTURE(hipStreamBeginCapture_spt, (hipStream_t stream, int mode), (stream, mode))
DEFINE_CAPTURE(hipStreamBeginCaptureToGraph,
               (hipStream_t stream, void *graph, const void *nodes, const void *edges, size_t count,
                int mode),
               (stream, graph, nodes, edges, count, mode))
DEFINE_END_CAPTURE(hipStreamEndCapture, LEGACY(stream), (hipStream_t stream, void **graph),
                   (stream, graph))
DEFINE_END_CAPTURE(hipStreamEndCapture_spt, PER_THREAD(stream), (hipStream_t stream, void **graph),
                   (stream, graph))

DEFINE_STREAM_DESTROY(hipStreamDestroy, (hipStream_t stream), (stream))

DEFINE_CONTEXT_DESTROY(hipDeviceReset, ot_hip_context(), (void), ())

/* What they answer may be at an address of its own, so the name counts. */
static void *substitute(const char *name, const char *suffix, void *found) {
  char variant[96];
  snprintf(variant, sizeof variant, "%s%s", name, suffix);
  return ot_front_named(&front, variant, ot_front_named(&front, name, found));
}

/* Whether for programs whose default stream is each thread's own. */
#define OF_THREAD(by_name) (flags == 2 || ((by_name) && flags == 0))
#define DEFINE_LOOK_UP(name, by_name, parameters, arguments)                                       \
  FRONT(name, parameters) {                                                                        \
    FIND_DRIVER(name);                                                                             \
    hipError_t result = driver arguments;                                                          \
    if (result == hipSuccess && function && *function)                                             \
      *function = substitute(symbol, OF_THREAD(by_name) ? "_spt" : "", *function);                 \
    return result;                                                                                 \
  }
#define ADDRESS (const char *symbol, void **function, int version, uint64_t flags, void *status)
DEFINE_LOOK_UP(hipGetProcAddress, false, ADDRESS, (symbol, function, version, flags, status))
DEFINE_LOOK_UP(hipGetProcAddress_spt, true, ADDRESS, (symbol, function, version, flags, status))
#define ENTRY (const char *symbol, void **function, uint64_t flags, void *status)
DEFINE_LOOK_UP(hipGetDriverEntryPoint, false, ENTRY, (symbol, function, flags, status))
DEFINE_LOOK_UP(hipGetDriverEntryPoint_spt, true, ENTRY, (symbol, function, flags, status))

static const struct ot_entry entries[ENTRIES] = {
#define WAITING(name, stream, complete, kind, parameters, arguments)                               \
  MANGLED(#name, name, stream, kind, parameters, arguments)
#define MANGLED(symbol, name, stream, kind, parameters, arguments)                                 \
  {symbol, name}, {symbol "_spt", name##_spt},
#define OTHER(name) {#name, name},
#include "hip_calls.def"
};

static void *_Atomic real[ENTRIES];

static struct ot_front front = {
    .sonames = {"libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5", "libamdhip64.so"},
    .entries = entries,
    .count = ENTRIES,
    .real = real,
    .needs = ot_hip_needs,
    .start = ot_hip_driver_start,
    .starting = PTHREAD_MUTEX_INITIALIZER,
};

bool ot_hip_has(const char *name) { return ot_front_find(&front, name) >= 0; }

void *ot_hip_symbol(void *handle, const char *name) {
  return ot_front_symbol(&front, handle, name);
}
