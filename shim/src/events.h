/*
 * Markers for a lane whose device does not write them into memory: events of the driver's, asked
 * about when somebody wants to know. What an event is, and how one is placed and asked about, is
 * the driver's to say.
 */
#ifndef OT_EVENTS_H
#define OT_EVENTS_H

#include "gate.h"

/* Gives the lane a word of its own that says `reached`. False: no memory. */
bool ot_events_prepare(struct ot_lane *lane, uint32_t reached);

/* Brings the word up to date, unless another thread is at it. `is_reached` may give the event up.
 */
void ot_events_poll(struct ot_lane *lane, bool (*is_reached)(void *event));

/* Nothing is asked about the markers any more that are placed: they count as reached, as the stream
 * is about to end. `give_up` is given each of them, if it is not NULL. */
void ot_events_drop(struct ot_lane *lane, void (*give_up)(void *event));

/* Places a marker. `place` is given what it left there the last time that this place had its turn
 * (NULL: nothing), to use it again. False if none could be placed. */
bool ot_events_mark(struct ot_lane *lane, uint32_t number,
                    bool (*place)(void *stream, void **event));

#endif
