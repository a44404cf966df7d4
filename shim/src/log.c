#include "log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MILLIS 100

enum ot_log_level ot_log_level = OT_LOG_WARN;

/* Whoever reads nothing must not hold up the program, or a thread that looks after it; and to write
 * to somebody who is gone would end it. */
static bool somebody_reads(void) {
  static _Atomic bool impatient;
  struct pollfd error = {.fd = STDERR_FILENO, .events = POLLOUT};
  int ready;
  do {
    ready = poll(&error, 1, atomic_load(&impatient) ? 0 : PATIENCE_MILLIS);
  } while (ready < 0 && errno == EINTR);
  atomic_store(&impatient, ready == 0);
  return ready == 1 && error.revents == POLLOUT;
}

void ot_log(enum ot_log_level level, const char *format, ...) {
  if (level > ot_log_level)
    return;
  int saved = errno;
  char line[512] = "overtake: ";
  size_t prefix = strlen(line);
  va_list arguments;
  va_start(arguments, format);
  int printed = vsnprintf(line + prefix, sizeof line - prefix - 1, format, arguments);
  va_end(arguments);
  if (printed >= 0) {
    size_t length = strlen(line);
    line[length++] = '\n';
    ssize_t written = somebody_reads() ? write(STDERR_FILENO, line, length) : 0;
    (void)written; /* Nobody is left to be told. */
  }
  errno = saved;
}
