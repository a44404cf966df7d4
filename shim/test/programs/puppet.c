/*
 * A program whose threads do what they are told. Each line of standard input is for one thread:
 *
 *   THREAD COMMAND ARGUMENTS...
 *
 * and once it is done, the line "THREAD RESULT" comes on standard output: what the driver returned,
 * 0 where all is well. commands.c has the commands. A thread comes into being when it is first
 * named, with that name as its own; "main" is the thread that reads, and can also do these:
 *
 *   main fork     the child takes the lines until it is told to exit; the result is its exit status
 *   main exec     starts this program anew in the same process, which says "main ready" again
 *   main end T    thread T ends; the result comes when it has
 *   main cancel T the same, wherever it is by then
 *   main exit N
 *
 * The program ends by itself, with status 0, when there are no more lines.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "puppet.h"

#define MOST_ACTORS 2048
#define MOST_WORDS 8
#define LINE_BYTES 256

static const char usage[] = "puppet [--bind=[hip-]direct|dlsym|getproc] [--stream=KIND]\n";

struct line {
  struct line *next;
  char text[LINE_BYTES];
};

struct actor {
  char name[16];
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  struct line *first, **end;
};

static struct actor *actors[MOST_ACTORS];
static int actor_count;

/* Not through a stream's buffer, which the end of the program might write once more. */
static void say(const char *text) {
  if (write(STDOUT_FILENO, text, strlen(text)) < 0)
    abort();
}

static void reply(const char *name, int result) {
  char text[64];
  snprintf(text, sizeof text, "%s %d\n", name, result);
  say(text);
}

static int split(char *text, char **words) {
  int count = 0;
  for (char *rest = text, *word; count < MOST_WORDS && (word = strsep(&rest, " \n"));) {
    if (*word)
      words[count++] = word;
  }
  return count;
}

static struct line *next_line(struct actor *actor) {
  pthread_mutex_lock(&actor->mutex);
  while (!actor->first)
    pthread_cond_wait(&actor->changed, &actor->mutex);
  struct line *line = actor->first;
  actor->first = line->next;
  if (!actor->first)
    actor->end = &actor->first;
  pthread_mutex_unlock(&actor->mutex);
  return line;
}

static void *act(void *argument) {
  struct actor *actor = argument;
  for (bool ended = false; !ended;) {
    struct line *line = next_line(actor);
    char *words[MOST_WORDS];
    int count = split(line->text, words);
    ended = count == 0;
    if (!ended)
      reply(actor->name, command_run(words, count));
    free(line);
  }
  return NULL;
}

static struct actor *find_actor(const char *name) {
  for (int i = 0; i < actor_count; i++) {
    if (!strcmp(actors[i]->name, name))
      return actors[i];
  }
  return NULL;
}

static struct actor *start_actor(const char *name) {
  struct actor *actor = calloc(1, sizeof *actor);
  if (!actor || actor_count == MOST_ACTORS)
    abort();
  snprintf(actor->name, sizeof actor->name, "%s", name);
  pthread_mutex_init(&actor->mutex, NULL);
  pthread_cond_init(&actor->changed, NULL);
  actor->end = &actor->first;
  if (pthread_create(&actor->thread, NULL, act, actor))
    abort();
  pthread_setname_np(actor->thread, actor->name);
  return actors[actor_count++] = actor;
}

/* An empty text ends it. */
static void tell(struct actor *actor, const char *text) {
  struct line *line = calloc(1, sizeof *line);
  if (!line)
    abort();
  snprintf(line->text, sizeof line->text, "%s", text);
  pthread_mutex_lock(&actor->mutex);
  *actor->end = line;
  actor->end = &line->next;
  pthread_cond_signal(&actor->changed);
  pthread_mutex_unlock(&actor->mutex);
}

static int end_actor(const char *name, bool cancel) {
  struct actor *actor = find_actor(name);
  if (!actor)
    return COMMAND_UNKNOWN;
  if (cancel)
    pthread_cancel(actor->thread);
  else
    tell(actor, "");
  pthread_join(actor->thread, NULL);
  snprintf(actor->name, sizeof actor->name, "(ended)");
  return 0;
}

/* The status of a child that has done its part; in the child, 0. */
static int fork_here(void) {
  int status = 0;
  pid_t child = fork();
  if (child > 0)
    waitpid(child, &status, 0);
  return child < 0           ? COMMAND_UNKNOWN
         : WIFEXITED(status) ? WEXITSTATUS(status)
                             : 128 + WTERMSIG(status);
}

static int act_as_main(char **words, int count, char **argv) {
  if (!strcmp(words[0], "exit") && count == 2)
    exit(atoi(words[1]));
  if (!strcmp(words[0], "fork"))
    return fork_here();
  if (!strcmp(words[0], "exec"))
    return execv("/proc/self/exe", argv);
  if (!strcmp(words[0], "end") && count == 2)
    return end_actor(words[1], false);
  if (!strcmp(words[0], "cancel") && count == 2)
    return end_actor(words[1], true);
  return command_run(words, count);
}

int main(int argc, char **argv) {
  options_read(argc, argv, usage);
  /* No line is read before its turn: a child, or the program after exec, is to find the rest. */
  setvbuf(stdin, NULL, _IONBF, 0);
  say("main ready\n");
  char text[LINE_BYTES];
  while (fgets(text, sizeof text, stdin)) {
    char *rest = text, *name = strsep(&rest, " \n"), *words[MOST_WORDS];
    if (!rest)
      continue;
    if (strcmp(name, "main")) {
      struct actor *actor = find_actor(name);
      tell(actor ? actor : start_actor(name), rest);
      continue;
    }
    int count = split(rest, words);
    if (count)
      reply("main", act_as_main(words, count, argv));
  }
  return 0;
}
