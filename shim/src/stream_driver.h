/*
 * Streams and events as the gate asks about them, where CUDA and HIP are alike down to the numbers:
 * by the functions of the one that is scheduled, in the shape that struct ot_driver asks for.
 */
#ifndef OT_STREAM_DRIVER_H
#define OT_STREAM_DRIVER_H

#include "gate.h"

struct ot_stream_driver {
  int (*stream_is_capturing)(void *stream, int *status);
  int (*stream_get_priority)(void *stream, int *priority); /* NULL: there is none */
  int (*stream_query)(void *stream);
  int (*exchange_capture_mode)(int *mode);
  int (*event_create)(void **event, unsigned flags);
  int (*event_record)(void *event, void *stream);
  int (*event_query)(void *event);
  /* Around questions on behalf of the program, about what is in that context; NULL: in the
   * thread's. False: it cannot be asked. */
  bool (*enter)(struct ot_context *context);
  void (*leave)(struct ot_context *context);
};

/* Whether a stream is known not to be captured now. */
bool ot_stream_is_not_captured(void *stream);
bool ot_stream_is_capturing(void *stream);
int32_t ot_stream_priority(void *stream);
enum ot_stream_state ot_stream_query(struct ot_context *context, void *stream);

/* Markers that are events */
bool ot_stream_prepare(struct ot_lane *lane);
void ot_stream_poll(struct ot_lane *lane);
bool ot_stream_mark(struct ot_lane *lane, uint32_t number);
void ot_stream_drop(struct ot_lane *lane);

#endif
