/*
 * What the fronts of CUDA and HIP have in common, whose calls are of one shape: commands in a
 * stream, where 0 is a default stream, and what proves that work is complete. Of each front's own
 * is:
 *
 *   RESULT            the type of what a call returns, 0 where all is well
 *   NOT_THERE         what a call returns that the library does not have
 *   REAL(name)        the library's function, as a pointer of the type of ours; NULL: not there
 *   is_scheduled()    whether the gate asks this driver
 *   claims()          the same, and makes it that one if there is none yet
 */
#ifndef OT_STREAM_CALLS_H
#define OT_STREAM_CALLS_H

#include "captures.h"
#include "forecast.h"
#include "gate.h"
#include "stream_driver.h"

#define OT_EXPORT __attribute__((visibility("default")))

static inline void *as_stream(void *stream, void *zero) { return stream ? stream : zero; }
#define LEGACY(stream) as_stream(stream, OT_STREAM_LEGACY)
#define PER_THREAD(stream) as_stream(stream, OT_STREAM_PER_THREAD)

/* What tells commands apart that take as long every time. Sizes of copies count by their order of
 * magnitude. */
#define KERNEL(function, gx, gy, gz) ot_kind(function, (uint64_t)(gx) << 32 | (gy), gz)
#define BYTES(what, bytes)                                                                         \
  ot_kind((const void *)what, 64 - (uint64_t)__builtin_clzll((uint64_t)(bytes) | 1), 1)
#define ONE_OF(what) ot_kind((const void *)what, 0, 2)

/* The head of every function, and the first that it does: `driver` is the library's. */
#define FRONT(name, parameters)                                                                    \
  OT_EXPORT RESULT name parameters;                                                                \
  OT_EXPORT RESULT name parameters
#define FIND_DRIVER(name)                                                                          \
  __typeof__(&name) driver = REAL(name);                                                           \
  if (!driver)                                                                                     \
  return NOT_THERE

/* A command in a stream; `complete` says whether it is when the call returns. */
#define DEFINE_COMMAND(name, stream, complete, kind, parameters, arguments)                        \
  FRONT(name, parameters) {                                                                        \
    FIND_DRIVER(name);                                                                             \
    uint32_t its_kind = kind;                                                                      \
    struct ot_lane *lane = claims() ? ot_enter(stream, its_kind) : NULL;                           \
    uint64_t before = (complete) ? ot_submitted(lane) : 0;                                         \
    RESULT result = driver arguments;                                                              \
    if (complete)                                                                                  \
      ot_leave_complete(lane, its_kind, result == 0, before);                                      \
    else                                                                                           \
      ot_leave(lane, its_kind, result == 0);                                                       \
    return result;                                                                                 \
  }

/* What returns when work is known to be complete: of a stream, or OT_ALL_STREAMS */
#define DEFINE_SYNC(name, covered, parameters, arguments)                                          \
  FRONT(name, parameters) {                                                                        \
    FIND_DRIVER(name);                                                                             \
    struct ot_sync sync = is_scheduled() ? ot_sync_begin(covered) : (struct ot_sync){0};           \
    RESULT result = driver arguments;                                                              \
    ot_sync_end(sync, result == 0);                                                                \
    return result;                                                                                 \
  }

/* A question about an event, for a program that looks by itself */
#define DEFINE_SEEN(name, parameters, arguments)                                                   \
  FRONT(name, parameters) {                                                                        \
    FIND_DRIVER(name);                                                                             \
    RESULT result = driver arguments;                                                              \
    if (result == 0 && is_scheduled())                                                             \
      ot_sync_seen();                                                                              \
    return result;                                                                                 \
  }

/* Capture: while any stream of the process is being captured, each command is looked at more
 * closely */
#define DEFINE_CAPTURE(name, parameters, arguments)                                                \
  FRONT(name, parameters) {                                                                        \
    FIND_DRIVER(name);                                                                             \
    bool counts = claims();                                                                        \
    if (counts)                                                                                    \
      ot_captures_begin();                                                                         \
    RESULT result = driver arguments;                                                              \
    if (counts)                                                                                    \
      ot_captures_begun(result == 0);                                                              \
    return result;                                                                                 \
  }

/* Some errors end the capture as well; others are of a stream that nobody captures. */
#define DEFINE_END_CAPTURE(name, of, parameters, arguments)                                        \
  FRONT(name, parameters) {                                                                        \
    FIND_DRIVER(name);                                                                             \
    bool captured = is_scheduled() && atomic_load(&ot_captures) && ot_stream_is_capturing(of);     \
    RESULT result = driver arguments;                                                              \
    if (is_scheduled() && (result == 0 || (captured && ot_stream_is_not_captured(of))))            \
      ot_captures_end();                                                                           \
    return result;                                                                                 \
  }

/* A stream ends: nothing of ours asks the driver about it from before that on. The driver itself is
 * called without any lock of ours: it may wait for work that stands stalled, which somebody must
 * look after meanwhile. */
#define DEFINE_STREAM_DESTROY(name, parameters, arguments)                                         \
  FRONT(name, parameters) {                                                                        \
    FIND_DRIVER(name);                                                                             \
    if (is_scheduled())                                                                            \
      ot_retire_stream(stream);                                                                    \
    return driver arguments;                                                                       \
  }

/* Whether a call did nothing, in CUDA's numbers and HIP's: for want of a value, a runtime or a
 * context. Any other error may be that of an earlier launch. */
static inline bool was_refused(int result) {
  return result == 1 || result == 3 || result == 4 || result == 201;
}

/* A context ends, with all of its streams. */
#define DEFINE_CONTEXT_DESTROY(name, handle, parameters, arguments)                                \
  FRONT(name, parameters) {                                                                        \
    FIND_DRIVER(name);                                                                             \
    void *ending = is_scheduled() ? (handle) : NULL;                                               \
    if (ending)                                                                                    \
      ot_context_may_end(ending);                                                                  \
    RESULT result = driver arguments;                                                              \
    if (ending && was_refused((int)result))                                                        \
      ot_keep_context(ending);                                                                     \
    else if (ending)                                                                               \
      ot_forget_context(ending);                                                                   \
    return result;                                                                                 \
  }

#endif
