/*
 * Stream capture: work that is submitted to a captured stream becomes nodes of a graph. Each
 * captured stream has a tail, the nodes that its next node depends on; an event recorded there
 * keeps that tail, and a stream that waits for the event gets it, which is how further streams
 * join.
 *
 * What may not be done meanwhile is refused with the real driver's errors, and breaks the capture:
 * waiting for a captured stream, using the legacy stream while a blocking stream is captured, and,
 * unless the capture is relaxed, calls that could synchronize.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "simcuda.h"

struct Capture {
  unsigned long long id;
  CUstreamCaptureMode mode;
  long thread; /* that began it */
  CUstream origin;
  CUgraph graph;
  bool broken;
  Capture *next;
};

static Capture *captures; /* those under way */
static unsigned long long lastId;
static __thread CUstreamCaptureMode threadMode = CU_STREAM_CAPTURE_MODE_GLOBAL;

static long this_thread(void) { return syscall(SYS_gettid); }

static CUresult check(const Capture *capture) {
  return capture->broken ? CUDA_ERROR_STREAM_CAPTURE_INVALIDATED : CUDA_SUCCESS;
}

/* ---- what may not be done ---- */

CUresult capture_forbids_waiting(CUstream stream) {
  if (stream->capture == NULL) {
    return CUDA_SUCCESS;
  }
  stream->capture->broken = true;
  return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
}

static bool forbids_unsafe_calls(const Capture *capture) {
  bool own = capture->thread == this_thread();
  if (capture->mode == CU_STREAM_CAPTURE_MODE_RELAXED ||
      threadMode == CU_STREAM_CAPTURE_MODE_RELAXED) {
    return false;
  }
  return own || (capture->mode == CU_STREAM_CAPTURE_MODE_GLOBAL &&
                 threadMode == CU_STREAM_CAPTURE_MODE_GLOBAL);
}

CUresult capture_forbids_unsafe_call(void) {
  CUresult result = CUDA_SUCCESS;
  for (Capture *capture = captures; capture != NULL; capture = capture->next) {
    if (forbids_unsafe_calls(capture)) {
      capture->broken = true;
      result = CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
  }
  return result;
}

static CUresult forbid_legacy(CUcontext context, bool breaks) {
  CUresult result = CUDA_SUCCESS;
  for (CUstream stream = context->streams; captures != NULL && stream != NULL;
       stream = stream->next) {
    if (stream->capture != NULL && !(stream->flags & CU_STREAM_NON_BLOCKING)) {
      stream->capture->broken |= breaks;
      result = CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
    }
  }
  return result;
}

CUresult capture_forbids_legacy(CUcontext context) { return forbid_legacy(context, true); }

/* To ask whether the legacy stream is captured has the same answer, and breaks nothing. */
static CUresult ask_legacy(CUcontext context) { return forbid_legacy(context, false); }

CUresult capture_forbids_context_wait(CUcontext context) {
  CUresult result = CUDA_SUCCESS;
  for (CUstream stream = context->streams; captures != NULL && stream != NULL;
       stream = stream->next) {
    if (stream->capture != NULL) {
      stream->capture->broken = true;
      result = CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
  }
  return result;
}

/* ---- tails ---- */

static bool in_tail(CUstream stream, CUgraphNode node) {
  for (size_t i = 0; i < stream->captureTailLength; i++) {
    if (stream->captureTail[i] == node) {
      return true;
    }
  }
  return false;
}

static void extend_tail(CUstream stream, const CUgraphNode *nodes, size_t count) {
  size_t room = (stream->captureTailLength + count) * sizeof *nodes;
  if (count == 0) {
    return;
  }
  stream->captureTail = realloc(stream->captureTail, room);
  for (size_t i = 0; i < count; i++) {
    if (!in_tail(stream, nodes[i])) {
      stream->captureTail[stream->captureTailLength++] = nodes[i];
    }
  }
}

static void leave(CUstream stream) {
  free(stream->captureTail);
  stream->captureTail = NULL;
  stream->captureTailLength = 0;
  stream->capture = NULL;
}

CUresult capture_add(CUstream stream, Work work) {
  CUresult result = check(stream->capture);
  if (result != CUDA_SUCCESS) {
    work_release(&work);
    return result;
  }
  CUgraphNode node;
  TRY(graph_add(stream->capture->graph, stream->captureTail, stream->captureTailLength, work,
                &node));
  stream->captureTailLength = 0;
  extend_tail(stream, &node, 1);
  return CUDA_SUCCESS;
}

CUresult capture_record(CUstream stream, CUevent event) {
  TRY(check(stream->capture));
  size_t bytes = stream->captureTailLength * sizeof *event->captured;
  free(event->captured);
  event->captured = malloc(bytes > 0 ? bytes : 1);
  if (bytes > 0) {
    memcpy(event->captured, stream->captureTail, bytes);
  }
  event->capturedLength = stream->captureTailLength;
  event->captureId = stream->capture->id;
  return CUDA_SUCCESS;
}

static Capture *capture_with(unsigned long long id) {
  Capture *capture = captures;
  while (capture != NULL && capture->id != id) {
    capture = capture->next;
  }
  return capture;
}

CUresult capture_wait(CUstream stream, CUevent event) {
  if (event->captureId == 0) {
    stream->capture->broken = true;
    return CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
  }
  Capture *capture = capture_with(event->captureId);
  if (capture == NULL) {
    return CUDA_ERROR_INVALID_VALUE; /* the capture is over */
  }
  TRY(check(capture));
  if (stream->legacy) {
    capture->broken = true;
    return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
  }
  if (stream->capture != NULL && stream->capture != capture) {
    stream->capture->broken = true;
    capture->broken = true;
    return CUDA_ERROR_STREAM_CAPTURE_MERGE;
  }
  stream->capture = capture;
  extend_tail(stream, event->captured, event->capturedLength);
  return CUDA_SUCCESS;
}

/* ---- begin and end ---- */

static CUresult begin_locked(CUstream stream, CUstreamCaptureMode mode) {
  if (stream->legacy) {
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  if (stream->capture != NULL) {
    return CUDA_ERROR_ILLEGAL_STATE;
  }
  Capture *capture = calloc(1, sizeof *capture);
  CUresult result = graph_new(&capture->graph);
  if (result != CUDA_SUCCESS) {
    free(capture);
    return result;
  }
  capture->id = ++lastId;
  capture->mode = mode;
  capture->thread = this_thread();
  capture->origin = stream;
  capture->next = captures;
  captures = capture;
  stream->capture = capture;
  return CUDA_SUCCESS;
}

static CUresult begin(CUstream handle, DefaultStream which, CUstreamCaptureMode mode) {
  ENTER("cuStreamBeginCapture");
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  pthread_mutex_lock(&driver_lock);
  CUresult result = begin_locked(stream, mode);
  pthread_mutex_unlock(&driver_lock);
  return result;
}

API CUresult cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode mode) {
  return begin(stream, LEGACY, mode);
}

API CUresult cuStreamBeginCapture_v2_ptsz(CUstream stream, CUstreamCaptureMode mode) {
  return begin(stream, PER_THREAD, mode);
}

/* Is there captured work that the origin does not wait for? */
static bool has_unjoined_work(const Capture *capture) {
  const CUstream origin = capture->origin;
  return graph_has_node_beyond(capture->graph, origin->captureTail, origin->captureTailLength);
}

static void end_capture(Capture *capture) {
  for (CUstream stream = capture->origin->context->streams; stream != NULL; stream = stream->next) {
    if (stream->capture == capture) {
      leave(stream);
    }
  }
  Capture **link = &captures;
  while (*link != capture) {
    link = &(*link)->next;
  }
  *link = capture->next;
  free(capture);
}

static CUresult end_locked(CUstream stream, CUgraph *graph) {
  Capture *capture = stream->capture;
  *graph = NULL;
  if (capture == NULL) {
    return CUDA_ERROR_ILLEGAL_STATE;
  }
  if (capture->origin != stream) {
    capture->broken = true;
    return CUDA_ERROR_STREAM_CAPTURE_UNMATCHED;
  }
  if (capture->mode != CU_STREAM_CAPTURE_MODE_RELAXED && capture->thread != this_thread()) {
    capture->broken = true;
    return CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
  }
  CUresult result = check(capture);
  if (result == CUDA_SUCCESS && has_unjoined_work(capture)) {
    result = CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
  }
  if (result == CUDA_SUCCESS) {
    *graph = capture->graph;
  } else {
    graph_free(capture->graph);
  }
  end_capture(capture);
  return result;
}

static CUresult end(CUstream handle, DefaultStream which, CUgraph *graph) {
  ENTER("cuStreamEndCapture");
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  pthread_mutex_lock(&driver_lock);
  CUresult result = end_locked(stream, graph);
  pthread_mutex_unlock(&driver_lock);
  return result;
}

API CUresult cuStreamEndCapture(CUstream stream, CUgraph *graph) {
  return end(stream, LEGACY, graph);
}

API CUresult cuStreamEndCapture_ptsz(CUstream stream, CUgraph *graph) {
  return end(stream, PER_THREAD, graph);
}

/* ---- questions ---- */

static CUstreamCaptureStatus status_of(CUstream stream) {
  if (stream->capture == NULL) {
    return CU_STREAM_CAPTURE_STATUS_NONE;
  }
  return stream->capture->broken ? CU_STREAM_CAPTURE_STATUS_INVALIDATED
                                 : CU_STREAM_CAPTURE_STATUS_ACTIVE;
}

static CUresult is_capturing(CUstream handle, DefaultStream which, CUstreamCaptureStatus *status) {
  ENTER("cuStreamIsCapturing");
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  pthread_mutex_lock(&driver_lock);
  *status = status_of(stream);
  CUresult result = stream->legacy ? ask_legacy(stream->context) : CUDA_SUCCESS;
  pthread_mutex_unlock(&driver_lock);
  return result;
}

API CUresult cuStreamIsCapturing(CUstream stream, CUstreamCaptureStatus *status) {
  return is_capturing(stream, LEGACY, status);
}

API CUresult cuStreamIsCapturing_ptsz(CUstream stream, CUstreamCaptureStatus *status) {
  return is_capturing(stream, PER_THREAD, status);
}

/* What cuStreamGetCaptureInfo tells, by its newest version; each may be NULL. */
typedef struct {
  CUstreamCaptureStatus *status;
  cuuint64_t *id;
  CUgraph *graph;
  const CUgraphNode **tail;
  size_t *tailLength;
} Info;

static CUresult get_info(CUstream handle, DefaultStream which, Info info) {
  ENTER("cuStreamGetCaptureInfo");
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  if (info.status == NULL) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  pthread_mutex_lock(&driver_lock);
  *info.status = status_of(stream);
  if (*info.status == CU_STREAM_CAPTURE_STATUS_ACTIVE) {
    if (info.id != NULL) {
      *info.id = stream->capture->id;
    }
    if (info.graph != NULL) {
      *info.graph = stream->capture->graph;
    }
    if (info.tail != NULL) {
      *info.tail = stream->captureTail;
    }
    if (info.tailLength != NULL) {
      *info.tailLength = stream->captureTailLength;
    }
  }
  CUresult result = stream->legacy ? ask_legacy(stream->context) : CUDA_SUCCESS;
  pthread_mutex_unlock(&driver_lock);
  return result;
}

API CUresult cuStreamGetCaptureInfo(CUstream stream, CUstreamCaptureStatus *status,
                                    cuuint64_t *id) {
  return get_info(stream, LEGACY, (Info){.status = status, .id = id});
}

API CUresult cuStreamGetCaptureInfo_ptsz(CUstream stream, CUstreamCaptureStatus *status,
                                         cuuint64_t *id) {
  return get_info(stream, PER_THREAD, (Info){.status = status, .id = id});
}

API CUresult cuStreamGetCaptureInfo_v2(CUstream stream, CUstreamCaptureStatus *status,
                                       cuuint64_t *id, CUgraph *graph, const CUgraphNode **tail,
                                       size_t *tailLength) {
  return get_info(stream, LEGACY, (Info){status, id, graph, tail, tailLength});
}

API CUresult cuStreamGetCaptureInfo_v2_ptsz(CUstream stream, CUstreamCaptureStatus *status,
                                            cuuint64_t *id, CUgraph *graph,
                                            const CUgraphNode **tail, size_t *tailLength) {
  return get_info(stream, PER_THREAD, (Info){status, id, graph, tail, tailLength});
}

/* The edges carry no data. */
static CUresult get_info_with_edges(CUstream stream, DefaultStream which, Info info,
                                    const CUgraphEdgeData **edges) {
  if (edges != NULL) {
    *edges = NULL;
  }
  return get_info(stream, which, info);
}

API CUresult cuStreamGetCaptureInfo_v3(CUstream stream, CUstreamCaptureStatus *status,
                                       cuuint64_t *id, CUgraph *graph, const CUgraphNode **tail,
                                       const CUgraphEdgeData **edges, size_t *tailLength) {
  return get_info_with_edges(stream, LEGACY, (Info){status, id, graph, tail, tailLength}, edges);
}

API CUresult cuStreamGetCaptureInfo_v3_ptsz(CUstream stream, CUstreamCaptureStatus *status,
                                            cuuint64_t *id, CUgraph *graph,
                                            const CUgraphNode **tail, const CUgraphEdgeData **edges,
                                            size_t *tailLength) {
  return get_info_with_edges(stream, PER_THREAD, (Info){status, id, graph, tail, tailLength},
                             edges);
}

API CUresult cuThreadExchangeStreamCaptureMode(CUstreamCaptureMode *mode) {
  ENTER("cuThreadExchangeStreamCaptureMode");
  if (mode == NULL || *mode > CU_STREAM_CAPTURE_MODE_RELAXED) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  CUstreamCaptureMode previous = threadMode;
  threadMode = *mode;
  *mode = previous;
  return CUDA_SUCCESS;
}
