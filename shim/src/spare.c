/* Queues of threads that have ended, or given their priority back, with their lanes: for the next.
 * A priority that comes and goes with each request would leave one behind each time. */
#include "registry.h"

struct ot_queue *ot_spare;

void ot_spare_put(struct ot_queue *queue) {
  queue->next_spare = ot_spare;
  ot_spare = queue;
}

/* One that nobody looks at any more: not its thread, nor who peeked when it was released. With the
 * lanes of this key rather than others: their work may be in flight. */
struct ot_queue *ot_spare_take(struct ot_device_line *device, uint64_t key) {
  struct ot_queue **found = NULL;
  for (struct ot_queue **link = &ot_spare; *link; link = &(*link)->next_spare) {
    if ((*link)->device == device && (!found || (*link)->key == key))
      found = link;
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
