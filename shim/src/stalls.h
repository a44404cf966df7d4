/* Where this process has work that may stand stalled on a device: enough to look after it when
 * queues and lanes are not looked at any more, because scheduling has ended. Any thread may call
 * these. */
#ifndef OT_STALLS_H
#define OT_STALLS_H

#include "board.h"

/* That a wait of this priority was placed in a stream of the device. */
void ot_stalls_note(struct ot_device_line *device, int32_t priority);
/* Looks after those who hold it. False if nothing was ever stalled. */
bool ot_stalls_look_after(uint64_t now);
/* In a child after fork: it has none. */
void ot_stalls_in_child(void);

#endif
