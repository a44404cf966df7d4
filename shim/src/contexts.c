/* Which contexts there are, from the first command in each to its end. */
#include <stdlib.h>

#include "captures.h"
#include "registry.h"
#include "uncancelled.h"

/* Longer than a question about a context takes that began before that was ending; others may be
 * asked about all the while. */
#define QUESTION_NANOS UINT64_C(20000000)

static struct ot_context *contexts;

struct ot_context *ot_context_of(void *handle) {
  for (struct ot_context *context = contexts; context; context = context->next) {
    if (context->handle == handle)
      return context;
  }
  struct ot_device_identity identity = {0};
  struct ot_context *context =
      ot_driver->identify(handle, &identity) ? calloc(1, sizeof *context) : NULL;
  struct ot_device_line *device = context ? ot_board_device(&identity) : NULL;
  if (!device) {
    free(context);
    return NULL;
  }
  *context = (struct ot_context){.handle = handle, .device = device, .next = contexts};
  contexts = context;
  return context;
}

/* Several threads may try to end it at once. */
static void add_ending(void *handle, int32_t threads) {
  if (!atomic_load(&ot_active))
    return;
  pthread_mutex_lock(&ot_registry);
  for (struct ot_context *context = contexts; context; context = context->next) {
    if (context->handle == handle && atomic_fetch_add(&context->ending, threads) + threads < 0)
      atomic_store(&context->ending, 0); /* It became known in between. */
  }
  pthread_mutex_unlock(&ot_registry);
}

/* Its lanes stay as they are: the driver may only count down who uses it, or wait for work that
 * stands stalled, which is looked after meanwhile. */
void ot_context_may_end(void *handle) {
  OT_UNCANCELLED;
  add_ending(handle, 1);
  ot_await_questions(QUESTION_NANOS);
}

void ot_keep_context(void *handle) { add_ending(handle, -1); }

static void retire_lanes_in(struct ot_queue *queue, void *context) {
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
    if (lane->context->handle == context)
      ot_lane_retire(lane);
  }
}

static void retire_streams_of(void *context) {
  for (struct ot_queue *queue = ot_spare; queue; queue = queue->next_spare)
    retire_lanes_in(queue, context);
  for (struct ot_queue *queue = ot_queues; queue; queue = queue->next) {
    retire_lanes_in(queue, context);
    if (ot_queue_is_quiet(queue))
      ot_queue_settle(queue);
  }
  atomic_fetch_add(&ot_generation, 1);
}

void ot_forget_context(void *handle) {
  if (!atomic_load(&ot_active))
    return;
  OT_UNCANCELLED;
  pthread_mutex_lock(&ot_registry);
  retire_streams_of(handle);
  for (struct ot_context **link = &contexts; *link; link = &(*link)->next) {
    struct ot_context *context = *link;
    if (context->handle != handle)
      continue;
    /* Its lanes still point to it, and are never used again: it stays, without what belonged to the
     * driver. */
    *link = context->next;
    context->handle = NULL;
    if (atomic_load(&context->attached) == 1 && ot_driver->detach)
      ot_driver->detach(context);
    atomic_store(&context->attached, 2);
    break;
  }
  pthread_mutex_unlock(&ot_registry);
}

void ot_contexts_in_child(void) { contexts = NULL; }
