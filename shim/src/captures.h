/*
 * While a stream of the process is captured into a graph, drivers forbid what the shim does by
 * itself: a question to that stream, or page-locking, ends the capture with an error for the
 * program. So nothing is asked then, and no capture begins in the middle of a question.
 */
#ifndef OT_CAPTURES_H
#define OT_CAPTURES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* How many streams are being captured in this process. */
extern _Atomic int ot_captures;

/* Around the call that begins a capture; `done`: it did. */
void ot_captures_begin(void);
void ot_captures_begun(bool done);
void ot_captures_end(void);

/* Whether something may be asked now that a capture forbids. If so none begins until ot_asked, or
 * for ten seconds. May be nested: the inner one may be refused where the outer one was not. */
bool ot_may_ask(void);
void ot_asked(void);

/* Waits until nobody asks, for as long at most. */
void ot_await_questions(uint64_t nanos);

/* In a child after fork: whoever was asking or capturing is not in it. */
void ot_captures_in_child(void);

#endif
