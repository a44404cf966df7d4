/*
 * The engines: one for kernels and one for copies per device, each running one piece of work at a
 * time, shared by every process that maps the same state file.
 *
 * An engine is a queue of robust mutexes. Whoever arrives draws a ticket, locks the mutex of that
 * ticket for as long as it waits and runs, and then waits for its predecessor's mutex: so the order
 * is that of arrival, the kernel wakes exactly the next in line, and a process that is killed hands
 * its place on by dying. A dead predecessor that had not finished may itself have been waiting, so
 * its successor goes on to wait for the one before.
 *
 *   state file = magic, then for every device two engines
 *   engine     = mutex of the queue, next ticket, end of the last work, places[PLACES]
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "simcuda.h"

#define MAGIC 0x31415544434d4953ull /* "SIMCUDA1" */
#define PLACES 4096                 /* more than ever wait at once: tickets reuse them in turn */
#define MAX_BACKDATE_NANOS 1000000

typedef struct {
  pthread_mutex_t mutex;
  uint64_t ticket;
  bool finished;
} Place;

struct Engine {
  pthread_mutex_t queue;
  uint64_t nextTicket;
  _Atomic uint64_t freeNanos;
  Place places[PLACES];
};

typedef struct {
  uint64_t magic;
  Engine engines[2 * MAX_DEVICES];
} State;

static State *state;

static void init_robust(pthread_mutex_t *mutex) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(mutex, &attributes);
  pthread_mutexattr_destroy(&attributes);
}

static void init_state(State *fresh) {
  for (int i = 0; i < 2 * MAX_DEVICES; i++) {
    Engine *engine = &fresh->engines[i];
    init_robust(&engine->queue);
    engine->nextTicket = 1;
    for (int place = 0; place < PLACES; place++) {
      init_robust(&engine->places[place].mutex);
    }
  }
  fresh->magic = MAGIC;
}

CUresult engines_open(void) {
  const char *path = settings()->statePath;
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || flock(file, LOCK_EX) != 0 || ftruncate(file, sizeof(State)) != 0) {
    fprintf(stderr, "simcuda: cannot use state file %s: %s; set SIMCUDA_STATE\n", path,
            strerror(errno));
    if (file >= 0) {
      close(file);
    }
    return CUDA_ERROR_OPERATING_SYSTEM;
  }
  State *mapped = mmap(NULL, sizeof(State), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) {
    close(file);
    return CUDA_ERROR_OPERATING_SYSTEM;
  }
  if (mapped->magic != MAGIC) {
    init_state(mapped);
  }
  flock(file, LOCK_UN); /* the mapping keeps the file open, and would keep the lock */
  close(file);
  state = mapped;
  return CUDA_SUCCESS;
}

Engine *engine_compute(int device) { return &state->engines[2 * device]; }
Engine *engine_copy(int device) { return &state->engines[2 * device + 1]; }

/* Locks a mutex whose last owner may have died. */
static void lock_robust(pthread_mutex_t *mutex) {
  if (pthread_mutex_lock(mutex) == EOWNERDEAD) {
    pthread_mutex_consistent(mutex);
  }
}

static Place *place_of(Engine *engine, uint64_t ticket) { return &engine->places[ticket % PLACES]; }

static uint64_t draw_ticket(Engine *engine) {
  lock_robust(&engine->queue);
  uint64_t ticket = engine->nextTicket;
  Place *place = place_of(engine, ticket);
  lock_robust(&place->mutex);
  place->ticket = ticket;
  place->finished = false;
  /* Last: whoever dies before this has drawn no ticket. */
  engine->nextTicket = ticket + 1;
  pthread_mutex_unlock(&engine->queue);
  return ticket;
}

/* Waits until the ticket's owner has finished or died; false: died, and is to be skipped. */
static bool await_finished(Engine *engine, uint64_t ticket) {
  Place *place = place_of(engine, ticket);
  lock_robust(&place->mutex);
  bool finished = place->ticket != ticket || place->finished;
  pthread_mutex_unlock(&place->mutex);
  return finished;
}

Turn engine_enter(Engine *engine, uint64_t readyNanos) {
  uint64_t ticket = draw_ticket(engine);
  for (uint64_t before = ticket - 1; before > 0 && ticket - before < PLACES; before--) {
    if (await_finished(engine, before)) {
      break;
    }
  }
  uint64_t now = clock_nanos();
  uint64_t start = atomic_load(&engine->freeNanos);
  start = start > readyNanos ? start : readyNanos;
  start = start > now - MAX_BACKDATE_NANOS ? start : now - MAX_BACKDATE_NANOS;
  start = start < now ? start : now;
  return (Turn){engine, ticket, start};
}

void engine_leave(Turn turn, uint64_t endNanos) {
  Place *place = place_of(turn.engine, turn.ticket);
  atomic_store(&turn.engine->freeNanos, endNanos);
  place->finished = true;
  pthread_mutex_unlock(&place->mutex);
}
