/* The first use of a library (front.c), which is the C library of mathematics here. */
#include "front.h"

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include "check.h"
#include "preload.h"
#include "start.h"

#define PATIENCE_SECONDS 60

static double (*sine)(double), (*cosine)(double), (*neither)(double);
static int started, opened;

static double our_cosine(double x) { return x; }

static const struct ot_entry entries[] = {{"cos", our_cosine}, {"no_such_function", our_cosine}};
static const struct ot_need needs[] = {
    {"no_such_function", &sine, OT_REQUIRED},
    {"sin", &sine, OT_REQUIRED},
    {"cos", &cosine, OT_REQUIRED},
    {"sin", &cosine, OT_REQUIRED},
    {"no_such", &neither, OT_OPTIONAL},
    {NULL, NULL, OT_OPTIONAL},
};

static void *_Atomic real[2];
static struct ot_front front;

static struct ot_front of_mathematics(void *_Atomic *found, const struct ot_need *needed,
                                      void (*begin)(bool usable)) {
  return (struct ot_front){.sonames = {"libm.so.6"},
                           .entries = entries,
                           .count = 2,
                           .real = found,
                           .needs = needed,
                           .start = begin,
                           .starting = PTHREAD_MUTEX_INITIALIZER};
}

static void start(bool usable) {
  started++;
  CHECK(usable);
  CHECK(real[0] && !real[1]);
  CHECK(sine && sine(0) == 0);
  CHECK(cosine && cosine(0) == 1); /* the first that is there */
  CHECK(neither == our_cosine);    /* as it was */
}

void ot_start(void) { opened++; }

/* As a thread that waits for the loader while another loads a library. */
static __thread bool waits_for_the_loader;
static sem_t at_the_loader, loaded;

static void await(sem_t *semaphore) {
  struct timespec patience;
  clock_gettime(CLOCK_REALTIME, &patience);
  patience.tv_sec += PATIENCE_SECONDS;
  CHECK(!sem_timedwait(semaphore, &patience));
}

void *ot_real_dlsym(void *handle, const char *name) {
  if (waits_for_the_loader) {
    waits_for_the_loader = false;
    sem_post(&at_the_loader);
    await(&loaded);
  }
  return dlsym(handle, name);
}

static void *use_late(void *unused) {
  (void)unused;
  waits_for_the_loader = true;
  CHECK(ot_front_library(&front, true));
  return NULL;
}

/* What a library does that uses CUDA in its constructor. */
static void who_loads_does_not_wait_for_who_looks_up(void) {
  pthread_t late;
  sem_init(&at_the_loader, 0, 0);
  sem_init(&loaded, 0, 0);
  neither = our_cosine;
  CHECK(!pthread_create(&late, NULL, use_late, NULL));
  await(&at_the_loader);
  CHECK(ot_front_library(&front, true));
  CHECK(started == 1 && opened == 1);
  sem_post(&loaded);
  CHECK(!pthread_join(late, NULL));
  CHECK(started == 1 && opened == 1);
}

static void names_are_answered_by_ours_where_the_library_has_them(void) {
  void *library = ot_front_library(&front, false);
  CHECK(ot_front_symbol(&front, library, "cos") == (void *)our_cosine);
  CHECK(!ot_front_symbol(&front, library, "no_such_function"));
  CHECK(ot_front_named(&front, "cos", NULL) == (void *)our_cosine);
  CHECK(ot_front_named(&front, "no_such_function", &front) == (void *)&front);
}

static void *missing;
static const struct ot_need unmet[] = {
    {"sin", &sine, OT_REQUIRED}, {"no_such", &missing, OT_REQUIRED}, {NULL, NULL, OT_OPTIONAL}};
static int started_unusable;

static void start_unusable(bool usable) {
  CHECK(!usable);
  started_unusable++;
}

static void what_is_missing_is_told(void) {
  static void *_Atomic found[2];
  struct ot_front poor = of_mathematics(found, unmet, start_unusable);
  CHECK(ot_front_library(&poor, true));
  CHECK(started_unusable == 1);
}

int main(void) {
  front = of_mathematics(real, needs, start);
  who_loads_does_not_wait_for_who_looks_up();
  names_are_answered_by_ours_where_the_library_has_them();
  what_is_missing_is_told();
  return 0;
}
