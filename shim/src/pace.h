/*
 * How much of a queue's work is in flight, for queues that others may overtake: markers behind every `batch` commands, and
 * a wait where `threshold` commands are in flight.
 *
 * In flight is a matter of time, not of commands: a bound in commands that serves large kernels starves small ones. By
 * default both numbers follow the measured time per command, so that about `in_flight_micros` of work is in flight.
 */
#ifndef OT_PACE_H
#define OT_PACE_H

#include "gate.h"

/* How long a queue that lingers counts as ready after its last command. */
#define OT_LINGER_NANOS UINT64_C(200000)

void ot_pace_start(struct ot_lane *lane);

/* Waits until fewer commands than the threshold are in flight. Gives up where waiting cannot be what is needed: no progress
 * for the escape time though nothing is held. */
void ot_pace_throttle(struct ot_lane *lane);

/* Places a marker if one is due; with a wait behind it if it may stall the stream. */
void ot_pace_mark(struct ot_lane *lane, bool bounded, bool may_stall);

/* The queue was held: the time until the next completion says nothing about its commands. */
void ot_pace_interrupt(struct ot_lane *lane);

/* The last command of the lane that is known to be complete. */
uint64_t ot_completed(struct ot_lane *lane);

#endif
