#include "start.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "captures.h"
#include "config.h"
#include "interrupt.h"
#include "log.h"
#include "queues.h"
#include "stalls.h"
#include "watch.h"

/* A child after fork has none of its parent's threads, and queues of its own once it uses a device.
 */
static void in_child(void) {
  ot_queues_in_child();
  ot_board_in_child();
  ot_captures_in_child();
  ot_stalls_in_child();
  ot_interrupt_in_child();
  ot_watch_in_child();
}

static void start(void) {
  if (ot_config.disabled || !ot_board_open(ot_config.page_path, true))
    return;
  ot_board_forget_former_self();
  if (ot_threads_start() && !pthread_atfork(NULL, NULL, in_child))
    atomic_store(&ot_active, true);
}

void ot_start(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, start);
}

bool ot_gate_is_active(void) { return atomic_load(&ot_active); }

void ot_give_up_scheduling(const char *why) {
  if (!atomic_exchange(&ot_active, false))
    return;
  ot_interrupt_end();
  if (ot_board_intact())
    ot_board_forget_former_self();
  ot_queues_let_go();
  /* Last, since whoever reads it may be waiting for this process. */
  ot_warn("%s: this process is not scheduled any more, and goes on without", why);
}

void ot_stop(void) {
  if (!atomic_exchange(&ot_active, false))
    return;
  ot_interrupt_end();
  struct timespec patience;
  clock_gettime(CLOCK_REALTIME, &patience);
  patience.tv_sec += 1;
  /* If it hangs in the driver: that this process is gone, its pid will tell. */
  if (ot_queues_end(&patience))
    ot_watch_poke();
}

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
