/* Threads that the shim adds to a program. */
#ifndef OT_HELPER_H
#define OT_HELPER_H

/* Starts one that takes no signals, which are for the program's own, and sleeps as long as asked to
 * and not longer. 0, or the error. */
int ot_helper_start(const char *name, void (*work)(void *), void *argument);

#endif
