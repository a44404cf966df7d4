/* The control page's file: found or made, looked over, mapped; and the clock and the futexes that
 * go with it. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "board.h"
#include "log.h"

struct ot_page *ot_page;

uint64_t ot_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

bool ot_futex_wait_for(uint32_t events, _Atomic uint32_t *address, uint32_t value, uint64_t nanos) {
  uint64_t until = ot_now() + nanos;
  struct timespec timeout = {(time_t)(until / 1000000000), (long)(until % 1000000000)};
  int saved = errno;
  long failed = syscall(SYS_futex, address, FUTEX_WAIT_BITSET, value, &timeout, NULL, events);
  bool changed = !failed || errno == EAGAIN;
  errno = saved;
  return changed;
}

void ot_futex_wake_for(uint32_t events, _Atomic uint32_t *address) {
  int saved = errno;
  syscall(SYS_futex, address, FUTEX_WAKE_BITSET, INT32_MAX, NULL, NULL, events);
  errno = saved;
}

void ot_futex_wait(_Atomic uint32_t *address, uint32_t value, uint64_t nanos) {
  ot_futex_wait_for(FUTEX_BITSET_MATCH_ANY, address, value, nanos);
}

void ot_futex_wake(_Atomic uint32_t *address) {
  ot_futex_wake_for(FUTEX_BITSET_MATCH_ANY, address);
}

/* The folder above the file, private to this user. */
static void make_folder(const char *path) {
  char *copy = strdup(path);
  if (copy)
    mkdir(dirname(copy), 0700);
  free(copy);
}

/* Not if the folder above the file is named after a user, and not there or not that user's alone:
 * anybody may make folders there, and replace what is in them. */
static bool is_in_safe_folder(const char *path) {
  char *copy = strdup(path);
  if (!copy)
    return false;
  const char *folder = dirname(copy);
  unsigned user;
  int end = 0;
  struct stat status;
  bool by_user = sscanf(folder, "/dev/shm/overtake-%u%n", &user, &end) == 1 && !folder[end];
  bool safe = !by_user || (!lstat(folder, &status) && S_ISDIR(status.st_mode) &&
                           status.st_uid == user && !(status.st_mode & 022));
  free(copy);
  return safe;
}

/* False, always. */
static bool refuse(const char *path, const char *what, int error) {
  ot_warn("cannot schedule this process: %s %s%s%s; it runs as it would without Overtake", path,
          what, error ? ": " : "", error ? strerror(error) : "");
  return false;
}

/* A limit on the size of files is told by an error and by a signal, which would end the program. */
static int allocate_quietly(int file) {
  sigset_t too_large, before, pending;
  sigemptyset(&too_large);
  sigaddset(&too_large, SIGXFSZ);
  pthread_sigmask(SIG_BLOCK, &too_large, &before);
  bool was_pending = !sigpending(&pending) && sigismember(&pending, SIGXFSZ);
  int error = posix_fallocate(file, 0, OT_PAGE_LENGTH);
  if (error == EFBIG && !was_pending)
    sigtimedwait(&too_large, NULL, &(struct timespec){0, 0});
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return error;
}

/* Storage for all of it now: a full file system would otherwise answer with SIGBUS, later and in a
 * foreign program. */
static int reserve(int file) {
  struct stat status;
  if (fstat(file, &status))
    return errno;
  if (status.st_size >= OT_PAGE_LENGTH)
    return 0;
  if (status.st_size != 0)
    return EINVAL;
  return allocate_quietly(file);
}

/* Zeros are an empty page but for the header, whose magic is written last. */
static void initialize(struct ot_page *page) {
  if (atomic_load(&page->header.magic))
    return;
  uint32_t none = 0;
  atomic_compare_exchange_strong(&page->header.version, &none, OT_VERSION);
  none = 0;
  atomic_compare_exchange_strong(&page->header.length, &none, OT_PAGE_LENGTH);
  uint64_t no_magic = 0;
  atomic_compare_exchange_strong(&page->header.magic, &no_magic, OT_MAGIC);
}

static const char *unlike(struct ot_page *page) {
  if (atomic_load(&page->header.magic) != OT_MAGIC)
    return "is not a control page, or is damaged; remove it";
  if (atomic_load(&page->header.version) != OT_VERSION ||
      atomic_load(&page->header.length) != OT_PAGE_LENGTH)
    return "is of another version of Overtake; use the same one everywhere, or remove it once "
           "nothing uses it";
  return NULL;
}

bool ot_board_open(const char *path, bool create) {
  if (ot_page)
    return true;
  if (create)
    make_folder(path);
  if (!is_in_safe_folder(path))
    return create && refuse(path, "is in a folder that is not this user's alone; remove that", 0);
  int file = open(path, O_RDWR | (create ? O_CREAT : 0) | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0)
    return create && refuse(path, "cannot be opened for writing", errno);
  int error = create ? reserve(file) : 0;
  if (error) {
    close(file);
    return error == EINVAL ? refuse(path, "is not a control page; remove it", 0)
                           : refuse(path, "has no room for the control page", error);
  }
  struct stat status;
  bool whole = !fstat(file, &status) && status.st_size >= OT_PAGE_LENGTH;
  void *mapped =
      whole ? mmap(NULL, OT_PAGE_LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
  error = errno;
  close(file);
  if (mapped == MAP_FAILED)
    return create && refuse(path, "cannot be mapped", error);
  if (create)
    initialize(mapped);
  const char *problem = unlike(mapped);
  if (problem) {
    munmap(mapped, OT_PAGE_LENGTH);
    return create && refuse(path, problem, 0);
  }
  ot_page = mapped;
  return true;
}

bool ot_board_intact(void) { return !unlike(ot_page); }
