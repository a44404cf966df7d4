#include "slice.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config.h"
#include "log.h"
#include "preload.h"

/* As NVIDIA publishes them with its open kernel modules (nvos.h, nv_escape.h, ctrla06c). */
struct control {
  uint32_t client, object, command, flags;
  uint64_t parameters; /* an address */
  uint32_t parameters_size, status;
};
_Static_assert(sizeof(struct control) == 32, "a part of the request's number");
#define NV_ESC_RM_CONTROL _IOWR('F', 0x2A, struct control)
#define SET_TIMESLICE 0xa06c0103 /* of a channel group, in microseconds */
#define GET_TIMESLICE 0xa06c0104

/* A process has one for each context. */
#define GROUPS 64

struct group {
  int file;
  uint32_t client, object;
  uint64_t wanted, set; /* microseconds */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct group groups[GROUPS];
static int count;

typedef int ioctl_function(int, unsigned long, ...);

static int call_system(int file, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  return (int)syscall(SYS_ioctl, file, request, argument);
}

/* At load at the latest: a signal handler, or a child between vfork and exec, must look nothing up.
 * Constructors of other libraries may come before ours. */
__attribute__((constructor)) static ioctl_function *real_ioctl(void) {
  static ioctl_function *_Atomic known;
  ioctl_function *function = atomic_load_explicit(&known, memory_order_relaxed);
  if (!function) {
    function = (ioctl_function *)ot_real_dlsym(RTLD_NEXT, "ioctl");
    function = function ? function : call_system;
    atomic_store_explicit(&known, function, memory_order_relaxed);
  }
  return function;
}

static bool call(const struct group *group, uint32_t command, uint64_t *micros) {
  struct control control = {.client = group->client,
                            .object = group->object,
                            .command = command,
                            .parameters = (uintptr_t)micros,
                            .parameters_size = sizeof *micros};
  return real_ioctl()(group->file, NV_ESC_RM_CONTROL, &control) == 0 && control.status == 0;
}

/* Contexts end without a word that is for us. */
static void drop_ended(void) {
  int kept = 0;
  for (int i = 0; i < count; i++) {
    uint64_t micros = 0;
    if (call(&groups[i], GET_TIMESLICE, &micros))
      groups[kept++] = groups[i];
  }
  count = kept;
}

static void remember(struct group group) {
  pthread_mutex_lock(&lock);
  int at = 0;
  while (at < count && (groups[at].client != group.client || groups[at].object != group.object))
    at++;
  if (at == GROUPS) {
    drop_ended();
    at = count;
  }
  if (at < GROUPS) {
    groups[at] = group;
    count = at < count ? count : at + 1;
  }
  pthread_mutex_unlock(&lock);
}

void ot_slice_make(bool is_short) {
  if (!ot_config.device_slice_micros)
    return;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < count; i++) {
    struct group *group = &groups[i];
    uint64_t micros = group->wanted;
    if (is_short && micros > ot_config.device_slice_micros)
      micros = ot_config.device_slice_micros;
    if (micros == group->set)
      continue;
    group->set = micros; /* Also if it is refused: it would be again. */
    bool done = call(group, SET_TIMESLICE, &micros);
    ot_debug("channel group %x: a time slice of %u us%s", group->object, (unsigned)group->set,
             done ? "" : " was refused");
  }
  pthread_mutex_unlock(&lock);
}

/* It has no channels, only its parent's files. */
static void in_child(void) {
  pthread_mutex_init(&lock, NULL);
  count = 0;
}

/* Not when scheduling starts: a program may make its channels before. */
__attribute__((constructor)) static void watch_forks(void) { pthread_atfork(NULL, NULL, in_child); }

/* What the program calls, perhaps in a signal handler: anything but that one call passes untouched.
 * As in the kernel, a request's number is its low 32 bits; callers that have it as an int extend
 * its sign. */
__attribute__((visibility("default"))) int ioctl(int file, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  int result = real_ioctl()(file, request, argument);
  if (!ot_config.device_slice_micros || (uint32_t)request != NV_ESC_RM_CONTROL || result ||
      !argument)
    return result;
  const struct control *control = argument;
  if (control->command == SET_TIMESLICE && !control->status &&
      control->parameters_size == sizeof(uint64_t)) {
    int saved = errno;
    uint64_t micros = *(const uint64_t *)(uintptr_t)control->parameters;
    remember((struct group){file, control->client, control->object, micros, micros});
    errno = saved;
  }
  return result;
}
