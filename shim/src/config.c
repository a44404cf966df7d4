#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "page.h"

struct ot_config ot_config;

/* The number in a variable, or `otherwise` if it is not set or cannot be read (which is said). */
static long number(const char *variable, long least, long most, long otherwise) {
  const char *text = getenv(variable);
  if (!text || !*text)
    return otherwise;
  char *end;
  errno = 0;
  long value = strtol(text, &end, 10);
  if (errno || *end || value < least || value > most) {
    ot_warn("%s is '%s': give %ld to %ld; taking the default", variable, text, least, most);
    return otherwise;
  }
  return value;
}

static uint32_t read_scope(void) {
  const char *text = getenv("OVERTAKE_SCOPE");
  if (!text || !*text || !strcmp(text, "process"))
    return OT_SCOPE_PROCESS;
  if (!strcmp(text, "thread"))
    return OT_SCOPE_THREAD;
  if (!strcmp(text, "stream"))
    return OT_SCOPE_STREAM;
  ot_warn("OVERTAKE_SCOPE is '%s': give process, thread or stream; taking process", text);
  return OT_SCOPE_PROCESS;
}

static enum ot_log_level read_log_level(void) {
  const char *text = getenv("OVERTAKE_LOG");
  if (!text || !*text || !strcmp(text, "warn"))
    return OT_LOG_WARN;
  if (!strcmp(text, "quiet"))
    return OT_LOG_QUIET;
  if (!strcmp(text, "debug"))
    return OT_LOG_DEBUG;
  ot_warn("OVERTAKE_LOG is '%s': give quiet, warn or debug; taking warn", text);
  return OT_LOG_WARN;
}

/* One rule, REGEX=PRIORITY. The priority stands behind the last '=', so that a name may have one.
 */
static void read_rule(char *text) {
  char *equals = strrchr(text, '=');
  char *end = NULL;
  long priority = equals ? strtol(equals + 1, &end, 10) : 0;
  if (!equals || equals == text || end == equals + 1 || *end || priority < OT_MIN_PRIORITY ||
      priority > OT_MAX_PRIORITY) {
    ot_warn("OVERTAKE_THREADS has '%s': give REGEX=PRIORITY, priority %d to %d; leaving it out",
            text, OT_MIN_PRIORITY, OT_MAX_PRIORITY);
    return;
  }
  if (ot_config.rule_count == OT_THREAD_RULES) {
    ot_warn("OVERTAKE_THREADS has more than %d rules; leaving out '%s'", OT_THREAD_RULES, text);
    return;
  }
  *equals = '\0';
  char whole[256];
  struct ot_thread_rule *rule = &ot_config.rules[ot_config.rule_count];
  int length = snprintf(whole, sizeof whole, "^(%s)$", text);
  int failed = length >= (int)sizeof whole ? REG_ESPACE
                                           : regcomp(&rule->name, whole, REG_EXTENDED | REG_NOSUB);
  if (failed) {
    ot_warn("OVERTAKE_THREADS: '%s' is not a regular expression; leaving it out", text);
    return;
  }
  rule->priority = (int32_t)priority;
  ot_config.rule_count++;
}

static void read_rules(void) {
  const char *text = getenv("OVERTAKE_THREADS");
  if (!text || !*text)
    return;
  char *copy = strdup(text), *rest = copy;
  for (char *rule; copy && (rule = strsep(&rest, ","));) {
    if (*rule)
      read_rule(rule);
  }
  free(copy);
}

static void read_hints(struct ot_policy_hints *hints) {
  long hour_micros = 3600000000;
  hints->utilization_percent = (uint32_t)number("OVERTAKE_UTILIZATION_PERCENT", 1, 100, 0);
  hints->timeslice_micros = (uint32_t)number("OVERTAKE_TIMESLICE_US", 1, hour_micros, 0);
  hints->deadline_micros = (uint32_t)number("OVERTAKE_DEADLINE_US", 1, hour_micros, 0);
  hints->laxity_micros = (uint32_t)number("OVERTAKE_LAXITY_US", 1, hour_micros, 0);
  long lax = number("OVERTAKE_LAX_PRIORITY", OT_MIN_PRIORITY, OT_MAX_PRIORITY, 0);
  long critical = number("OVERTAKE_CRITICAL_PRIORITY", OT_MIN_PRIORITY, OT_MAX_PRIORITY, 0);
  hints->lax_priorities = (uint32_t)(uint16_t)lax | (uint32_t)(uint16_t)critical << 16;
  hints->target_micros = (uint32_t)number("OVERTAKE_TARGET_US", 1, hour_micros, 0);
  hints->target_percentile_hundredths =
      (uint32_t)number("OVERTAKE_TARGET_PERCENTILE_HUNDREDTHS", 1, 9999, 9900);
  hints->window_active = (uint32_t)number("OVERTAKE_WINDOW_ACTIVE", 0, 1, 0);
}

static const char *page_path(void) {
  const char *given = getenv("OVERTAKE_PAGE");
  if (given && *given)
    return strdup(given);
  const char *runtime = getenv("XDG_RUNTIME_DIR");
  struct stat status;
  char *path = NULL;
  /* su and sudo may keep another user's. */
  bool own = runtime && *runtime && !stat(runtime, &status) && S_ISDIR(status.st_mode) &&
             status.st_uid == getuid();
  int length = own ? asprintf(&path, "%s/overtake/page", runtime)
                   : asprintf(&path, "/dev/shm/overtake-%u/page", (unsigned)getuid());
  return length < 0 ? NULL : path;
}

void ot_config_read(void) {
  ot_log_level = read_log_level();
  const char *disable = getenv("OVERTAKE_DISABLE");
  ot_config.page_path = page_path();
  ot_config.disabled = (disable && *disable) || !ot_config.page_path;
  ot_config.priority =
      (int32_t)number("OVERTAKE_PRIORITY", OT_MIN_PRIORITY, OT_MAX_PRIORITY, OT_DEFAULT_PRIORITY);
  ot_config.scope = read_scope();
  ot_config.level = (uint32_t)number("OVERTAKE_LEVEL", 0, 3, 0);
  ot_config.threshold = (uint32_t)number("OVERTAKE_THRESHOLD", 1, 65536, 0);
  ot_config.batch = (uint32_t)number("OVERTAKE_BATCH", 1, 65536, 0);
  if (!ot_config.threshold != !ot_config.batch || ot_config.batch > ot_config.threshold) {
    ot_warn("OVERTAKE_THRESHOLD and OVERTAKE_BATCH go together, the batch not above the threshold; "
            "bounding work in flight by time");
    ot_config.threshold = ot_config.batch = 0;
  }
  ot_config.in_flight_micros = (uint32_t)number("OVERTAKE_IN_FLIGHT_US", 1, 1000000, 300);
  ot_config.linger_micros = (uint32_t)number("OVERTAKE_LINGER_US", 0, 1000000, OT_LINGER_ADAPTIVE);
  ot_config.escape_nanos = (uint64_t)number("OVERTAKE_ESCAPE_MS", 1, 3600000, 100) * 1000000;
  read_hints(&ot_config.hints);
  read_rules();
}
