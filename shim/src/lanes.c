/* The streams of each queue, from its first command there until the stream is destroyed, or ends
 * with its thread. */
#include <stdlib.h>
#include <string.h>

#include "flight.h"
#include "pace.h"
#include "registry.h"
#include "uncancelled.h"

void ot_lane_retire(struct ot_lane *lane) {
  uint64_t submitted = atomic_load(&lane->submitted);
  atomic_store(&lane->entered, submitted);
  atomic_store(&lane->proven, submitted);
  if (ot_driver->drop)
    ot_driver->drop(lane);
  lane->gone = true;
  lane->leaving = false;
}

/* Its word lies in the context's markers, so a lane that is used again stays in its context. */
static void reset_lane(struct ot_lane *lane, void *stream, uint64_t thread) {
  uint64_t submitted = atomic_load(&lane->submitted);
  atomic_store(&lane->entered, submitted);
  atomic_store(&lane->proven, submitted);
  atomic_store(&lane->stalled, 0);
  lane->stalled_otherwise = 0;
  atomic_store(&lane->show_at, 0);
  lane->stream = stream;
  lane->thread = thread;
  lane->ended = false;
  lane->gone = false;
}

/* Nobody can name its stream any more, and nothing is in flight there. */
static bool is_left(struct ot_lane *lane) {
  return lane->gone ||
         (lane->ended && atomic_load(&lane->proven) >= atomic_load(&lane->submitted) &&
          !ot_flight_stands(lane));
}

struct ot_lane *ot_lane_in(struct ot_queue *queue, struct ot_context *context, void *stream) {
  uint64_t thread = 0;
  if (stream == OT_STREAM_PER_THREAD) {
    thread = ot_thread_id();
    ot_thread_end_matters();
  }
  struct ot_lane *reusable = NULL;
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
    if (lane->context != context)
      continue;
    if (!lane->gone && !lane->ended && !lane->leaving && lane->stream == stream &&
        lane->thread == thread)
      return lane;
    if (is_left(lane))
      reusable = lane;
  }
  if (reusable) {
    reset_lane(reusable, stream, thread);
    return reusable;
  }
  struct ot_lane *lane = aligned_alloc(64, (sizeof *lane + 63) / 64 * 64);
  if (!lane)
    return NULL;
  memset((void *)lane, 0, sizeof *lane);
  lane->queue = queue;
  lane->context = context;
  lane->stream = stream;
  lane->thread = thread;
  if (!ot_flight_start(lane)) {
    free(lane);
    return NULL;
  }
  lane->next = queue->lanes;
  queue->lanes = lane;
  return lane;
}

/* Streams that end */

static struct ot_lane *find_stalled_lane(void *stream) {
  struct ot_lane *found = NULL;
  pthread_mutex_lock(&ot_registry);
  for (struct ot_queue *queue = ot_queues; queue && !found; queue = queue->next) {
    for (struct ot_lane *lane = queue->lanes; lane && !found; lane = lane->next) {
      if (lane->stream == stream && !lane->leaving && ot_may_be_stalled(lane))
        found = lane;
    }
  }
  pthread_mutex_unlock(&ot_registry);
  return found;
}

/* Of the calling thread's context. What it still has in flight, the driver completes on its own;
 * but what stands stalled has to be looked after until then, and a last marker tells when. */
void ot_retire_stream(void *stream) {
  if (!atomic_load(&ot_active))
    return;
  OT_UNCANCELLED;
  struct ot_lane *stalled = find_stalled_lane(stream);
  ot_self.inside = true;
  bool will_tell = stalled && ot_pace_mark_end(stalled);
  ot_self.inside = false;
  pthread_mutex_lock(&ot_registry);
  for (struct ot_queue *queue = ot_spare; queue; queue = queue->next_spare) {
    for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
      if (lane->stream == stream)
        ot_lane_retire(lane);
    }
  }
  for (struct ot_queue *queue = ot_queues, *next; queue; queue = next) {
    next = queue->next;
    for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
      if (lane->stream != stream || lane->leaving)
        continue;
      if (lane == stalled && will_tell)
        lane->leaving = true;
      else
        ot_lane_retire(lane);
    }
    if (queue->scope == OT_SCOPE_STREAM && queue->key == (uint64_t)(uintptr_t)stream) {
      ot_queue_leave(queue);
    } else if (ot_queue_is_quiet(queue)) {
      ot_queue_settle(queue);
    }
  }
  atomic_fetch_add(&ot_generation, 1);
  pthread_mutex_unlock(&ot_registry);
}
