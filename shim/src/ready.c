/* When a queue has work and when it has none: raises the floor with the first command, and lets it
 * fall once all is proven complete. */
#include "flight.h"
#include "interrupt.h"
#include "pace.h"
#include "queues.h"
#include "watch.h"

/* What can be asked for; anything above is adaptive, or damage. */
#define MAX_LINGER_MICROS 1000000

static void publish(struct ot_queue *queue, uint64_t (*completed_of)(struct ot_lane *lane)) {
  atomic_store(&ot_daemon_decides, atomic_load(&ot_page->header.policy_mode) == OT_POLICY_DAEMON);
  uint64_t submitted = 0, completed = 0;
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
    submitted += atomic_load(&lane->submitted);
    completed += completed_of(lane);
  }
  submitted -= queue->before < submitted ? queue->before : submitted;
  completed -= queue->before < completed ? queue->before : completed;
  atomic_store(&queue->slot->submitted, submitted);
  atomic_store(&queue->slot->completed, completed);
  atomic_store(&queue->slot->in_flight,
               submitted > completed ? (uint32_t)(submitted - completed) : 0);
}

void ot_queue_publish(struct ot_queue *queue) {
  publish(queue, ot_completed);
  uint64_t mark = atomic_load(&queue->slot->escape_mark);
  if (mark &&
      mark != atomic_load(&queue->slot->submitted) + atomic_load(&queue->slot->completed) + 1) {
    /* It was found stuck, and is not any more. */
    atomic_store(&queue->slot->escape_mark, 0);
    ot_board_refloor(queue->device);
  }
}

static void set_ready(struct ot_queue *queue, bool ready) {
  /* First: another thread that sees it ready launches without a further look. */
  if (ready && atomic_load(&queue->slot->priority) < ot_top_priority(queue->device))
    ot_interrupt_expect(queue->device);
  atomic_store(&queue->slot->run, ready ? OT_RUN_READY : OT_RUN_IDLE);
  atomic_store(&queue->ready, ready);
}

static void tell(struct ot_queue *queue) {
  if (ot_holds_others(queue))
    ot_board_refloor(queue->device);
  if (atomic_load(&ot_page->header.policy_mode) == OT_POLICY_DAEMON)
    ot_board_ring();
}

bool ot_may_be_stalled(struct ot_lane *lane) {
  uint64_t stalled = atomic_load(&lane->stalled);
  if (!stalled || lane->gone)
    return false;
  uint64_t completed = ot_completed(lane);
  /* Nothing is behind a wait whose command the driver then refused. */
  return stalled >= completed &&
         (atomic_load(&lane->submitted) > completed || ot_flight_stands(lane));
}

bool ot_queue_stands_in_its_way(struct ot_queue *queue) {
  int32_t priority = atomic_load(&queue->slot->priority);
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
    if (atomic_load(&lane->stalled_at) < priority && ot_may_be_stalled(lane))
      return true;
  }
  return false;
}

bool ot_queue_stands(struct ot_queue *queue) {
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
    if (ot_flight_stands(lane) && ot_may_be_stalled(lane))
      return true;
  }
  return false;
}

bool ot_queue_is_quiet(struct ot_queue *queue) {
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
    /* Below it if the stream was destroyed while a command stood at the gate. */
    if ((int64_t)(atomic_load(&lane->entered) - atomic_load(&lane->proven)) > 0)
      return false;
  }
  return true;
}

bool ot_queue_runs(struct ot_queue *queue, uint64_t *nanos) {
  bool runs = false;
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
    uint64_t reached = ot_reached(lane);
    /* Below it if the stream was destroyed while its last command was on its way. */
    bool idle = reached >= atomic_load(&lane->submitted) || reached >= atomic_load(&lane->entered);
    if (idle || ot_flight_stands(lane))
      continue;
    uint64_t next = ot_flight_next(lane);
    *nanos = runs && *nanos > next ? *nanos : next;
    runs = true;
  }
  return runs;
}

void ot_queue_was_interrupted(struct ot_queue *queue) {
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next)
    ot_flight_untimed(lane);
}

/* A moving average with a memory of some eight gaps. */
static void note_gap(struct ot_queue *queue, uint64_t gap) {
  uint32_t share = atomic_load(&queue->short_gaps);
  atomic_store(&queue->short_gaps, share - share / 8 + (gap < OT_LINGER_NANOS ? 1024 / 8 : 0));
}

/*
 * A program that synchronizes inside a request lets batch work in at every gap, one that does not
 * loses nothing when it gives the device back at once. Which of them this is, its last gaps tell:
 * to linger pays if what a short gap would cost (a hand-over, which is about as long as a linger)
 * is more likely than a long one.
 */
uint64_t ot_queue_linger_nanos(struct ot_queue *queue) {
  uint32_t wanted = atomic_load(&queue->slot->linger_micros);
  if (wanted <= MAX_LINGER_MICROS)
    return (uint64_t)wanted * 1000;
  return atomic_load(&queue->short_gaps) > 400 ? OT_LINGER_NANOS : 0;
}

OUT_OF_THE_WAY void ot_become_ready(struct ot_queue *queue) {
  pthread_mutex_lock(&queue->transition);
  uint64_t now = ot_now(), quiet = atomic_load(&queue->quiet_since);
  if (quiet) {
    note_gap(queue, now - quiet);
    atomic_store(&queue->quiet_since, 0);
  }
  if (!atomic_load(&queue->ready) && !queue->left) {
    /* So that nobody takes what it did until now for a lack of progress. */
    publish(queue, ot_completed);
    atomic_store(&queue->slot->escape_mark, 0);
    atomic_store(&queue->slot->ready_since, now);
    set_ready(queue, true);
    tell(queue);
    ot_watch_start();
  }
  pthread_mutex_unlock(&queue->transition);
}

static void end_ready(struct ot_queue *queue, uint64_t now) {
  atomic_fetch_add(&queue->slot->busy_nanos, now - atomic_load(&queue->slot->ready_since));
  tell(queue);
}

static void become_idle(struct ot_queue *queue, uint64_t now) {
  publish(queue, ot_completed); /* Before it: who reads that the queue is idle counts on it. */
  set_ready(queue, false);
  /* A command that came in between saw READY and will not raise the floor: then this has not
   * happened. */
  if (!ot_queue_is_quiet(queue)) {
    set_ready(queue, true);
    atomic_store(&queue->quiet_since, 0);
    tell(queue); /* Somebody may have computed a floor without it. */
    return;
  }
  publish(queue, ot_completed); /* What came in between, and is done already. */
  end_ready(queue, now);
}

void ot_queue_withdraw(struct ot_queue *queue) {
  pthread_mutex_lock(&queue->transition);
  queue->left = true;
  atomic_store(&queue->quiet_since, 0);
  publish(queue, ot_reached); /* Its thread may be about to end, or the process. */
  atomic_store(&queue->slot->in_flight, 0);
  if (atomic_load(&queue->ready)) {
    set_ready(queue, false);
    end_ready(queue, ot_now());
  }
  pthread_mutex_unlock(&queue->transition);
}

void ot_queue_settle(struct ot_queue *queue) {
  pthread_mutex_lock(&queue->transition);
  if (atomic_load(&queue->ready)) {
    uint64_t now = ot_now();
    if (!ot_queue_is_quiet(queue)) {
      atomic_store(&queue->quiet_since, 0);
    } else {
      uint64_t quiet = atomic_load(&queue->quiet_since);
      if (!quiet)
        atomic_store(&queue->quiet_since, quiet = now);
      uint64_t linger = ot_holds_others(queue) ? ot_queue_linger_nanos(queue) : 0;
      if (now - quiet >= linger) {
        become_idle(queue, now);
      } else {
        ot_watch_poke();
      }
    }
  }
  pthread_mutex_unlock(&queue->transition);
}

void ot_prove(struct ot_lane *lane, uint64_t command) {
  uint64_t proven = atomic_load(&lane->proven);
  while (proven < command && !atomic_compare_exchange_weak(&lane->proven, &proven, command)) {
  }
}

bool ot_is_entered(struct ot_lane *lane) {
  return (int64_t)(atomic_load(&lane->entered) - atomic_load(&lane->submitted)) > 0;
}

enum ot_stream_state ot_lane_ask(struct ot_lane *lane) {
  /* Only the thread itself can name its per-thread stream; the legacy stream is idle once that is.
   */
  bool foreign =
      lane->stream == OT_STREAM_PER_THREAD && (lane->ended || lane->thread != ot_thread_id());
  return ot_driver->query(lane->context, foreign ? OT_STREAM_LEGACY : lane->stream);
}

static void query_lane(struct ot_lane *lane) {
  uint64_t submitted = atomic_load(&lane->submitted);
  if (lane->gone || atomic_load(&lane->proven) >= submitted)
    return;
  if (ot_completed(lane) >= submitted && !ot_flight_stands(lane)) {
    ot_prove(lane, submitted);
    if (lane->leaving) {
      lane->leaving = false;
      lane->gone = true;
    }
    return;
  }
  /* It is not idle while somebody is at it, whatever the driver says. */
  if (lane->leaving || ot_is_entered(lane))
    return;
  if (!ot_driver->query) {
    ot_self.inside = true;
    ot_pace_mark_end(lane); /* A later look will find it reached. */
    ot_self.inside = false;
    return;
  }
  ot_self.inside = true;
  enum ot_stream_state state = ot_lane_ask(lane);
  ot_self.inside = false;
  if (state == OT_STREAM_IDLE)
    ot_prove(lane, submitted);
}

void ot_queue_query(struct ot_queue *queue) {
  for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next)
    query_lane(lane);
  if (ot_queue_is_quiet(queue))
    ot_queue_settle(queue);
}
