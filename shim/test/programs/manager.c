/*
 * A library that is preloaded behind the shim and plays NVIDIA's resource manager for the process:
 * it keeps channel groups with their time slices, and refuses what is asked of others. Whatever
 * else is asked by ioctl passes.
 *
 * MANAGER_LOG names a file that gets a line for each slice that somebody set or tried to:
 * "PID OBJECT MICROSECONDS STATUS".
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

#define GROUPS 256

static struct {
  uint32_t client, object;
  uint64_t slice;
} groups[GROUPS];
static int count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int find(uint32_t client, uint32_t object) {
  int at = 0;
  while (at < count && (groups[at].client != client || groups[at].object != object))
    at++;
  return at;
}

static void log_set(const struct nv_control *control, uint64_t micros) {
  const char *path = getenv("MANAGER_LOG");
  int file = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  if (file < 0)
    return;
  char line[96];
  snprintf(line, sizeof line, "%d %u %lu %u\n", (int)getpid(), control->object,
           (unsigned long)micros, control->status);
  if (write(file, line, strlen(line)) < 0)
    abort();
  close(file);
}

static void allocate(struct nv_alloc *alloc) {
  int at = find(alloc->client, alloc->object);
  alloc->status = alloc->class == NV_CHANNEL_GROUP && at < GROUPS ? 0 : NV_NOT_SUPPORTED;
  if (alloc->status)
    return;
  count = at < count ? count : count + 1;
  groups[at].client = alloc->client;
  groups[at].object = alloc->object;
  groups[at].slice = 1000;
}

static void release(struct nv_free *named) {
  int at = find(named->client, named->object);
  named->status = at < count ? 0 : NV_OBJECT_NOT_FOUND;
  if (at < count)
    groups[at] = groups[--count];
}

static void control(struct nv_control *control) {
  int at = find(control->client, control->object);
  uint64_t *micros = (uint64_t *)(uintptr_t)control->parameters;
  bool set = control->command == NV_SET_TIMESLICE;
  control->status = at == count                                    ? NV_OBJECT_NOT_FOUND
                    : !set && control->command != NV_GET_TIMESLICE ? NV_NOT_SUPPORTED
                    : control->parameters_size != sizeof(uint64_t) ? NV_NOT_SUPPORTED
                                                                   : 0;
  if (!control->status && set)
    groups[at].slice = *micros;
  else if (!control->status)
    *micros = groups[at].slice;
  if (set)
    log_set(control, *micros);
}

int ioctl(int file, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  int (*behind)(int, unsigned long, ...) =
      (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
  uint32_t asked = (uint32_t)request;
  bool ours = asked == NV_ALLOC || asked == NV_FREE || asked == NV_CONTROL;
  /* The kernel looks at the file first; the manager's is a device. */
  struct stat status;
  if (!ours || fstat(file, &status) || !S_ISCHR(status.st_mode))
    return behind(file, request, argument);
  pthread_mutex_lock(&lock);
  if (asked == NV_ALLOC)
    allocate(argument);
  else if (asked == NV_FREE)
    release(argument);
  else
    control(argument);
  pthread_mutex_unlock(&lock);
  return 0;
}
