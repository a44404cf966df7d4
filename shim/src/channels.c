#include "channels.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"
#include "preload.h"

/* As NVIDIA publishes them with its open kernel modules (nv_escape.h, nvos.h, alloc_channel.h,
 * ctrl2080fifo.h, ctrl2080gpu.h). */
struct released {
  uint32_t client, parent, object, status;
};
struct control {
  uint32_t client, object, command, flags;
  uint64_t parameters; /* an address */
  uint32_t parameters_size, status;
};
struct allocated_once {
  uint32_t client, parent, object, class;
  uint64_t parameters; /* an address */
  uint32_t parameters_size, status;
};
struct allocated {
  uint32_t client, parent, object, class;
  uint64_t parameters, rights; /* addresses */
  uint32_t parameters_size, flags, status;
};
struct group_parameters {
  uint32_t errors, ecc_errors, space, engine;
};
#define NV_ESC_RM_FREE _IOWR('F', 0x29, struct released)
#define NV_ESC_RM_CONTROL _IOWR('F', 0x2A, struct control)
#define NV_ESC_RM_ALLOC_ONCE _IOWR('F', 0x2B, struct allocated_once)
#define NV_ESC_RM_ALLOC _IOWR('F', 0x2B, struct allocated)
_Static_assert(sizeof(struct control) == 32, "a part of the request's number");
_Static_assert(sizeof(struct allocated_once) == 32, "a part of the request's number");
_Static_assert(sizeof(struct allocated) == 48, "a part of the request's number");

#define SUBDEVICE 0x2080
#define CHANNEL_GROUP 0xa06c
#define IS_CHANNEL(class) (((class) & 0xff) == 0x6f) /* of every generation */
#define IS_COMPUTE(engine) ((engine) >= 1 && (engine) <= 8)

#define GET_IDENTITY 0x2080014a
#define DISABLE_CHANNELS 0x2080110b

/* What it may answer, of nvstatuscodes.h. */
#define INVALID_CHANNEL 0x21
#define INVALID_CLIENT 0x23
#define INVALID_OBJECT 0x31
#define INVALID_OBJECT_HANDLE 0x33
#define OBJECT_NOT_FOUND 0x57

struct identity {
  uint32_t index, format, length;
  uint8_t uuid[256];
};
#define FORMAT_BINARY 2

#define MOST_AT_ONCE 64
#define MOST_LISTS 16
struct disable {
  uint8_t disable, padding[3];
  uint32_t count;
  uint8_t only_scheduling, rewind, more_padding[6];
  uint64_t event; /* the kernel's own */
  uint32_t clients[MOST_AT_ONCE], channels[MOST_AT_ONCE];
};
_Static_assert(sizeof(struct disable) == 536, "as the driver has it");

/* A context has one group with some eight channels, and a subdevice. */
#define OBJECTS 1024

struct object {
  int file;
  uint32_t client, object, parent, class;
  bool asked; /* of a subdevice: for the uuid of its device, zeros if that was refused */
  uint8_t uuid[16];
};

/* `ioctl` never holds it across a call of the driver, only who stops, starts or asks does: whoever
 * starts channels again must not wait for a thread of the program that is there. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct object objects[OBJECTS];
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

/* Returns 0, or what went wrong: the driver's status, or -errno if it was not even asked. */
static int ask(const struct object *object, uint32_t command, void *parameters, size_t size) {
  struct control control = {.client = object->client,
                            .object = object->object,
                            .command = command,
                            .parameters = (uintptr_t)parameters,
                            .parameters_size = (uint32_t)size};
  int result, error;
  do {
    result = real_ioctl()(object->file, NV_ESC_RM_CONTROL, &control);
    error = errno;
  } while (result && error == EINTR);
  return result ? -error : (int)control.status;
}

/* Which objects there are: under the lock */

static struct object *find(uint32_t client, uint32_t object) {
  for (int i = 0; i < count; i++) {
    if (objects[i].client == client && objects[i].object == object)
      return &objects[i];
  }
  return NULL;
}

/* With what lies below it; a client is the root of all it has. Channels whose group has gone with
 * its device stay until another group has its number, and nobody finds them. */
static void forget(uint32_t client, uint32_t object) {
  for (int i = 0; i < count;) {
    struct object *at = &objects[i];
    if (at->client == client &&
        (at->object == object || at->parent == object || client == object)) {
      *at = objects[--count];
    } else {
      i++;
    }
  }
}

/* One of this number may have ended without a word that was for us. */
static void remember(struct object object) {
  forget(object.client, object.object);
  if (count < OBJECTS)
    objects[count++] = object;
}

static bool is_on(struct object *subdevice, const uint8_t uuid[16]) {
  if (subdevice->class != SUBDEVICE)
    return false;
  if (!subdevice->asked) {
    struct identity identity = {.format = FORMAT_BINARY};
    int status = ask(subdevice, GET_IDENTITY, &identity, sizeof identity);
    if (!status)
      memcpy(subdevice->uuid, identity.uuid, sizeof subdevice->uuid);
    subdevice->asked = status >= 0;
  }
  return !memcmp(subdevice->uuid, uuid, sizeof subdevice->uuid);
}

/* A device of a client is asked by one of its subdevices. */
static bool is_first(const struct object *subdevice) {
  for (const struct object *before = objects; before < subdevice; before++) {
    if (before->class == SUBDEVICE && before->client == subdevice->client &&
        before->parent == subdevice->parent)
      return false;
  }
  return true;
}

/* The compute channels that hang on the same device as this subdevice, from the one at `from` on;
 * returns where to go on. */
static int list_channels(const struct object *subdevice, int from, struct disable *list) {
  int i = from;
  for (; i < count && list->count < MOST_AT_ONCE; i++) {
    const struct object *channel = &objects[i];
    if (!IS_CHANNEL(channel->class) || channel->client != subdevice->client)
      continue;
    const struct object *group = find(channel->client, channel->parent);
    if (!group || group->parent != subdevice->parent)
      continue;
    list->clients[list->count] = channel->client;
    list->channels[list->count++] = channel->object;
  }
  return i;
}

/* Asking */

/* The driver knows nothing of it: it went with its file, or with something above it. */
static bool is_gone(int status) {
  return status == -EBADF || status == -ENOTTY || status == -ENODEV || status == INVALID_CLIENT ||
         status == INVALID_CHANNEL || status == INVALID_OBJECT || status == INVALID_OBJECT_HANDLE ||
         status == OBJECT_NOT_FOUND;
}

/* One by one, of which those that are gone are forgotten: the driver refuses a list for one of
 * them. False if one that is there was refused. */
static bool start_each(const struct object subdevice, const struct disable *list) {
  bool done = true;
  for (uint32_t i = 0; i < list->count; i++) {
    struct disable one = {
        .count = 1, .clients = {list->clients[i]}, .channels = {list->channels[i]}};
    int status = ask(&subdevice, DISABLE_CHANNELS, &one, sizeof one);
    if (is_gone(status))
      forget(list->clients[i], list->channels[i]);
    done &= !status || is_gone(status);
  }
  return done;
}

/* All channels on the device, in lists of as many as are switched at once, each with the subdevice
 * to ask. Returns how many lists that is. */
static int list_all(const uint8_t uuid[16], struct object *subdevices, struct disable *lists) {
  int filled = 0;
  for (int i = 0; i < count; i++) {
    if (!is_on(&objects[i], uuid) || !is_first(&objects[i]))
      continue;
    for (int from = 0; from < count && filled < MOST_LISTS;) {
      struct disable list = {0};
      from = list_channels(&objects[i], from, &list);
      if (!list.count)
        continue;
      subdevices[filled] = objects[i];
      lists[filled++] = list;
    }
  }
  return filled;
}

bool ot_channels_on(const uint8_t uuid[16]) {
  struct object subdevices[MOST_LISTS];
  struct disable lists[MOST_LISTS];
  pthread_mutex_lock(&lock);
  bool any = list_all(uuid, subdevices, lists);
  pthread_mutex_unlock(&lock);
  return any;
}

int ot_channels_stop(const uint8_t uuid[16]) {
  struct object subdevices[MOST_LISTS];
  struct disable lists[MOST_LISTS];
  pthread_mutex_lock(&lock);
  int found = list_all(uuid, subdevices, lists), stopped = 0;
  for (; stopped < found; stopped++) {
    lists[stopped].disable = true;
    int status = ask(&subdevices[stopped], DISABLE_CHANNELS, &lists[stopped], sizeof *lists);
    if (status) {
      ot_debug("to stop %u channels was refused: status %d", lists[stopped].count, status);
      break;
    }
  }
  pthread_mutex_unlock(&lock);
  return stopped < found ? -1 : found;
}

bool ot_channels_start(const uint8_t uuid[16]) {
  struct object subdevices[MOST_LISTS];
  struct disable lists[MOST_LISTS];
  bool started = true;
  pthread_mutex_lock(&lock);
  int found = list_all(uuid, subdevices, lists);
  for (int i = 0; i < found; i++) {
    /* All, whatever the driver says of one. */
    if (ask(&subdevices[i], DISABLE_CHANNELS, &lists[i], sizeof *lists))
      started &= start_each(subdevices[i], &lists[i]);
  }
  pthread_mutex_unlock(&lock);
  return started;
}

/* Watching */

static void note_allocated(int file, const struct allocated *new) {
  struct object object = {.file = file,
                          .client = new->client,
                          .object = new->object,
                          .parent = new->parent,
                          .class = new->class};
  if (new->class == CHANNEL_GROUP) {
    const struct group_parameters *group =
        (const struct group_parameters *)(uintptr_t) new->parameters;
    if (group && IS_COMPUTE(group->engine))
      remember(object);
  } else if (new->class == SUBDEVICE) {
    remember(object);
  } else if (IS_CHANNEL(new->class) && find(new->client, new->parent)) {
    remember(object);
  }
}

/* What the driver has done for the program. */
static void note(int file, uint32_t request, const void *argument) {
  if (request == NV_ESC_RM_ALLOC) {
    const struct allocated *new = argument;
    if (!new->status)
      note_allocated(file, new);
  } else if (request == NV_ESC_RM_ALLOC_ONCE) {
    const struct allocated_once *new = argument;
    struct allocated same = {.client = new->client,
                             .parent = new->parent,
                             .object = new->object,
                             .class = new->class,
                             .parameters = new->parameters};
    if (!new->status)
      note_allocated(file, &same);
  }
}

/* What the program calls, perhaps in a signal handler: anything but these few calls passes
 * untouched. As in the kernel, a request's number is its low 32 bits; callers that have it as an
 * int extend its sign. */
__attribute__((visibility("default"))) int ioctl(int file, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  uint32_t number = (uint32_t)request;
  if (number == NV_ESC_RM_FREE && argument) {
    /* Before it: the next one may get its number at once. */
    const struct released *old = argument;
    pthread_mutex_lock(&lock);
    forget(old->client, old->object);
    pthread_mutex_unlock(&lock);
  }
  int result = real_ioctl()(file, request, argument);
  if (result || !argument || (number != NV_ESC_RM_ALLOC && number != NV_ESC_RM_ALLOC_ONCE))
    return result;
  int saved = errno;
  pthread_mutex_lock(&lock);
  note(file, number, argument);
  pthread_mutex_unlock(&lock);
  errno = saved;
  return result;
}

/* A child has no channels, only its parent's files. */
static void in_child(void) {
  pthread_mutex_init(&lock, NULL);
  count = 0;
}

/* Not when scheduling starts: a program may make its channels before. */
__attribute__((constructor)) static void watch_forks(void) { pthread_atfork(NULL, NULL, in_child); }
