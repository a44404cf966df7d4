/* What is known of the work in flight (flight.c), by a clock and a device that the test owns. */
#include "flight.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "forecast.h"

static uint64_t now = 1000000;
uint64_t ot_now(void) { return now; }

static const struct ot_driver driver = {.name = "of the test"};
const struct ot_driver *_Atomic ot_driver = &driver;

#define US UINT64_C(1000)

enum kind { SHORT = 11, LONG, OTHER };

static _Atomic uint32_t word, resumed;

static struct ot_lane *new_lane(void) {
  struct ot_lane *lane = calloc(1, sizeof *lane);
  CHECK(lane && ot_flight_start(lane));
  atomic_store(&word, 0);
  atomic_store(&resumed, 0);
  lane->word = &word;
  lane->resumed = &resumed;
  return lane;
}

static void drop(struct ot_lane *lane) {
  free((void *)lane->flight);
  free(lane);
}

static uint64_t launch(struct ot_lane *lane, uint32_t kind) {
  uint64_t number = atomic_fetch_add(&lane->submitted, 1) + 1;
  ot_flight_add(lane, number, kind, now);
  return number;
}

static void mark(struct ot_lane *lane) {
  uint64_t number = atomic_load(&lane->submitted);
  atomic_store(&lane->marked, number);
  ot_flight_mark(lane, number, false);
}

static void pass(uint64_t nanos) { now += nanos; }

static bool about(uint64_t value, uint64_t expected) {
  return value > expected * 7 / 10 && value < expected * 13 / 10;
}

/* Two kinds in turn, each behind a marker, while more waits behind: both are learned. */
static void learns_from_markers(void) {
  struct ot_lane *lane = new_lane();
  launch(lane, SHORT);
  mark(lane);
  for (int i = 0; i < 50; i++) {
    uint32_t running = i % 2 ? LONG : SHORT, next = i % 2 ? SHORT : LONG;
    launch(lane, next);
    pass(running == LONG ? 900 * US : 100 * US);
    atomic_store(&word, (uint32_t)atomic_load(&lane->marked));
    ot_flight_catch_up(lane, now);
    mark(lane);
  }
  CHECK(about(ot_forecast(SHORT, 0), 100 * US));
  CHECK(about(ot_forecast(LONG, 0), 900 * US));
  drop(lane);
}

/* Commands that a synchronization waits for, after which nothing is left: learned as well, and a
 * pause of the program behind it spoils nothing. */
static void learns_from_synchronizations(void) {
  struct ot_lane *lane = new_lane();
  for (int i = 0; i < 20; i++) {
    ot_flight_catch_up(lane, now);
    launch(lane, OTHER);
    launch(lane, OTHER);
    pass(10000 * US);
    atomic_store(&lane->proven, atomic_load(&lane->submitted));
    pass(i < 2 || i % 5 ? 0 : 1000000 * US);
  }
  CHECK(about(ot_forecast(OTHER, 0), 5000 * US));
  drop(lane);
}

/* While nothing bounded a queue its commands were not noted: how long they took says nothing about
 * those that lie in the ring. */
static void learns_nothing_of_what_was_not_bounded(void) {
  struct ot_lane *lane = new_lane();
  for (int i = 0; i < 50; i++)
    launch(lane, LONG);
  atomic_store(&lane->proven, 1); /* not idle: from here on the next is timed */
  ot_flight_catch_up(lane, now);
  uint32_t before = ot_forecast(LONG, 0);
  atomic_fetch_add(&lane->submitted, 5 * OT_MAX_IN_FLIGHT);
  pass(60000000 * US);
  atomic_store(&lane->proven, atomic_load(&lane->submitted) - 1);
  ot_flight_catch_up(lane, now);
  CHECK(ot_forecast(LONG, 0) == before);
  drop(lane);
}

/* What remains falls as time passes, though nothing completes, and is nothing once all has. */
static void remaining_falls(void) {
  struct ot_lane *lane = new_lane();
  launch(lane, LONG);
  mark(lane);
  launch(lane, LONG);
  uint64_t whole = ot_flight_remaining(lane, now);
  CHECK(about(whole, 1800 * US));
  pass(400 * US);
  CHECK(ot_flight_remaining(lane, now) == whole - 400 * US);
  pass(5000 * US); /* of the second it is not known that it has begun */
  CHECK(about(ot_flight_remaining(lane, now), 900 * US));
  mark(lane);
  atomic_store(&word, 2);
  ot_flight_catch_up(lane, now);
  CHECK(ot_flight_remaining(lane, now) == 0 && ot_in_flight(lane) == 0);
  drop(lane);
}

/* A lane stands where the device has come to a wait and not passed it. */
static void stands_at_a_wait(void) {
  struct ot_lane *lane = new_lane();
  launch(lane, SHORT);
  CHECK(!ot_flight_stands(lane));
  for (uint32_t i = 1; i <= 2000; i++) { /* also where the ring has been round */
    atomic_store(&lane->marked, i);
    atomic_store(&lane->stalled, i);
    ot_flight_mark(lane, i, true);
    CHECK(!ot_flight_stands(lane)); /* The command before the wait runs. */
    atomic_store(&word, i);
    CHECK(ot_flight_stands(lane));
    atomic_store(&resumed, i);
    CHECK(!ot_flight_stands(lane));
    launch(lane, SHORT);
  }
  /* Proven by a synchronization where a wait of another time stood, while a later one is placed. */
  atomic_store(&lane->proven, 2001);
  for (uint32_t i = 2002; i < 2001 + OT_MAX_IN_FLIGHT; i++)
    atomic_fetch_add(&lane->submitted, 1);
  atomic_store(&lane->proven, 2001 + 500);
  atomic_store(&lane->marked, 2001 + 600);
  atomic_store(&lane->stalled, 2001 + 600);
  ot_flight_mark(lane, 2001 + 600, true);
  CHECK(!ot_flight_stands(lane));
  mark(lane); /* without a wait */
  atomic_store(&word, (uint32_t)atomic_load(&lane->marked));
  CHECK(!ot_flight_stands(lane));
  drop(lane);
}

int main(void) {
  learns_from_markers();
  learns_from_synchronizations();
  learns_nothing_of_what_was_not_bounded();
  remaining_falls();
  stands_at_a_wait();
  return 0;
}
