#include "stream_driver.h"

#include "captures.h"
#include "cuda_api.h"
#include "events.h"
#include "hip_api.h"

#define SAME(of_cuda, of_hip) _Static_assert((int)(of_cuda) == (int)(of_hip), #of_hip)
SAME(CUDA_SUCCESS, hipSuccess);
SAME(CUDA_ERROR_NOT_READY, hipErrorNotReady);
SAME(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, hipErrorStreamCaptureUnsupported);
SAME(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD, hipErrorStreamCaptureWrongThread);
SAME(CU_STREAM_CAPTURE_STATUS_NONE, hipStreamCaptureStatusNone);
SAME(CU_STREAM_CAPTURE_MODE_RELAXED, hipStreamCaptureModeRelaxed);
SAME(CU_EVENT_DISABLE_TIMING, hipEventDisableTiming);

static const struct ot_stream_driver *driver(void) { return ot_driver->streams; }

/* The default stream, by the name for it that every release knows. */
static void *named(void *stream) { return stream == OT_STREAM_LEGACY ? NULL : stream; }

static bool about_captures(int result) {
  return result >= CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED &&
         result <= CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
}

bool ot_stream_is_not_captured(void *stream) {
  int status = CU_STREAM_CAPTURE_STATUS_NONE;
  if (!driver()->enter(NULL))
    return false;
  bool answered = driver()->stream_is_capturing(named(stream), &status) == CUDA_SUCCESS;
  driver()->leave(NULL);
  return answered && status == CU_STREAM_CAPTURE_STATUS_NONE;
}

/* An error is the driver's way to say that this stream must be left alone while another is
 * captured. */
bool ot_stream_is_capturing(void *stream) { return !ot_stream_is_not_captured(stream); }

/* The drivers count the other way: 0 is the default, and the more urgent are below. */
int32_t ot_stream_priority(void *stream) {
  int priority = 0;
  if (stream == OT_STREAM_LEGACY || stream == OT_STREAM_PER_THREAD ||
      !driver()->stream_get_priority || !driver()->enter(NULL))
    return 0;
  bool answered = driver()->stream_get_priority(stream, &priority) == CUDA_SUCCESS;
  driver()->leave(NULL);
  return answered ? -priority : 0;
}

enum ot_stream_state ot_stream_query(struct ot_context *context, void *stream) {
  if (!ot_may_ask())
    return OT_STREAM_UNKNOWN;
  if (atomic_load(&context->ending)) {
    ot_asked();
    return OT_STREAM_UNKNOWN;
  }
  int mode = CU_STREAM_CAPTURE_MODE_RELAXED, result = CUDA_SUCCESS;
  driver()->exchange_capture_mode(&mode);
  if (driver()->enter(context)) {
    result = driver()->stream_query(named(stream));
    driver()->leave(context);
  }
  driver()->exchange_capture_mode(&mode);
  ot_asked();
  if (result == CUDA_ERROR_NOT_READY)
    return OT_STREAM_BUSY;
  /* Any other error means that nothing will ever run there again. */
  return about_captures(result) ? OT_STREAM_UNKNOWN : OT_STREAM_IDLE;
}

bool ot_stream_prepare(struct ot_lane *lane) {
  return ot_events_prepare(lane, (uint32_t)atomic_load(&lane->marked));
}

static bool is_reached(void *event) {
  int result = driver()->event_query(event);
  return result != CUDA_ERROR_NOT_READY &&
         !about_captures(result); /* An error: nothing more will come. */
}

void ot_stream_poll(struct ot_lane *lane) {
  if (atomic_load(&lane->context->attached) != 1 || !ot_may_ask())
    return;
  if (atomic_load(&lane->context->ending)) {
    ot_asked();
    return;
  }
  int mode = CU_STREAM_CAPTURE_MODE_RELAXED;
  driver()->exchange_capture_mode(&mode);
  if (driver()->enter(NULL)) {
    ot_events_poll(lane, is_reached);
    driver()->leave(NULL);
  }
  driver()->exchange_capture_mode(&mode);
  ot_asked();
}

static bool record(void *stream, void **event) {
  return (*event || driver()->event_create(event, CU_EVENT_DISABLE_TIMING) == CUDA_SUCCESS) &&
         driver()->event_record(*event, named(stream)) == CUDA_SUCCESS;
}

bool ot_stream_mark(struct ot_lane *lane, uint32_t number) {
  if (!driver()->enter(lane->context)) /* whose events they are */
    return false;
  bool marked = ot_events_mark(lane, number, record);
  driver()->leave(lane->context);
  return marked;
}

/* They are not asked about again, as AMD's library would then look at their stream. */
void ot_stream_drop(struct ot_lane *lane) { ot_events_drop(lane, NULL); }
