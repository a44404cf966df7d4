#include "stalls.h"

#include <stdatomic.h>
#include <string.h>

/* Where waits were placed, and at what priority: for the time when queues and lanes are not to be
 * looked at any more. */
static _Atomic bool has_stalled_on[OT_DEVICES];
static _Atomic int32_t last_stalled_at[OT_DEVICES];

void ot_stalls_note(struct ot_device_line *device, int32_t priority) {
  size_t index = (size_t)(device - ot_page->devices);
  atomic_store_explicit(&last_stalled_at[index], priority, memory_order_relaxed);
  atomic_store_explicit(&has_stalled_on[index], true, memory_order_relaxed);
}

bool ot_stalls_look_after(uint64_t now) {
  bool any = false;
  for (int i = 0; i < OT_DEVICES; i++) {
    if (!atomic_load(&has_stalled_on[i]))
      continue;
    any = true;
    struct ot_device_line *device = &ot_page->devices[i];
    int32_t priority = atomic_load(&last_stalled_at[i]);
    if (!ot_board_intact()) {
      if (ot_floor_word(device)) /* What damaged the page may go on doing so. */
        ot_board_let_all_pass(device);
    } else if (!ot_above_floor(device, priority)) {
      ot_board_watch(device, priority, now);
    }
  }
  return any;
}

void ot_stalls_in_child(void) { memset((void *)has_stalled_on, 0, sizeof has_stalled_on); }
