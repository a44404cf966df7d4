/* What threads are told, or the process is, and what they leave when they end. */
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "registry.h"

static pthread_key_t thread_end;

uint64_t ot_thread_id(void) { return (uint64_t)syscall(SYS_gettid); }

/* Their end */

static void leave_own_queues(uint64_t thread) {
  pthread_mutex_lock(&ot_registry);
  for (struct ot_queue *queue = ot_queues, *next; queue; queue = next) {
    next = queue->next;
    bool by_thread = queue->scope == OT_SCOPE_THREAD && queue->key == thread;
    bool by_its_stream =
        queue->scope == OT_SCOPE_STREAM && queue->key == ot_key_of_per_thread_stream(thread);
    if (by_thread || by_its_stream)
      ot_queue_leave(queue);
  }
  ot_self.generation = 0; /* No other thread remembers its lanes. */
  pthread_mutex_unlock(&ot_registry);
}

static void leave_own_streams(uint64_t thread) {
  pthread_mutex_lock(&ot_registry);
  for (struct ot_queue *queue = ot_queues; queue; queue = queue->next) {
    for (struct ot_lane *lane = queue->lanes; lane; lane = lane->next) {
      if (lane->thread != thread)
        continue;
      lane->ended = true;
      atomic_store(&lane->entered, atomic_load(&lane->submitted));
      if (ot_driver->drop) /* The driver may destroy the stream with the thread. */
        ot_driver->drop(lane);
    }
  }
  ot_spare_disown(thread);
  pthread_mutex_unlock(&ot_registry);
}

static void on_thread_end(void *unused) {
  (void)unused;
  if (!atomic_load(&ot_active))
    return;
  leave_own_queues(ot_thread_id());
  leave_own_streams(ot_thread_id());
}

bool ot_threads_start(void) { return !pthread_key_create(&thread_end, on_thread_end); }

void ot_thread_end_matters(void) { pthread_setspecific(thread_end, &ot_self); }

/* Their priority */

void ot_thread_rules(void) {
  ot_self.hint = OT_HINT_NONE;
  char name[32] = "";
  if (!ot_config.rule_count || pthread_getname_np(pthread_self(), name, sizeof name))
    return;
  for (int i = 0; i < ot_config.rule_count; i++) {
    if (regexec(&ot_config.rules[i].name, name, 0, NULL, 0))
      continue;
    ot_self.hint = OT_HINT_SET;
    ot_self.priority = ot_config.rules[i].priority;
    return;
  }
}

void ot_thread_hint_set(int32_t priority) {
  bool had_queue = ot_self.hint == OT_HINT_SET || ot_config.scope == OT_SCOPE_THREAD;
  ot_self.hint = OT_HINT_SET;
  ot_self.priority = priority;
  ot_self.generation = 0;
  if (!had_queue)
    return;
  uint64_t thread = ot_thread_id();
  pthread_mutex_lock(&ot_registry);
  for (struct ot_queue *queue = ot_queues; queue; queue = queue->next) {
    if (queue->scope != OT_SCOPE_THREAD || queue->key != thread)
      continue;
    atomic_store(&queue->slot->priority, priority);
    ot_board_respan(queue->device);
    ot_board_ring();
  }
  pthread_mutex_unlock(&ot_registry);
}

bool ot_thread_hint_get(int32_t *priority) {
  if (ot_self.hint == OT_HINT_UNKNOWN)
    ot_thread_rules();
  if (ot_self.hint != OT_HINT_SET)
    return false;
  *priority = ot_self.priority;
  return true;
}

void ot_thread_hint_clear(void) {
  if (ot_self.hint != OT_HINT_SET)
    return;
  ot_self.hint = OT_HINT_NONE;
  ot_self.generation = 0;
  leave_own_queues(ot_thread_id());
}

void ot_process_hint_set(int32_t priority) {
  pthread_mutex_lock(&ot_registry);
  ot_config.priority = priority;
  for (struct ot_queue *queue = ot_queues; queue; queue = queue->next) {
    if (queue->scope != OT_SCOPE_PROCESS)
      continue;
    atomic_store(&queue->slot->priority, priority);
    ot_board_respan(queue->device);
    ot_board_ring();
  }
  pthread_mutex_unlock(&ot_registry);
}
