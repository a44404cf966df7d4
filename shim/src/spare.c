/* Queues that were left, with their lanes: those of threads that have ended, or given their
 * priority back. They are for the next.
 *
 * A server may answer each request in a thread of its own, or give a thread its priority for as
 * long as a request takes. So a queue keeps its place on the page for a while: as long as it is
 * there, work below is bounded, and a request does not find the driver's queue full of it. */
#include "registry.h"

#define KEEP_NANOS UINT64_C(30000000000)

struct ot_queue *ot_spare;

void ot_spare_put(struct ot_queue *queue) {
  queue->next_spare = ot_spare;
  ot_spare = queue;
}

/* How well a spare queue suits: best with the lanes of this key, whose work may be in flight. One
 * that bounds more than a queue of this priority would is kept for who comes back to it. */
static int fitness(struct ot_queue *queue, uint64_t key, int32_t priority) {
  if (queue->key == key)
    return 3;
  if (!queue->has_place)
    return 1;
  return atomic_load(&queue->slot->priority) <= priority ? 2 : 0;
}

/* One that nobody looks at any more: not its thread, nor who peeked when it was left. */
struct ot_queue *ot_spare_take(struct ot_device_line *device, uint64_t key, int32_t priority) {
  struct ot_queue **found = NULL;
  int best = 0;
  for (struct ot_queue **link = &ot_spare; *link; link = &(*link)->next_spare) {
    int fits = (*link)->device == device ? fitness(*link, key, priority) : 0;
    if (fits > best) {
      best = fits;
      found = link;
    }
  }
  if (!found || ot_somebody_peeks())
    return NULL;
  struct ot_queue *queue = *found;
  *found = queue->next_spare;
  return queue;
}

void ot_spare_disown(uint64_t thread) {
  for (struct ot_queue *queue = ot_spare; queue; queue = queue->next_spare) {
    if (queue->key == thread || queue->key == ot_key_of_per_thread_stream(thread))
      queue->key = UINT64_MAX;
  }
}

void ot_spare_age(uint64_t now) {
  for (struct ot_queue *queue = ot_spare; queue; queue = queue->next_spare) {
    if (queue->has_place && now > queue->left_at + KEEP_NANOS)
      ot_queue_give_place_back(queue);
  }
}
