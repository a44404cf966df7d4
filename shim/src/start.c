#include "start.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "config.h"
#include "gate.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start(void) { ot_gate_start(); }

void ot_start(void) { pthread_once(&once, start); }

#define MPS_PRIORITY "CUDA_MPS_CLIENT_PRIORITY"
/* What a program has of that from its parent's shim, and not from its user. */
#define TOLD "OVERTAKE_TOLD_MPS"

/*
 * Where NVIDIA's MPS runs, processes share one context of the device, and their kernels run side by
 * side. What remains of a kernel below then delays a request by a thread block's time instead of a
 * kernel's, if the driver knows who goes first: 0 is normal, 1 below normal. It reads this once,
 * when the program first uses it. Now, since later the program may have threads that read the
 * environment.
 */
static void tell_mps(const char *priority) {
  const char *present = getenv(MPS_PRIORITY), *told = getenv(TOLD);
  if (present && !(told && !strcmp(told, present)))
    return; /* the user's own */
  if (priority) {
    setenv(MPS_PRIORITY, priority, 1);
    setenv(TOLD, priority, 1);
  } else if (present) {
    unsetenv(MPS_PRIORITY);
    unsetenv(TOLD);
  }
}

/*
 * At load, in every program of the process tree, most of which never see an accelerator: nothing
 * that costs or speaks but for the environment, and queues that this very process had before it
 * became this program by exec.
 */
__attribute__((constructor)) static void load(void) {
  ot_config_read();
  if (ot_config.disabled) {
    tell_mps(NULL);
    return;
  }
  tell_mps(ot_config.priority > OT_DEFAULT_PRIORITY ? "0" : "1");
  if (ot_board_open(ot_config.page_path, false))
    ot_board_forget_former_self();
}
