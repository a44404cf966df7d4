/*
 * This process's compute channels on NVIDIA's devices, which can be taken off the device in the
 * middle of a kernel.
 *
 * A device does that by itself where processes take turns on it, 2 ms each. CUDA makes a group of
 * compute channels for each context by calls of the kernel's driver, the resource manager; this
 * sees these calls pass, and so knows the channels by name. What it asks for needs no privilege,
 * and is only for channels of the same process. The card's own settings are not touched.
 *
 * Any thread may call these; each may be a call of the kernel's driver, of up to a millisecond.
 */
#ifndef OT_CHANNELS_H
#define OT_CHANNELS_H

#include <stdbool.h>
#include <stdint.h>

/* Whether this process has compute channels on the device, which may be stopped. */
bool ot_channels_on(const uint8_t uuid[16]);

/* Takes the compute channels off the device, with the kernel that runs; copies go on. They stay so
 * until they are started. Above 0 if that is done, 0 if there are none, -1 if the driver refused,
 * perhaps halfway. */
int ot_channels_stop(const uint8_t uuid[16]);
/* Lets them go on where they were. False if it has to be tried again. */
bool ot_channels_start(const uint8_t uuid[16]);

#endif
