#include "flight.h"

#include <stdlib.h>

#include "forecast.h"

/* Of a command never seen before. */
#define FIRST_GUESS_NANOS 20000
/* The same where too small a guess would let a flood of long commands stand before one marker. */
#define LONGEST_GUESS_NANOS 1000000000

/* With each completion that is seen, this share of the bound's rise is taken back. */
#define FALL_SHARE 128

/* A command in flight: high half its kind, low half the forecast in nanoseconds, whose lowest bits
 * say that a marker stands behind it, and a wait behind that. */
#define MARKED UINT64_C(1)
#define WAITS UINT64_C(2)
#define BITS (MARKED | WAITS)

bool ot_flight_start(struct ot_lane *lane) {
  atomic_flag_clear(&lane->marking);
  lane->flight = calloc(OT_MAX_IN_FLIGHT, sizeof *lane->flight);
  return lane->flight;
}

static _Atomic uint64_t *in_ring(struct ot_lane *lane, uint64_t number) {
  return &lane->flight[number % OT_MAX_IN_FLIGHT];
}

static void put(_Atomic uint64_t *word, uint64_t value) {
  atomic_store_explicit(word, value, memory_order_release);
}

static uint64_t forecast_of(uint64_t entry) { return (uint32_t)entry & ~BITS; }

uint64_t ot_reached(struct ot_lane *lane) {
  uint64_t proven = atomic_load(&lane->proven);
  if (!lane->word)
    return proven;
  /* The device writes the low half. A marker that was placed is never more than that behind. */
  uint64_t marked = atomic_load(&lane->marked);
  uint32_t behind = (uint32_t)marked - atomic_load_explicit(lane->word, memory_order_acquire);
  uint64_t reached = behind <= marked && behind < UINT32_MAX / 2 ? marked - behind : 0;
  return reached > proven ? reached : proven;
}

uint64_t ot_completed(struct ot_lane *lane) {
  if (lane->events)
    ot_driver->poll(lane);
  return ot_reached(lane);
}

uint64_t ot_in_flight(struct ot_lane *lane) {
  uint64_t complete = ot_completed(lane), submitted = atomic_load(&lane->submitted);
  return submitted > complete ? submitted - complete : 0;
}

void ot_flight_untimed(struct ot_lane *lane) {
  atomic_store(&lane->busy_since, 0);
  atomic_store(&lane->waited, false);
  atomic_store(&lane->may_pass, 0); /* What comes next is looked at. */
}

/* Learning */

void ot_flight_observe(struct ot_lane *lane, uint64_t now) {
  uint64_t complete = ot_completed(lane), first = atomic_load(&lane->seen_complete) + 1;
  if (complete < first)
    return;
  bool idle = complete >= atomic_load(&lane->submitted);
  uint64_t expected = 0, since = atomic_load(&lane->busy_since);
  if (complete - first >= OT_MAX_IN_FLIGHT) { /* They were not bounded then, nor noted. */
    first = complete - OT_MAX_IN_FLIGHT + 1;
    since = 0;
  }
  for (uint64_t n = first; n <= complete; n++)
    expected += forecast_of(atomic_load(in_ring(lane, n)));
  if (since && expected && now > since) {
    /* Together they took this long; what each took is guessed in proportion to what was expected of
     * it. */
    double scale = (double)(now - since) / (double)expected;
    for (uint64_t n = first; n <= complete; n++) {
      uint64_t entry = atomic_load(in_ring(lane, n));
      uint64_t share = (uint64_t)((double)forecast_of(entry) * scale);
      uint32_t kind = (uint32_t)(entry >> 32);
      /* Of a device that has nothing left it is not known when it ended, but that it took no longer
       * than until now. */
      if (kind && (!idle || share < ot_forecast(kind, UINT32_MAX)))
        ot_forecast_learn(kind, share);
    }
  }
  atomic_store(&lane->seen_complete, complete);
  atomic_store(&lane->busy_since, idle ? 0 : now);
  int64_t backlog = atomic_fetch_sub(&lane->backlog, (int64_t)expected) - (int64_t)expected;
  if (backlog < 0 || idle)
    atomic_store(&lane->backlog, backlog = 0);
  uint64_t rise = atomic_load(&lane->rise);
  atomic_store(&lane->rise, rise - rise / FALL_SHARE);
  atomic_store(&lane->busy_until, now + (uint64_t)backlog);
}

/* At every launch: what another thread adds or marks at the same time may be lost but for the
 * backlog, as far as an estimate suffers that. A locked instruction waits for all that the program
 * has written before it. */
void ot_flight_add(struct ot_lane *lane, uint64_t number, uint32_t kind, uint64_t now) {
  uint32_t known = ot_forecast(kind, 0);
  uint32_t forecast = (known ? known : FIRST_GUESS_NANOS) & ~(uint32_t)BITS;
  uint64_t until = atomic_load(&lane->busy_until), since = atomic_load(&lane->since_marker);
  put(in_ring(lane, number), (uint64_t)kind << 32 | forecast);
  put(&lane->since_marker, since + (known ? known : LONGEST_GUESS_NANOS));
  put(&lane->busy_until, (until > now ? until : now) + forecast);
  atomic_fetch_add(&lane->backlog, (int64_t)forecast);
  /* The first on an idle device begins now; any other when the one before it ends. */
  if (number == atomic_load(&lane->seen_complete) + 1)
    put(&lane->busy_since, now);
}

uint64_t ot_flight_next(struct ot_lane *lane) {
  uint64_t sum = 0, submitted = atomic_load(&lane->submitted), reached = ot_reached(lane);
  for (uint64_t n = reached + 1; n <= submitted && n - reached <= OT_MAX_IN_FLIGHT; n++) {
    uint64_t entry = atomic_load(in_ring(lane, n));
    sum += forecast_of(entry);
    if (entry & MARKED)
      break;
  }
  return sum;
}

/* What the work in flight will still take. Of what stands before the next marker it is only known
 * that it began when the marker before it was reached. */
uint64_t ot_flight_remaining(struct ot_lane *lane, uint64_t now) {
  int64_t backlog = atomic_load(&lane->backlog);
  if (backlog <= 0 || !ot_in_flight(lane))
    return 0;
  uint64_t group = ot_flight_next(lane);
  uint64_t since = atomic_load(&lane->busy_since);
  uint64_t passed = since && now > since ? now - since : 0;
  if (passed > group)
    passed = group;
  return (uint64_t)backlog > passed ? (uint64_t)backlog - passed : 0;
}

void ot_flight_catch_up(struct ot_lane *lane, uint64_t now) {
  if (ot_completed(lane) <= atomic_load_explicit(&lane->seen_complete, memory_order_relaxed) ||
      atomic_flag_test_and_set(&lane->marking))
    return;
  ot_flight_observe(lane, now);
  atomic_flag_clear(&lane->marking);
}

bool ot_flight_stands(struct ot_lane *lane) {
  _Atomic uint32_t *word = lane->word, *resumed = lane->resumed;
  uint64_t reached = ot_reached(lane);
  /* That of the device, and not what a synchronization has proven: a wait of another time may have
   * stood behind that. */
  return word && resumed && reached && atomic_load(word) == (uint32_t)reached &&
         atomic_load(resumed) != (uint32_t)reached && atomic_load(&lane->stalled) >= reached &&
         atomic_load(in_ring(lane, reached)) & WAITS;
}

void ot_flight_mark(struct ot_lane *lane, uint64_t number, bool waits) {
  _Atomic uint64_t *entry = in_ring(lane, number);
  atomic_store(entry, (atomic_load(entry) & ~BITS) | (waits ? BITS : MARKED));
  atomic_store(&lane->since_marker, 0);
}

uint32_t ot_flight_longest(uint32_t kind) { return ot_forecast(kind, LONGEST_GUESS_NANOS); }
