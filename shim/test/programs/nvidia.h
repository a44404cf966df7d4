/* What programs ask NVIDIA's resource manager, the kernel's part of the driver, as far as a test
 * plays it: channels, and taking them off a device. Written down apart from the shim, which has the
 * same of its own: a mistake in one shall not be one in the other. */
#ifndef PROGRAMS_NVIDIA_H
#define PROGRAMS_NVIDIA_H

#include <stdint.h>
#include <sys/ioctl.h>

struct nv_free {
  uint32_t client, parent, object, status;
};

struct nv_control {
  uint32_t client, object, command, flags;
  uint64_t parameters; /* an address */
  uint32_t parameters_size, status;
};

/* The older of two forms. */
struct nv_alloc_once {
  uint32_t client, parent, object, class;
  uint64_t parameters; /* an address */
  uint32_t parameters_size, status;
};

struct nv_alloc {
  uint32_t client, parent, object, class;
  uint64_t parameters, rights; /* addresses */
  uint32_t parameters_size, flags, status;
};

#define NV_FREE _IOWR('F', 0x29, struct nv_free)
#define NV_CONTROL _IOWR('F', 0x2A, struct nv_control)
#define NV_ALLOC_ONCE _IOWR('F', 0x2B, struct nv_alloc_once)
#define NV_ALLOC _IOWR('F', 0x2B, struct nv_alloc)

/* Classes */
#define NV_SUBDEVICE 0x2080
#define NV_CHANNEL_GROUP 0xa06c
#define NV_CHANNEL 0xc86f

struct nv_group {
  uint32_t errors, ecc_errors, space, engine;
};
#define NV_ENGINE_COMPUTE 1
#define NV_ENGINE_COPY 11

/* Of a subdevice */
#define NV_GET_IDENTITY 0x2080014a
#define NV_DISABLE_CHANNELS 0x2080110b

struct nv_identity {
  uint32_t index, format, length;
  uint8_t uuid[256];
};

struct nv_disable {
  uint8_t disable, padding[3];
  uint32_t count;
  uint8_t only_scheduling, rewind, more_padding[6];
  uint64_t event;
  uint32_t clients[64], channels[64];
};

#define NV_INSUFFICIENT_PERMISSIONS 0x1b
#define NV_NOT_SUPPORTED 0x56
#define NV_OBJECT_NOT_FOUND 0x57

/* Devices of a client; the parents of all else. */
#define NV_DEVICE(number) (0x5c000000u + (number))
#define NV_DEVICE_NUMBER(object) ((object)-0x5c000000u)

#endif
