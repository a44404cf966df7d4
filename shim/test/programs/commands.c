/* What a puppet can be told; puppet.c says how. Streams, events, graphs and contexts go by names of
 * the teller's choice. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../include/overtake.h"
#include "client.h"
#include "nvidia.h"
#include "puppet.h"

#define MOST_NAMES 4096

struct named {
  char name[32];
  void *handle;
};

static pthread_mutex_t naming = PTHREAD_MUTEX_INITIALIZER;
static struct named names[MOST_NAMES];
static int name_count;

/* Where the handle of that name is kept; made with NULL if it is new. */
static void **handle_of(const char *name) {
  pthread_mutex_lock(&naming);
  int i = 0;
  while (i < name_count && strcmp(names[i].name, name))
    i++;
  if (i == MOST_NAMES)
    abort();
  if (i == name_count)
    snprintf(names[name_count++].name, sizeof names[i].name, "%s", name);
  pthread_mutex_unlock(&naming);
  return &names[i].handle;
}

static CUstream stream_of(const char *name) {
  if (!strcmp(name, "default"))
    return NULL;
  if (!strcmp(name, "legacy"))
    return CU_STREAM_LEGACY;
  if (!strcmp(name, "perthread"))
    return CU_STREAM_PER_THREAD;
  return *handle_of(name);
}

static void need_driver(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, client_bind);
}

/* device N: its primary context is current */
static int use_device(char **words) {
  CUcontext context;
  need_driver();
  CUresult result = cuda.Init(0);
  if (result == CUDA_SUCCESS)
    result = cuda.DevicePrimaryCtxRetain(&context, atoi(words[1]));
  return (int)(result == CUDA_SUCCESS ? cuda.CtxSetCurrent(context) : result);
}

static int reset_device(char **words) { return (int)cuda.DevicePrimaryCtxReset(atoi(words[1])); }
static int release_device(char **words) {
  return (int)cuda.DevicePrimaryCtxRelease(atoi(words[1]));
}

/* context NAME DEVICE: a new one, which is current */
static int make_context(char **words) {
  need_driver();
  CUresult result = cuda.Init(0);
  return (int)(result == CUDA_SUCCESS
                   ? cuda.CtxCreate((CUcontext *)handle_of(words[1]), 0, atoi(words[2]))
                   : result);
}

static int use_context(char **words) { return (int)cuda.CtxSetCurrent(*handle_of(words[1])); }
static int destroy_context(char **words) { return (int)cuda.CtxDestroy(*handle_of(words[1])); }
static int detach_context(char **words) { return (int)cuda.CtxDetach(*handle_of(words[1])); }

/* stream NAME KIND PRIORITY */
static int make_stream(char **words) {
  return (int)client_stream(words[2], atoi(words[3]), (CUstream *)handle_of(words[1]));
}

static int destroy_stream(char **words) { return (int)cuda.StreamDestroy(stream_of(words[1])); }

/* streams PREFIX COUNT: that many non-blocking ones, each used once for an empty kernel */
static int make_streams(char **words) {
  CUfunction kernel;
  CUresult result = client_kernel("empty", &kernel);
  for (int i = 0; i < atoi(words[2]) && result == CUDA_SUCCESS; i++) {
    char name[32];
    snprintf(name, sizeof name, "%.20s%d", words[1], i);
    CUstream *stream = (CUstream *)handle_of(name);
    result = cuda.StreamCreate(stream, CU_STREAM_NON_BLOCKING);
    if (result == CUDA_SUCCESS)
      result = client_launch(kernel, *stream);
  }
  return (int)result;
}

static __thread struct {
  CUfunction function;
  char name[64];
} last_kernel;

static CUresult find_kernel(const char *name) {
  if (!strcmp(last_kernel.name, name))
    return CUDA_SUCCESS;
  CUresult result = client_kernel(name, &last_kernel.function);
  if (result == CUDA_SUCCESS)
    snprintf(last_kernel.name, sizeof last_kernel.name, "%s", name);
  return result;
}

/* launch STREAM KERNEL COUNT */
static int launch(char **words) {
  CUresult result = find_kernel(words[2]);
  CUstream stream = stream_of(words[1]);
  for (int i = 0; i < atoi(words[3]) && result == CUDA_SUCCESS; i++)
    result = client_launch(last_kernel.function, stream);
  return (int)result;
}

/* launch-nothing: without the description of a launch, which is an error */
static int launch_nothing(char **words) {
  (void)words;
  return (int)cuda.LaunchKernelEx(NULL, NULL, NULL, NULL);
}

/* kernel NAME: looks it up, so that a later launch does nothing but launch */
static int look_up_kernel(char **words) { return (int)find_kernel(words[1]); }

static int synchronize(char **words) { return (int)cuda.StreamSynchronize(stream_of(words[1])); }
static int query(char **words) { return (int)cuda.StreamQuery(stream_of(words[1])); }

static int synchronize_context(char **words) {
  (void)words;
  return (int)cuda.CtxSynchronize();
}

static void synchronize_late(void) {
  if (write(STDOUT_FILENO, "exiting\n", 8) < 0 || cuda.CtxSynchronize() != CUDA_SUCCESS)
    _exit(1);
}

/* sync-at-exit: at the end of the program, after whatever comes to be done there from now on; says
 * "exiting" then */
static int synchronize_at_exit(char **words) {
  (void)words;
  return atexit(synchronize_late);
}

/* memcpy: a word to the host, which waits for the default stream */
static int copy(char **words) {
  static __thread CUdeviceptr device;
  uint32_t host;
  (void)words;
  CUresult result = device ? CUDA_SUCCESS : cuda.MemAlloc(&device, sizeof host);
  return (int)(result == CUDA_SUCCESS ? cuda.MemcpyDtoH(&host, device, sizeof host) : result);
}

/* record EVENT STREAM; makes the event if it is new */
static int record(char **words) {
  CUevent *event = (CUevent *)handle_of(words[1]);
  CUresult result = *event ? CUDA_SUCCESS : cuda.EventCreate(event, CU_EVENT_DISABLE_TIMING);
  return (int)(result == CUDA_SUCCESS ? cuda.EventRecord(*event, stream_of(words[2])) : result);
}

static int await_event_in_stream(char **words) {
  return (int)cuda.StreamWaitEvent(stream_of(words[1]), *handle_of(words[2]), 0);
}

static int synchronize_event(char **words) {
  return (int)cuda.EventSynchronize(*handle_of(words[1]));
}

static int query_event(char **words) { return (int)cuda.EventQuery(*handle_of(words[1])); }

/* capture STREAM global|thread|relaxed */
static int capture(char **words) {
  CUstreamCaptureMode mode = !strcmp(words[2], "global")   ? CU_STREAM_CAPTURE_MODE_GLOBAL
                             : !strcmp(words[2], "thread") ? CU_STREAM_CAPTURE_MODE_THREAD_LOCAL
                                                           : CU_STREAM_CAPTURE_MODE_RELAXED;
  return (int)cuda.StreamBeginCapture(stream_of(words[1]), mode);
}

/* end-capture STREAM GRAPH: which is to be launched by that name */
static int end_capture(char **words) {
  CUgraph graph;
  CUresult result = cuda.StreamEndCapture(stream_of(words[1]), &graph);
  if (result != CUDA_SUCCESS)
    return (int)result;
  size_t nodes = 0;
  cuda.GraphGetNodes(graph, NULL, &nodes);
  *handle_of("nodes") = (void *)nodes;
  return (int)cuda.GraphInstantiateWithFlags((CUgraphExec *)handle_of(words[2]), graph, 0);
}

/* nodes: how many the last captured graph has */
static int nodes(char **words) {
  (void)words;
  return (int)(size_t)*handle_of("nodes");
}

static int launch_graph(char **words) {
  return (int)cuda.GraphLaunch(*handle_of(words[2]), stream_of(words[1]));
}

static pthread_mutex_t blocking = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t unblocked = PTHREAD_COND_INITIALIZER;
static bool is_blocked;

static void await_unblock(void *unused) {
  (void)unused;
  pthread_mutex_lock(&blocking);
  while (is_blocked)
    pthread_cond_wait(&unblocked, &blocking);
  pthread_mutex_unlock(&blocking);
}

static void set_blocked(bool blocked) {
  pthread_mutex_lock(&blocking);
  is_blocked = blocked;
  pthread_cond_broadcast(&unblocked);
  pthread_mutex_unlock(&blocking);
}

/* block STREAM: its work from here on waits for unblock; the device's engines are free meanwhile */
static int block(char **words) {
  set_blocked(true);
  return (int)cuda.LaunchHostFunc(stream_of(words[1]), await_unblock, NULL);
}

static int unblock(char **words) {
  (void)words;
  set_blocked(false);
  return 0;
}

/* pin: this thread to the processor that it is on */
static int pin(char **words) {
  (void)words;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  return pthread_setaffinity_np(pthread_self(), sizeof one, &one);
}

static void do_nothing(void *unused) { (void)unused; }

/* host STREAM VERSION: a host function, by what cuLaunchHostFunc means to programs that were built
 * for that version of CUDA: 13000, 13020, or the simulated driver's 99000 */
static int launch_host(char **words) {
  CUstream stream = stream_of(words[1]);
  int version = atoi(words[2]);
  CUdriverProcAddressQueryResult status;
  void *driver = dlopen("libcuda.so.1", RTLD_NOW), *found = NULL;
  __typeof__(&cuGetProcAddress_v2) get =
      (__typeof__(get))(driver ? dlsym(driver, "cuGetProcAddress_v2") : NULL);
  CUresult result =
      get ? get("cuLaunchHostFunc", &found, version, 0, &status) : CUDA_ERROR_NOT_FOUND;
  if (result != CUDA_SUCCESS)
    return (int)result;
  if (version == 13000)
    return (int)((CUresult(*)(CUstream, CUhostFn, void *))found)(stream, do_nothing, NULL);
  if (version == 13020)
    return (int)((CUresult(*)(CUstream, CUhostFn, void *, unsigned))found)(stream, do_nothing, NULL,
                                                                           0);
  return (int)((CUresult(*)(CUhostFn, void *, CUstream))found)(do_nothing, NULL, stream);
}

static int set_priority(char **words) { return overtake_thread_priority_set(atoi(words[1])); }
static int set_process_priority(char **words) {
  return overtake_process_priority_set(atoi(words[1]));
}

static int clear_priority(char **words) {
  (void)words;
  return overtake_thread_priority_clear();
}

/* look-up NAME: 1 if the driver has a symbol of that name, HIP's if it begins with hip */
static int look_up_symbol(char **words) {
  bool of_hip = !strncmp(words[1], "hip", 3);
  void *driver = dlopen(of_hip ? "libamdhip64.so.6" : "libcuda.so.1", RTLD_NOW);
  return driver && dlsym(driver, words[1]);
}

/* dlerror: 1 if there is an error that nobody has asked for yet */
static int has_dlerror(char **words) {
  (void)words;
  return dlerror() != NULL;
}

static int active(char **words) {
  (void)words;
  return overtake_active();
}

/* channels: a compute group with a channel of this program's own, as another library may have;
 * manager.c answers */
static int make_channels(char **words) {
  (void)words;
  int manager = open("/dev/null", O_RDWR | O_CLOEXEC);
  struct nv_group parameters = {.engine = NV_ENGINE_COMPUTE};
  const uint32_t client = 0xc1d00002, device = NV_DEVICE(0), group = 7;
  struct nv_alloc_once objects[] = {
      {.client = client, .parent = device, .object = 6, .class = NV_SUBDEVICE},
      {.client = client,
       .parent = device,
       .object = group,
       .class = NV_CHANNEL_GROUP,
       .parameters = (uintptr_t)&parameters},
      {.client = client, .parent = group, .object = 8, .class = NV_CHANNEL}};
  for (int i = 0; i < 3; i++) {
    /* As a program has it that keeps requests in an int. */
    if (ioctl(manager, (unsigned long)(int)NV_ALLOC_ONCE, &objects[i]))
      return errno;
    if (objects[i].status)
      return (int)objects[i].status;
  }
  return 0;
}

/* ioctl FILE REQUEST: returns errno */
static int call_ioctl(char **words) {
  uint64_t space[16] = {0};
  return ioctl(atoi(words[1]), strtoul(words[2], NULL, 0), space) < 0 ? errno : 0;
}

/* lose-channels: the same are gone, and the shim has not seen it */
static int lose_channels(char **words) {
  (void)words;
  struct nv_free named = {.client = 0xc1d00002, .object = 7};
  int (*behind)(int, unsigned long, ...) =
      (int (*)(int, unsigned long, ...))dlsym(RTLD_DEFAULT, "manager_ioctl");
  int manager = open("/dev/null", O_RDWR | O_CLOEXEC);
  return !behind || behind(manager, NV_FREE, &named) ? COMMAND_UNKNOWN : (int)named.status;
}

static const struct command {
  const char *name;
  int arguments;
  int (*run)(char **words); /* words[0] is the name */
} commands[] = {
    {"device", 1, use_device},
    {"reset-device", 1, reset_device},
    {"release-device", 1, release_device},
    {"context", 2, make_context},
    {"use-context", 1, use_context},
    {"destroy-context", 1, destroy_context},
    {"detach-context", 1, detach_context},
    {"stream", 3, make_stream},
    {"streams", 2, make_streams},
    {"destroy-stream", 1, destroy_stream},
    {"kernel", 1, look_up_kernel},
    {"launch", 3, launch},
    {"launch-nothing", 0, launch_nothing},
    {"sync", 1, synchronize},
    {"query", 1, query},
    {"sync-context", 0, synchronize_context},
    {"sync-at-exit", 0, synchronize_at_exit},
    {"memcpy", 0, copy},
    {"record", 2, record},
    {"wait-event", 2, await_event_in_stream},
    {"sync-event", 1, synchronize_event},
    {"query-event", 1, query_event},
    {"capture", 2, capture},
    {"end-capture", 2, end_capture},
    {"nodes", 0, nodes},
    {"launch-graph", 2, launch_graph},
    {"block", 1, block},
    {"unblock", 0, unblock},
    {"host", 2, launch_host},
    {"pin", 0, pin},
    {"priority", 1, set_priority},
    {"process-priority", 1, set_process_priority},
    {"clear-priority", 0, clear_priority},
    {"look-up", 1, look_up_symbol},
    {"dlerror", 0, has_dlerror},
    {"active", 0, active},
    {"channels", 0, make_channels},
    {"lose-channels", 0, lose_channels},
    {"ioctl", 2, call_ioctl},
};

int command_run(char **words, int count) {
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    if (!strcmp(commands[i].name, words[0]) && count == commands[i].arguments + 1)
      return commands[i].run(words);
  }
  return COMMAND_UNKNOWN;
}
