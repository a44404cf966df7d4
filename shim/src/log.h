/* Lines on standard error of a program that is not ours: few, and each begins with "overtake: ". */
#ifndef OT_LOG_H
#define OT_LOG_H

enum ot_log_level { OT_LOG_QUIET, OT_LOG_WARN, OT_LOG_DEBUG };

extern enum ot_log_level ot_log_level;

/* One line in one write, so that lines of several threads do not mix. */
void ot_log(enum ot_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define ot_warn(...) ot_log(OT_LOG_WARN, __VA_ARGS__)
#define ot_debug(...) ot_log(OT_LOG_DEBUG, __VA_ARGS__)

/* The same warning once a process. */
#define ot_warn_once(...)                                                                          \
  do {                                                                                             \
    static _Atomic int said;                                                                       \
    if (!atomic_exchange(&said, 1))                                                                \
      ot_warn(__VA_ARGS__);                                                                        \
  } while (0)

#endif
