/*
 * Requests at a rate, each of some kernels and a wait for their completion. The latency of a
 * request counts from when it was due. Prints one line:
 * {"requests":N,"p50Micros":...,"p99Micros":...,"maxMicros":...}; with --verbose, before it, a line
 * "THREAD REQUEST MICROS" for each. Says "ready" before the first.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

static const char usage[] =
    "request [--bind=direct|dlsym|getproc] [--stream=KIND] [--priority=CUDA'S] [--device=N] "
    "[--threads=N]\n"
    "        [--requests=N] [--rate=A SECOND] [--kernels=N] [--kernel=NAME]\n"
    "        [--completion=stream|ctx|event|memcpy|eventpoll|streampoll|none] [--verbose]\n";

static CUcontext context;
static double *micros; /* of all threads' requests */
static long requests;

struct server {
  long number;
  pthread_t thread;
  CUstream stream;
  CUfunction kernel;
  CUevent event;
  CUdeviceptr word;
};

static void await_completion(const struct server *server) {
  const char *kind = option("completion", "stream");
  uint32_t word;
  if (!strcmp(kind, "stream")) {
    CHECK(cuda.StreamSynchronize(server->stream));
  } else if (!strcmp(kind, "ctx")) {
    CHECK(cuda.CtxSynchronize());
  } else if (!strcmp(kind, "event")) {
    CHECK(cuda.EventRecord(server->event, server->stream));
    CHECK(cuda.EventSynchronize(server->event));
  } else if (!strcmp(kind, "memcpy")) {
    CHECK(cuda.MemcpyDtoH(&word, server->word, sizeof word));
  } else if (!strcmp(kind, "eventpoll")) {
    CHECK(cuda.EventRecord(server->event, server->stream));
    while (cuda.EventQuery(server->event) == CUDA_ERROR_NOT_READY)
      sleep_until(nanos_now() + 50000);
  } else if (!strcmp(kind, "streampoll")) {
    while (cuda.StreamQuery(server->stream) == CUDA_ERROR_NOT_READY)
      sleep_until(nanos_now() + 50000);
  } else if (strcmp(kind, "none")) {
    fputs(usage, stderr);
    exit(2);
  }
}

static void *serve(void *argument) {
  struct server *server = argument;
  CHECK(cuda.CtxSetCurrent(context));
  CHECK(client_stream(option("stream", "default"), (int)option_number("priority", 0),
                      &server->stream));
  CHECK(client_kernel(option("kernel", "busy_500us"), &server->kernel));
  CHECK(cuda.EventCreate(&server->event, CU_EVENT_DISABLE_TIMING));
  CHECK(cuda.MemAlloc(&server->word, sizeof(uint32_t)));
  long rate = option_number("rate", 0), kernels = option_number("kernels", 4);
  uint64_t due = nanos_now();
  for (long i = 0; i < requests; i++) {
    if (rate) {
      due += 1000000000 / (uint64_t)rate;
      sleep_until(due);
    } else {
      due = nanos_now();
    }
    for (long k = 0; k < kernels; k++)
      CHECK(client_launch(server->kernel, server->stream));
    await_completion(server);
    double latency = (double)(nanos_now() - due) / 1e3;
    micros[server->number * requests + i] = latency;
    if (option_given("verbose"))
      printf("%ld %ld %.1f\n", server->number, i, latency);
  }
  return NULL;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  options_read(argc, argv, usage);
  client_bind();
  context = client_use_device((int)option_number("device", 0));
  long threads = option_number("threads", 1);
  requests = option_number("requests", 10);
  struct server *servers = calloc((size_t)threads, sizeof *servers);
  micros = calloc((size_t)(threads * requests), sizeof *micros);
  if (threads < 1 || requests < 1 || !servers || !micros) {
    fputs(usage, stderr);
    return 2;
  }
  puts("ready");
  fflush(stdout);
  for (long i = 0; i < threads; i++) {
    servers[i].number = i;
    if (i)
      pthread_create(&servers[i].thread, NULL, serve, &servers[i]);
  }
  serve(&servers[0]);
  for (long i = 1; i < threads; i++)
    pthread_join(servers[i].thread, NULL);
  long count = threads * requests;
  qsort(micros, (size_t)count, sizeof *micros, ascending);
  printf("{\"requests\":%ld,\"p50Micros\":%.1f,\"p99Micros\":%.1f,\"maxMicros\":%.1f}\n", count,
         micros[count / 2], micros[count * 99 / 100], micros[count - 1]);
  free(micros);
  free(servers);
  return 0;
}
