/* What the environment says about this process, read once when the shim is loaded. */
#ifndef OT_CONFIG_H
#define OT_CONFIG_H

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

#define OT_THREAD_RULES 16

/* Threads whose whole name matches get an XQueue of their own at this priority. */
struct ot_thread_rule {
  regex_t name;
  int32_t priority;
};

/* What a policy is told of the queues, as their slots have it. The shim makes nothing of it. */
struct ot_policy_hints {
  uint32_t utilization_percent, timeslice_micros, deadline_micros;
  uint32_t laxity_micros, lax_priorities;
  uint32_t target_micros, target_percentile_hundredths;
  uint32_t window_active;
};

struct ot_config {
  bool disabled;
  const char *page_path; /* never NULL unless disabled */
  int32_t priority;
  uint32_t scope;            /* enum of page.h */
  uint32_t level;            /* 0: the best that is available */
  uint32_t threshold, batch; /* commands; 0: by time */
  uint32_t in_flight_micros;
  uint32_t linger_micros; /* OT_LINGER_ADAPTIVE, or fixed */
  uint64_t escape_nanos;
  struct ot_policy_hints hints;
  struct ot_thread_rule rules[OT_THREAD_RULES];
  int rule_count;
};

extern struct ot_config ot_config;

/* Reads the environment. What cannot be read is said, and its default used: a program is never kept
 * from starting. */
void ot_config_read(void);

#endif
