/* The floor of `callers`: threads that each wait for one durable command at a time, and one thread
   that takes whatever is queued into one commit of the store of store.h.

   floor_callers DIR EVENTS CALLERS [SEED]      DIR exists and is empty
   Prints one JSON line; p50 and p99 are a caller's wait for one command. */
#include "store.h"
#include <pthread.h>
#include <semaphore.h>

enum { CALLERS_MAX = 4096, COMMAND_EVENTS_MAX = 3 };

struct caller {
  pthread_t thread;
  struct workload *load;
  struct record events[COMMAND_EVENTS_MAX];
  int count; /* of them in the command at hand */
  sem_t answered;
  struct caller *next; /* in the queue */
  uint64_t number, commands, *waits_ns;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t queued = PTHREAD_COND_INITIALIZER;
static struct caller *queue;
static uint64_t callers, events_each, left;

/* The next command; jobs of different callers are different jobs. */
static void draw_command(struct caller *caller) {
  struct record *event;
  caller->count = 0;
  do {
    event = &caller->events[caller->count++];
    workload_next(caller->load, 0, event);
    event->subject = event->subject * callers + caller->number;
  } while (!(event->flags & END_OF_GROUP));
}

static void *call(void *argument) {
  struct caller *caller = argument;
  for (uint64_t written = 0; written < events_each; written += (uint64_t)caller->count) {
    draw_command(caller);
    uint64_t began = now_ns();
    pthread_mutex_lock(&lock);
    caller->next = queue;
    queue = caller;
    pthread_cond_signal(&queued);
    pthread_mutex_unlock(&lock);
    while (sem_wait(&caller->answered) != 0) {}
    caller->waits_ns[caller->commands++] = now_ns() - began;
  }
  pthread_mutex_lock(&lock);
  left--;
  pthread_cond_signal(&queued);
  pthread_mutex_unlock(&lock);
  return NULL;
}

static struct caller *take_all(void) {
  pthread_mutex_lock(&lock);
  while (!queue && left) pthread_cond_wait(&queued, &lock);
  struct caller *taken = queue;
  queue = NULL;
  pthread_mutex_unlock(&lock);
  return taken;
}

static void serve(struct store *store) {
  for (struct caller *batch; (batch = take_all());) {
    store_begin(store);
    for (struct caller *one = batch; one; one = one->next)
      for (int i = 0; i < one->count; i++) store_append(store, &one->events[i]);
    store_commit(store, 0);
    for (struct caller *next; batch; batch = next) {
      next = batch->next; /* its caller may queue it again as soon as it is answered */
      sem_post(&batch->answered);
    }
  }
}

int main(int count, char **argument) {
  if (count < 4 || count > 5) die("usage: floor_callers DIR EVENTS CALLERS [SEED]");
  uint64_t events = number(argument[2], 1000000000, "EVENTS");
  callers = left = number(argument[3], CALLERS_MAX, "CALLERS");
  uint64_t seed = count > 4 ? number(argument[4], UINT64_MAX - CALLERS_MAX, "SEED") : 1;
  events_each = (events + callers - 1) / callers;
  struct caller *all = calloc(callers, sizeof *all);
  uint64_t *waits_ns = calloc(callers * (events_each + 1), sizeof *waits_ns), waits = 0;
  if (!all || !waits_ns) die("no memory");
  struct store store;
  store_open(&store, argument[1], 0);
  uint64_t start = now_ns();
  for (uint64_t i = 0; i < callers; i++) {
    all[i].number = i;
    all[i].load = workload_new(seed + i, events_each);
    all[i].waits_ns = waits_ns + i * (events_each + 1);
    sem_init(&all[i].answered, 0, 0);
    if (pthread_create(&all[i].thread, NULL, call, &all[i]) != 0) die("no thread");
  }
  serve(&store);
  double seconds = (double)(now_ns() - start) / 1e9;
  for (uint64_t i = 0; i < callers; i++) {
    pthread_join(all[i].thread, NULL);
    memmove(waits_ns + waits, all[i].waits_ns, all[i].commands * sizeof *waits_ns);
    waits += all[i].commands;
    free(all[i].load);
  }
  printf(
    "{\"bench\":\"floor_callers\",\"callers\":%llu,\"events\":%llu,\"commits\":%llu,"
    "\"seconds\":%.6f,\"events_per_second\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n",
    (unsigned long long)callers, (unsigned long long)store.position,
    (unsigned long long)store.commits, seconds, (double)store.position / seconds,
    (double)quantile(waits_ns, waits, 0.5) / 1e6, (double)quantile(waits_ns, waits, 0.99) / 1e6);
  store_close(&store);
  free(waits_ns);
  free(all);
  return 0;
}
