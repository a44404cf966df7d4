#include "events.h"

#include <stdlib.h>

#define EVENTS 64

struct ring {
  _Atomic uint32_t word;
  atomic_flag polling;
  uint32_t head, tail;
  void *events[EVENTS];
  uint32_t numbers[EVENTS];
};

bool ot_events_prepare(struct ot_lane *lane, uint32_t reached) {
  struct ring *ring = calloc(1, sizeof *ring);
  if (!ring)
    return false;
  ring->word = reached;
  lane->events = ring;
  lane->word = &ring->word;
  return true;
}

void ot_events_poll(struct ot_lane *lane, bool (*is_reached)(void *event)) {
  struct ring *ring = lane->events;
  if (!ring || atomic_flag_test_and_set(&ring->polling))
    return;
  for (; ring->tail != ring->head && is_reached(ring->events[ring->tail % EVENTS]); ring->tail++)
    atomic_store(&ring->word, ring->numbers[ring->tail % EVENTS]);
  atomic_flag_clear(&ring->polling);
}

void ot_events_drop(struct ot_lane *lane, void (*give_up)(void *event)) {
  struct ring *ring = lane->events;
  if (!ring)
    return;
  while (atomic_flag_test_and_set(&ring->polling)) {
  }
  for (; ring->tail != ring->head; ring->tail++) {
    if (give_up)
      give_up(ring->events[ring->tail % EVENTS]);
    atomic_store(&ring->word, ring->numbers[ring->tail % EVENTS]);
  }
  atomic_flag_clear(&ring->polling);
}

bool ot_events_mark(struct ot_lane *lane, uint32_t number,
                    bool (*place)(void *stream, void **event)) {
  struct ring *ring = lane->events;
  while (atomic_flag_test_and_set(&ring->polling)) {
  }
  bool marked =
      ring->head - ring->tail < EVENTS && place(lane->stream, &ring->events[ring->head % EVENTS]);
  if (marked)
    ring->numbers[ring->head++ % EVENTS] = number;
  atomic_flag_clear(&ring->polling);
  return marked;
}
