#include "forecast.h"

#include <stdatomic.h>

#define KINDS 8192 /* a power of two */
#define PLACES 4   /* that a kind may lie in */

#define MIN_NANOS 500
#define MAX_NANOS 1000000000

/* High half: the kind; low half: nanoseconds. In one word, so that neither is ever another's. */
static _Atomic uint64_t table[KINDS];

/* Where a kind lies; or where it may be put, by the place of another if there is no free one. */
static _Atomic uint64_t *place_of(uint32_t kind) {
  uint32_t first = kind % KINDS & ~(uint32_t)(PLACES - 1); /* one line of the cache */
  _Atomic uint64_t *place = &table[first + kind / KINDS % PLACES];
  for (uint32_t i = 0; i < PLACES; i++) {
    uint64_t entry = atomic_load_explicit(&table[first + i], memory_order_relaxed);
    if (entry >> 32 == kind)
      return &table[first + i];
    if (!entry)
      place = &table[first + i];
  }
  return place;
}

uint32_t ot_kind(const void *address, uint64_t first, uint64_t second) {
  /* Multiplication by odd constants of good spectral quality mixes low bits into high ones; those
   * are kept. */
  uint64_t mixed = (uint64_t)(uintptr_t)address * UINT64_C(0x9e3779b97f4a7c15);
  mixed = (mixed ^ mixed >> 32 ^ first) * UINT64_C(0xd1342543de82ef95);
  mixed = (mixed ^ mixed >> 32 ^ second) * UINT64_C(0x9e3779b97f4a7c15);
  uint32_t kind = (uint32_t)(mixed >> 32);
  return kind ? kind : 1;
}

uint32_t ot_forecast(uint32_t kind, uint32_t otherwise) {
  uint64_t entry = atomic_load_explicit(place_of(kind), memory_order_relaxed);
  return entry >> 32 == kind ? (uint32_t)entry : otherwise;
}

void ot_forecast_learn(uint32_t kind, uint64_t nanos) {
  if (nanos < MIN_NANOS)
    nanos = MIN_NANOS;
  if (nanos > MAX_NANOS)
    nanos = MAX_NANOS;
  _Atomic uint64_t *place = place_of(kind);
  uint64_t entry = atomic_load_explicit(place, memory_order_relaxed);
  if (entry >> 32 == kind) {
    uint64_t average = (uint32_t)entry;
    /* One long gap, while the work stood stalled or the device was another's, shall not count for
     * much. */
    if (nanos > 4 * average)
      nanos = 4 * average;
    nanos = (7 * average + nanos) / 8;
  }
  atomic_store_explicit(place, (uint64_t)kind << 32 | nanos, memory_order_relaxed);
}
