/*
 * Channels: CUDA makes a group of them for each context by calls of the kernel's driver, which can
 * take them off the device in the middle of a kernel. Here there are some where a library that is
 * preloaded plays the kernel's driver (programs/manager.c).
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>

#include "../programs/nvidia.h"
#include "simcuda.h"

#define CLIENT 0xc1d00001u

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool (*is_stopped)(uint32_t client, uint32_t channel);
static int manager = -1;
static uint32_t last_object = NV_DEVICE(0x1000);
static bool has_subdevice[MAX_DEVICES];

static void look_up(void) {
  is_stopped = (bool (*)(uint32_t, uint32_t))dlsym(RTLD_DEFAULT, "manager_stopped");
  if (is_stopped != NULL) {
    manager = open("/dev/null", O_RDWR | O_CLOEXEC);
  } else {
    dlerror(); /* That there is none is nobody's error. */
  }
}

static uint32_t allocate(uint32_t parent, uint32_t class, void *parameters) {
  struct nv_alloc alloc = {.client = CLIENT,
                           .parent = parent,
                           .object = ++last_object,
                           .class = class,
                           .parameters = (uintptr_t)parameters};
  if (ioctl(manager, NV_ALLOC, &alloc) != 0 || alloc.status != 0) {
    fprintf(stderr, "simcuda: an object of class %x was refused\n", class);
  }
  return alloc.object;
}

/* A group with two channels. */
static uint32_t make_group(CUcontext context, uint32_t engine, uint32_t *channel) {
  struct nv_group parameters = {.engine = engine};
  uint32_t group = allocate(NV_DEVICE((uint32_t)context->device), NV_CHANNEL_GROUP, &parameters);
  allocate(group, NV_CHANNEL, NULL);
  *channel = allocate(group, NV_CHANNEL, NULL);
  return group;
}

void channels_make(CUcontext context) {
  pthread_once(&once, look_up);
  if (is_stopped == NULL) {
    return;
  }
  if (!has_subdevice[context->device]) {
    has_subdevice[context->device] = true;
    allocate(NV_DEVICE((uint32_t)context->device), NV_SUBDEVICE, NULL);
  }
  uint32_t copies;
  context->copyGroup = make_group(context, NV_ENGINE_COPY, &copies);
  context->computeGroup = make_group(context, NV_ENGINE_COMPUTE, &context->computeChannel);
}

static void release(uint32_t object) {
  struct nv_free named = {.client = CLIENT, .object = object};
  ioctl(manager, NV_FREE, &named);
}

void channels_release(CUcontext context) {
  if (context->computeGroup != 0) {
    release(context->computeGroup);
    release(context->copyGroup);
  }
}

bool channels_may_stop(CUcontext context) { return context->computeGroup != 0; }

bool channels_stopped(CUcontext context) {
  return channels_may_stop(context) && is_stopped(CLIENT, context->computeChannel);
}
