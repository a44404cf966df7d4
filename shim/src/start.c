#include "start.h"

#include <pthread.h>

#include "board.h"
#include "config.h"
#include "gate.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start(void) { ot_gate_start(); }

void ot_start(void) { pthread_once(&once, start); }

/*
 * At load, in every program of the process tree, most of which never see an accelerator: nothing
 * that costs or speaks but for the environment, and queues that this very process had before it
 * became this program by exec.
 */
__attribute__((constructor)) static void load(void) {
  ot_config_read();
  if (!ot_config.disabled && ot_board_open(ot_config.page_path, false))
    ot_board_forget_former_self();
}
