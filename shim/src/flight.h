/*
 * What is in flight in a lane, and how long that will take: each command is entered with the time
 * that its kind took before, markers tell what is complete, and what completed teaches the next
 * forecast. Decides nothing; pace.c does.
 *
 * Any thread may call these, but for those said to need the lane's `marking`.
 */
#ifndef OT_FLIGHT_H
#define OT_FLIGHT_H

#include "gate.h"

/* Commands in flight, whatever they take; the driver's own queue holds about as many. A power of
 * two. */
#define OT_MAX_IN_FLIGHT 1024

bool ot_flight_start(struct ot_lane *lane); /* false: no memory */

/* The last command of the lane that is known to be complete. */
uint64_t ot_completed(struct ot_lane *lane);
/* The same, as far as can be told without the driver. */
uint64_t ot_reached(struct ot_lane *lane);

/* Commands that are not known to be complete. */
uint64_t ot_in_flight(struct ot_lane *lane);

/* A command of this number and kind was launched at this time. */
void ot_flight_add(struct ot_lane *lane, uint64_t number, uint32_t kind, uint64_t now);

/* A marker stands behind the command of this number, and a wait behind the marker or not. */
void ot_flight_mark(struct ot_lane *lane, uint64_t number, bool waits);

/* Whether the lane stands at a wait: nothing of it runs. */
bool ot_flight_stands(struct ot_lane *lane);

/* Takes note of what has completed since it last looked. Under `marking`. */
void ot_flight_observe(struct ot_lane *lane, uint64_t now);

/* The same, if something has and nobody else is at it. At every command: what is thought to remain
 * because nobody has looked keeps the program from launching while the device runs dry. */
void ot_flight_catch_up(struct ot_lane *lane, uint64_t now);

/* Nanoseconds from the marker reached last to the next, by forecast. */
uint64_t ot_flight_next(struct ot_lane *lane);

/* Nanoseconds that what is in flight will still take. */
uint64_t ot_flight_remaining(struct ot_lane *lane, uint64_t now);

/* The queue was held, interrupted, or not bounded: the time until the next completion says nothing
 * about its commands. */
void ot_flight_untimed(struct ot_lane *lane);

/* How long a command of this kind will take, if anything is known; where too small a guess would
 * let a flood of long commands stand before one marker, of one never seen before: for ever. */
uint32_t ot_flight_longest(uint32_t kind);

#endif
