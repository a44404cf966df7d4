/*
 * A library that is preloaded behind the shim and plays NVIDIA's resource manager for the process:
 * it keeps channel groups with their channels, of which the simulated driver makes some for each
 * context, and stops them. Whatever else is asked by ioctl passes.
 *
 * MANAGER_LOG names a file that gets a line for each time that channels were stopped or started:
 * "PID stop COUNT STATUS". MANAGER_REFUSES=1: channels are never stopped.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nvidia.h"

#define OBJECTS 4096

struct object {
  uint32_t client, object, parent, class;
  bool stopped;
};

static struct object objects[OBJECTS];
static int count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct object *find(uint32_t client, uint32_t object) {
  for (int i = 0; i < count; i++) {
    if (objects[i].client == client && objects[i].object == object)
      return &objects[i];
  }
  return NULL;
}

/* For the simulated driver: whether it may not work on a channel now. */
__attribute__((visibility("default"))) bool manager_stopped(uint32_t client, uint32_t channel) {
  pthread_mutex_lock(&lock);
  struct object *found = find(client, channel);
  bool stopped = found && found->stopped;
  pthread_mutex_unlock(&lock);
  return stopped;
}

static void log_switch(const struct nv_disable *list, uint32_t status) {
  const char *path = getenv("MANAGER_LOG");
  int file = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  if (file < 0)
    return;
  char line[96];
  snprintf(line, sizeof line, "%d %s %u %u\n", (int)getpid(), list->disable ? "stop" : "start",
           list->count, status);
  if (write(file, line, strlen(line)) < 0)
    abort();
  close(file);
}

static uint32_t allocate(uint32_t client, uint32_t parent, uint32_t object, uint32_t class) {
  bool known = class == NV_SUBDEVICE || class == NV_CHANNEL_GROUP || class == NV_CHANNEL;
  if (!known || count == OBJECTS || find(client, object))
    return NV_NOT_SUPPORTED;
  objects[count++] = (struct object){client, object, parent, class, false};
  return 0;
}

/* With its children. */
static uint32_t release(uint32_t client, uint32_t object) {
  if (!find(client, object))
    return NV_OBJECT_NOT_FOUND;
  for (int i = 0; i < count;) {
    struct object *at = &objects[i];
    if (at->client == client && (at->object == object || at->parent == object))
      *at = objects[--count];
    else
      i++;
  }
  return 0;
}

/* All or nothing. */
static uint32_t switch_channels(const struct nv_disable *list) {
  const char *refuses = getenv("MANAGER_REFUSES");
  if (list->disable && refuses && *refuses == '1')
    return NV_INSUFFICIENT_PERMISSIONS;
  if (list->event || list->count > 64)
    return NV_INSUFFICIENT_PERMISSIONS;
  for (uint32_t i = 0; i < list->count; i++) {
    struct object *channel = find(list->clients[i], list->channels[i]);
    if (!channel || channel->class != NV_CHANNEL)
      return NV_OBJECT_NOT_FOUND;
  }
  for (uint32_t i = 0; i < list->count; i++)
    find(list->clients[i], list->channels[i])->stopped = list->disable;
  return 0;
}

static uint32_t control(const struct nv_control *control) {
  struct object *subdevice = find(control->client, control->object);
  if (!subdevice || subdevice->class != NV_SUBDEVICE)
    return NV_OBJECT_NOT_FOUND;
  void *parameters = (void *)(uintptr_t)control->parameters;
  if (control->command == NV_GET_IDENTITY &&
      control->parameters_size == sizeof(struct nv_identity)) {
    struct nv_identity *identity = parameters;
    if (identity->format != 2)
      return NV_NOT_SUPPORTED;
    /* As the simulated driver has it. */
    memcpy(identity->uuid, "simulated device", 16);
    identity->uuid[9] = (uint8_t)NV_DEVICE_NUMBER(subdevice->parent);
    identity->length = 16;
    return 0;
  }
  if (control->command == NV_DISABLE_CHANNELS &&
      control->parameters_size == sizeof(struct nv_disable)) {
    uint32_t status = switch_channels(parameters);
    log_switch(parameters, status);
    return status;
  }
  return NV_NOT_SUPPORTED;
}

static void answer(uint32_t asked, void *argument) {
  if (asked == NV_ALLOC) {
    struct nv_alloc *new = argument;
    new->status = allocate(new->client, new->parent, new->object, new->class);
  } else if (asked == NV_ALLOC_ONCE) {
    struct nv_alloc_once *new = argument;
    new->status = allocate(new->client, new->parent, new->object, new->class);
  } else if (asked == NV_FREE) {
    struct nv_free *old = argument;
    old->status = release(old->client, old->object);
  } else {
    struct nv_control *asks = argument;
    asks->status = control(asks);
  }
}

/* Also by a name that nobody stands before. */
int manager_ioctl(int file, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  int (*behind)(int, unsigned long, ...) =
      (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
  uint32_t asked = (uint32_t)request;
  bool ours =
      asked == NV_ALLOC || asked == NV_ALLOC_ONCE || asked == NV_FREE || asked == NV_CONTROL;
  /* The kernel looks at the file first; the manager's is a device. */
  struct stat status;
  if (!ours || fstat(file, &status) || !S_ISCHR(status.st_mode))
    return behind(file, request, argument);
  pthread_mutex_lock(&lock);
  answer(asked, argument);
  pthread_mutex_unlock(&lock);
  return 0;
}

int ioctl(int file, unsigned long request, ...) __attribute__((alias("manager_ioctl")));
