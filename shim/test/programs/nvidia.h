/* What programs ask NVIDIA's resource manager, the kernel's part of the driver, as far as a test
 * plays it: channel groups and their time slices. */
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

struct nv_alloc {
  uint32_t client, parent, object, class;
  uint64_t parameters; /* an address */
  uint32_t parameters_size, status;
};

#define NV_FREE _IOWR('F', 0x29, struct nv_free)
#define NV_CONTROL _IOWR('F', 0x2A, struct nv_control)
#define NV_ALLOC _IOWR('F', 0x2B, struct nv_alloc)

#define NV_CHANNEL_GROUP 0xa06c /* a class */
#define NV_SET_TIMESLICE 0xa06c0103
#define NV_GET_TIMESLICE 0xa06c0104

#define NV_NOT_SUPPORTED 0x56
#define NV_OBJECT_NOT_FOUND 0x57

#endif
