/* What the test programs share: options, the device, streams, kernels, time. */
#ifndef PROGRAMS_CLIENT_H
#define PROGRAMS_CLIENT_H

#include <stdint.h>

#include "cuda.h"

/* Options are --NAME=VALUE. Ends the program with status 2 and its usage unless each stands there
 * as [--NAME=. */
void options_read(int count, char **arguments, const char *usage);
const char *option(const char *name, const char *otherwise);
long option_number(const char *name, long otherwise);
bool option_given(const char *name); /* --NAME without a value */

/* Ends the program with status 1 and one line if a call failed. */
void check(CUresult result, const char *call);
#define CHECK(call) check(call, #call)

/* Binds the driver as --bind says (dlsym), HIP's if that begins with hip-, with per-thread default
 * streams for --stream=ptds. */
void client_bind(void);
/* Initializes the driver; the primary context of the device is current in the calling thread. */
CUcontext client_use_device(int device);

/* The handle for a kind: default, ptds, legacy, perthread, blocking, nonblocking, priority. The
 * last three are new. */
CUresult client_stream(const char *kind, int priority, CUstream *stream);
CUresult client_kernel(const char *name, CUfunction *kernel);
CUresult client_launch(CUfunction kernel, CUstream stream);

uint64_t nanos_now(void);
void sleep_until(uint64_t nanos);

#endif
