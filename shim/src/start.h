/* What happens when the shim is loaded, when the program turns out to use an accelerator, and at
 * the end. */
#ifndef OT_START_H
#define OT_START_H

/* Begins to schedule this process, once. To be called when a driver has been found, and by the
 * public functions, which may come first. */
void ot_start(void);

/* At exit. The watcher stays: what the program still does may wait for work that stands stalled.
 * But it leaves the driver alone, which is about to go. */
void ot_stop(void);

#endif
