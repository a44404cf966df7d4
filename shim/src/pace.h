/*
 * How much of a queue's work is in flight, for queues that others may overtake.
 *
 * In flight is a matter of time, not of commands: a bound in commands that serves large kernels
 * starves small ones. Each command's time is forecast from those of its kind, markers tell what is
 * complete, and so the time that the work in flight will still take is known at each launch.
 *
 *   Level 1: all that is in flight still runs when the gate closes. A command is launched when it
 *   fits into the bound with what is before it, or when that takes no longer than a third of it.
 *   Level 2: what stands behind the next wait in the stream does not run when the gate closes.
 *   Waits stand close, and as much as the program likes may be in flight, up to OT_MAX_IN_FLIGHT.
 *
 * A launch config in commands (threshold, batch) takes the place of this where somebody asked for
 * one.
 */
#ifndef OT_PACE_H
#define OT_PACE_H

#include "gate.h"

/* How long a queue that lingers counts as ready after its last command. */
#define OT_LINGER_NANOS UINT64_C(200000)

/* Before a command of this kind: places a marker if one is due, with a wait behind it if it may
 * stall the stream, then waits until there is room in flight. Gives up where waiting cannot be what
 * is needed: no progress for the escape time though nothing is held. Returns the time by then. */
uint64_t ot_pace_before(struct ot_lane *lane, uint32_t kind);

/* Whether a command of this kind may do without, as it is short together with those that did since
 * one last looked: when that was; else 0. */
uint64_t ot_pace_passes(struct ot_lane *lane, uint32_t kind);

/* Before a command of a queue that nobody overtakes, but that holds others, from `show_at` on: a
 * marker, by which others see that it makes progress, or none where that shows anyway. Says when it
 * is to be called again. */
void ot_pace_show_progress(struct ot_lane *lane);

/* Behind the last command of a stream that is to be destroyed: a marker, if there is none, so that
 * the end of its work shows. False if none could be placed. */
bool ot_pace_mark_end(struct ot_lane *lane);

#endif
