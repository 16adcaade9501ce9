/* The floor of `append`: plain LMDB in C with the flushes the product makes. A synced log
   environment with the default flags, HEAD written before a commit is acknowledged and flushed once
   a second, the job and balance views in a second, unsynced environment.

   floor_append DIR EVENTS EVENTS_PER_COMMIT [SEED]      DIR exists and is empty
   Prints one JSON line; fdatasync_us is the median of 4 KiB appends before and after, same disk. */
#include "workload.h"
#include <fcntl.h>
#include <unistd.h>

enum { PROBES = 100, SLOT_BYTES = 4096 };

static int open_file(const char *dir, const char *name) {
  char path[4096];
  if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path) die("path too long");
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) die("cannot open %s", path);
  return file;
}

/* Times `PROBES` appends of a page, each made durable: what the disk gives this minute. */
static void probe_disk(const char *dir, uint64_t *times) {
  static const char page[4096];
  int file = open_file(dir, "probe");
  for (int i = 0; i < PROBES; i++) {
    uint64_t start = now_ns();
    if (pwrite(file, page, sizeof page, (off_t)i * 4096) != sizeof page || fdatasync(file) != 0)
      die("probe: write failed");
    times[i] = now_ns() - start;
  }
  close(file);
  char path[4096];
  snprintf(path, sizeof path, "%s/probe", dir);
  unlink(path);
}

/* The witness: two slots written in turn, flushed at most once a second. */
struct head { int file; uint64_t commits, flushed_ns; };

static void write_head(struct head *head, uint64_t position, const uint8_t *hash, int flush) {
  struct { uint64_t position; uint8_t hash[32], id[16], digest[32]; } slot = {0};
  slot.position = position;
  memcpy(slot.hash, hash, sizeof slot.hash);
  off_t place = (off_t)(head->commits++ & 1) * SLOT_BYTES;
  if (pwrite(head->file, &slot, sizeof slot, place) != sizeof slot) die("HEAD: write failed");
  uint64_t now = now_ns();
  if (!flush && now - head->flushed_ns < 1000000000u) return;
  if (fdatasync(head->file) != 0) die("HEAD: flush failed");
  head->flushed_ns = now;
}

static void *row(MDB_txn *txn, MDB_dbi table, uint64_t *key, void *buffer, size_t size) {
  MDB_val name = {sizeof *key, key}, value;
  int code = mdb_get(txn, table, &name, &value);
  if (code == MDB_NOTFOUND) return memset(buffer, 0, size);
  check(code, "mdb_get");
  return memcpy(buffer, value.mv_data, size);
}

static void put(MDB_txn *txn, MDB_dbi table, void *key, size_t key_size, void *data, size_t size) {
  MDB_val name = {key_size, key}, value = {size, data};
  check(mdb_put(txn, table, &name, &value, 0), "mdb_put");
}

static void update_views(
  MDB_txn *txn, struct views *views, uint64_t position, struct record *event) {
  struct job_row job;
  struct balance_row balance;
  uint64_t number = event->subject, account = event->account;
  apply_job(row(txn, views->jobs, &number, &job, sizeof job), position, event);
  put(txn, views->jobs, &number, sizeof number, &job, sizeof job);
  if (event->type == SUBMITTED)
    put(txn, views->names, event->name, NAME_BYTES, &number, sizeof number);
  if (event->type != HELD && event->type != MONEY) return;
  apply_balance(row(txn, views->balances, &account, &balance, sizeof balance), event);
  put(txn, views->balances, &account, sizeof account, &balance, sizeof balance);
}

static size_t file_bytes(const char *dir, const char *name) {
  char path[4096];
  struct stat status;
  snprintf(path, sizeof path, "%s/%s/data.mdb", dir, name);
  return stat(path, &status) == 0 ? (size_t)status.st_size : 0;
}

int main(int count, char **argument) {
  if (count < 4 || count > 5) die("usage: floor_append DIR EVENTS EVENTS_PER_COMMIT [SEED]");
  const char *dir = argument[1];
  uint64_t events = number(argument[2], 1000000000, "EVENTS");
  uint64_t group = number(argument[3], 1000000, "EVENTS_PER_COMMIT");
  uint64_t seed = count > 4 ? number(argument[4], UINT64_MAX, "SEED") : 1;
  uint64_t probes[2 * PROBES], commits = (events + group - 1) / group, position = 0;
  uint64_t *latencies = calloc(commits, sizeof *latencies);
  if (!latencies) die("no memory");
  probe_disk(dir, probes);

  MDB_env *log = open_environment(dir, "log", 0);
  MDB_env *cache = open_environment(dir, "views", MDB_NOSYNC);
  MDB_txn *log_txn, *view_txn;
  MDB_dbi table;
  check(mdb_txn_begin(log, NULL, 0, &log_txn), "begin");
  check(mdb_dbi_open(log_txn, "events", MDB_CREATE | MDB_INTEGERKEY, &table), "events");
  MDB_stat status;
  check(mdb_stat(log_txn, table, &status), "mdb_stat");
  if (status.ms_entries > 0) die("%s already holds a log", dir);
  check(mdb_txn_commit(log_txn), "commit");
  check(mdb_txn_begin(cache, NULL, 0, &view_txn), "begin");
  struct views views = open_views(view_txn, MDB_CREATE);
  check(mdb_txn_commit(view_txn), "commit");
  struct head head = {open_file(dir, "HEAD"), 0, now_ns()};
  struct workload *load = workload_new(seed, events);

  uint64_t start = now_ns();
  for (uint64_t commit = 0; commit < commits; commit++) {
    uint64_t began = now_ns(), end = position + group < events ? position + group : events;
    struct record event = {0};
    check(mdb_txn_begin(log, NULL, 0, &log_txn), "begin");
    check(mdb_txn_begin(cache, NULL, 0, &view_txn), "begin");
    while (position < end) {
      workload_next(load, ++position, &event);
      MDB_val key = {sizeof position, &position}, value = {sizeof event, &event};
      check(mdb_put(log_txn, table, &key, &value, MDB_APPEND), "append");
      update_views(view_txn, &views, position, &event);
    }
    put(view_txn, views.meta, "applied", 7, &position, sizeof position);
    check(mdb_txn_commit(log_txn), "commit of the log");
    write_head(&head, position, event.hash, position == events);
    check(mdb_txn_commit(view_txn), "commit of the views");
    latencies[commit] = now_ns() - began;
  }
  double seconds = (double)(now_ns() - start) / 1e9;
  mdb_env_close(cache);
  mdb_env_close(log);
  probe_disk(dir, probes + PROBES);

  uint64_t p50 = quantile(latencies, commits, 0.5), p99 = quantile(latencies, commits, 0.99);
  uint64_t sync = quantile(probes, 2 * PROBES, 0.5);
  printf(
    "{\"bench\":\"floor_append\",\"events\":%llu,\"events_per_commit\":%llu,\"seed\":%llu,"
    "\"seconds\":%.6f,\"events_per_second\":%.0f,\"commit_p50_us\":%.1f,\"commit_p99_us\":%.1f,"
    "\"fdatasync_us\":%.1f,\"fdatasync_per_second\":%.0f,\"log_bytes_per_event\":%.1f,"
    "\"view_bytes_per_event\":%.1f}\n",
    (unsigned long long)events, (unsigned long long)group, (unsigned long long)seed, seconds,
    (double)events / seconds, (double)p50 / 1e3, (double)p99 / 1e3, (double)sync / 1e3,
    1e9 / (double)sync, (double)file_bytes(dir, "log") / (double)events,
    (double)file_bytes(dir, "views") / (double)events);
  free(latencies);
  free(load);
  return 0;
}
