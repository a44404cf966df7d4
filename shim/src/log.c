#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum ot_log_level ot_log_level = OT_LOG_WARN;

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
    ssize_t written = write(STDERR_FILENO, line, length);
    (void)written; /* Nobody is left to be told. */
  }
  errno = saved;
}
