/*
 * How long commands take: a table of what those of one kind took before. A kind is what tells a
 * command from others, such as a kernel with its grid; a program runs the same few hundred again
 * and again, so the table forgets only by overwriting.
 *
 * Any thread may call these; what two threads learn at once may be lost, which costs accuracy and
 * nothing else.
 */
#ifndef OT_FORECAST_H
#define OT_FORECAST_H

#include <stdint.h>

/* A kind from what makes it: an address, and a number or two. Never 0. */
uint32_t ot_kind(const void *address, uint64_t first, uint64_t second);

/* Nanoseconds that a command of this kind is expected to take; `otherwise` for one never seen. */
uint32_t ot_forecast(uint32_t kind, uint32_t otherwise);

/* That a command took so long. */
void ot_forecast_learn(uint32_t kind, uint64_t nanos);

#endif
