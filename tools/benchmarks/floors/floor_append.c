/* The floor of `append`: the store of store.h, at least EVENTS_PER_COMMIT events a commit, whole
   commands.

   floor_append DIR EVENTS EVENTS_PER_COMMIT SEED [all]      DIR exists and is empty; all: with the
                                                             puts of every view of the product
   Prints one JSON line. */
#include "store.h"

static double bytes_per_event(const char *dir, const char *name, uint64_t events) {
  char path[4096];
  struct stat status;
  snprintf(path, sizeof path, "%s/%s/data.mdb", dir, name);
  return stat(path, &status) == 0 ? (double)status.st_size / (double)events : 0;
}

int main(int count, char **argument) {
  int every_view = count == 6 && !strcmp(argument[5], "all");
  if (count != 5 + every_view) die("usage: floor_append DIR EVENTS EVENTS_PER_COMMIT SEED [all]");
  const char *dir = argument[1];
  uint64_t events = number(argument[2], 1000000000, "EVENTS");
  uint64_t group = number(argument[3], 1000000, "EVENTS_PER_COMMIT");
  uint64_t seed = number(argument[4], UINT64_MAX, "SEED");
  struct store store;
  store_open(&store, dir, every_view);
  struct workload *load = workload_new(seed, events);

  uint64_t start = now_ns();
  while (store.position < events) {
    struct record event = {0};
    store_begin(&store);
    uint64_t end = store.position + group;
    while (store.position < end || !(event.flags & END_OF_GROUP)) {
      workload_next(load, store.position + 1, &event);
      store_append(&store, &event);
    }
    store_commit(&store, store.position >= events);
  }
  double seconds = (double)(now_ns() - start) / 1e9;
  printf(
    "{\"bench\":\"floor_append\",\"events\":%llu,\"jobs\":%llu,\"held\":%llu,\"seconds\":%.6f,"
    "\"events_per_second\":%.0f,",
    (unsigned long long)store.position, (unsigned long long)load->jobs,
    (unsigned long long)load->held, seconds, (double)store.position / seconds);
  printf(
    "\"log_bytes_per_event\":%.1f,\"view_bytes_per_event\":%.1f}\n",
    bytes_per_event(dir, "log", store.position), bytes_per_event(dir, "views", store.position));
  store_close(&store);
  free(load);
  return 0;
}
