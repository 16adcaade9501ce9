/* The floor of `replay`: read a log in order; fold it in memory; fold it and write every view in
   key order into a new environment, synced. The log is made first, unsynced, by the same workload.

   floor_replay DIR EVENTS [SEED]      DIR exists and is empty
   Prints one JSON line per pass, the median of three rounds, the log in the page cache. */
#include "workload.h"
#include <unistd.h>

enum { ROUNDS = 3, GROUP = 10000 };

/* Everything a fold keeps: arrays indexed by number, which is why jobs have numbers. */
struct fold {
  struct job_row *jobs; /* 1 ... job_count */
  struct name { uint64_t prefix, job; char text[NAME_BYTES]; } *names;
  uint64_t job_count, capacity;
  struct balance_row balances[ACCOUNTS];
};

static MDB_dbi make_log(MDB_env *log, uint64_t events, uint64_t seed) {
  struct workload *load = workload_new(seed, events);
  MDB_txn *txn;
  MDB_dbi table;
  check(mdb_txn_begin(log, NULL, 0, &txn), "begin");
  check(mdb_dbi_open(txn, "events", MDB_CREATE | MDB_INTEGERKEY, &table), "events");
  for (uint64_t position = 1; position <= events; position++) {
    struct record event;
    workload_next(load, position, &event);
    MDB_val key = {sizeof position, &position}, value = {sizeof event, &event};
    check(mdb_put(txn, table, &key, &value, MDB_APPEND), "append: is DIR empty?");
    if (position % GROUP > 0) continue;
    check(mdb_txn_commit(txn), "commit");
    check(mdb_txn_begin(log, NULL, 0, &txn), "begin");
  }
  check(mdb_txn_commit(txn), "commit");
  check(mdb_env_sync(log, 1), "sync");
  free(load);
  return table;
}

static void grow(struct fold *fold, uint64_t job) {
  if (job >= fold->capacity) {
    uint64_t capacity = fold->capacity * 2 > job ? fold->capacity * 2 : job + 1024;
    fold->jobs = realloc(fold->jobs, capacity * sizeof *fold->jobs);
    fold->names = realloc(fold->names, capacity * sizeof *fold->names);
    if (!fold->jobs || !fold->names) die("no memory");
    memset(
      fold->jobs + fold->capacity, 0, (capacity - fold->capacity) * sizeof *fold->jobs);
    fold->capacity = capacity;
  }
  if (job > fold->job_count) fold->job_count = job;
}

static void fold_event(struct fold *fold, uint64_t position, const struct record *event) {
  uint64_t job = event->subject;
  grow(fold, job);
  apply_job(&fold->jobs[job], position, event);
  apply_balance(&fold->balances[event->account % ACCOUNTS], event);
  if (event->type != SUBMITTED) return;
  struct name *name = &fold->names[job - 1];
  memcpy(name->text, event->name, NAME_BYTES);
  memcpy(&name->prefix, event->name, sizeof name->prefix);
  name->prefix = __builtin_bswap64(name->prefix); /* so that numbers order as texts do */
  name->job = job;
}

/* One pass over the log; with a fold or, for the bare scan, a sum to keep the compiler honest. */
static uint64_t pass(MDB_env *log, MDB_dbi table, struct fold *fold) {
  MDB_txn *txn;
  MDB_cursor *cursor;
  MDB_val key, value;
  uint64_t sum = 0, expected = 1;
  check(mdb_txn_begin(log, NULL, MDB_RDONLY, &txn), "begin");
  check(mdb_cursor_open(txn, table, &cursor), "cursor");
  int code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
  for (; code == MDB_SUCCESS; code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT), expected++) {
    uint64_t position;
    struct record event;
    memcpy(&position, key.mv_data, sizeof position);
    if (position != expected || value.mv_size != sizeof event)
      die("damaged at %llu", (unsigned long long)expected);
    if (fold) {
      memcpy(&event, value.mv_data, sizeof event);
      fold_event(fold, position, &event);
    } else {
      sum += ((const struct record *)value.mv_data)->subject;
    }
  }
  if (code != MDB_NOTFOUND) check(code, "mdb_cursor_get");
  mdb_cursor_close(cursor);
  mdb_txn_abort(txn);
  return sum;
}

static int compare_names(const void *left, const void *right) {
  const struct name *a = left, *b = right;
  if (a->prefix != b->prefix) return a->prefix < b->prefix ? -1 : 1;
  return memcmp(a->text, b->text, NAME_BYTES);
}

static void append(MDB_cursor *cursor, void *key, size_t key_size, void *data, size_t size) {
  MDB_val name = {key_size, key}, value = {size, data};
  check(mdb_cursor_put(cursor, &name, &value, MDB_APPEND), "append to a view");
}

static void write_views(const char *dir, struct fold *fold) {
  MDB_env *env = open_environment(dir, "views", MDB_NOSYNC);
  MDB_txn *txn;
  MDB_cursor *cursor;
  check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
  struct views views = open_views(txn, MDB_CREATE);
  check(mdb_cursor_open(txn, views.jobs, &cursor), "cursor");
  for (uint64_t job = 1; job <= fold->job_count; job++)
    append(cursor, &job, sizeof job, &fold->jobs[job], sizeof *fold->jobs);
  mdb_cursor_close(cursor);
  check(mdb_cursor_open(txn, views.balances, &cursor), "cursor");
  for (uint64_t account = 0; account < ACCOUNTS; account++)
    append(cursor, &account, sizeof account, &fold->balances[account], sizeof *fold->balances);
  mdb_cursor_close(cursor);
  qsort(fold->names, fold->job_count, sizeof *fold->names, compare_names);
  check(mdb_cursor_open(txn, views.names, &cursor), "cursor");
  for (uint64_t i = 0; i < fold->job_count; i++)
    append(cursor, fold->names[i].text, NAME_BYTES, &fold->names[i].job, sizeof(uint64_t));
  mdb_cursor_close(cursor);
  check(mdb_txn_commit(txn), "commit");
  check(mdb_env_sync(env, 1), "sync");
  mdb_env_close(env);
}

static void remove_views(const char *dir) {
  static const char *const names[] = {"views/data.mdb", "views/lock.mdb", "views"};
  char path[4096];
  for (int i = 0; i < 3; i++) {
    if (snprintf(path, sizeof path, "%s/%s", dir, names[i]) < (int)sizeof path) remove(path);
  }
}

/* The books must balance, or the fold did not do its work: held = taken + given back + open. */
static void audit(const struct fold *fold) {
  int64_t accounts = 0, jobs = 0;
  for (uint64_t i = 0; i < ACCOUNTS; i++)
    accounts += fold->balances[i].available + fold->balances[i].held + fold->balances[i].captured;
  for (uint64_t job = 1; job <= fold->job_count; job++) jobs += fold->jobs[job].captured;
  for (uint64_t i = 0; i < ACCOUNTS; i++) jobs -= fold->balances[i].captured;
  if (accounts != 0 || jobs != 0) die("the books do not balance");
}

int main(int count, char **argument) {
  if (count < 3 || count > 4) die("usage: floor_replay DIR EVENTS [SEED]");
  uint64_t events = number(argument[2], 1000000000, "EVENTS");
  uint64_t seed = count > 3 ? number(argument[3], UINT64_MAX, "SEED") : 1;
  MDB_env *log = open_environment(argument[1], "log", MDB_NOSYNC);
  MDB_dbi table = make_log(log, events, seed);
  static const char *const names[] = {"scan", "fold", "fold_write"};
  for (int kind = 0; kind < 3; kind++) {
    uint64_t times[ROUNDS], sum = 0, jobs = 0;
    for (int round = 0; round < ROUNDS; round++) {
      struct fold *fold = kind > 0 ? calloc(1, sizeof *fold) : NULL;
      remove_views(argument[1]);
      uint64_t start = now_ns();
      sum += pass(log, table, fold);
      if (kind == 2) write_views(argument[1], fold);
      times[round] = now_ns() - start;
      if (!fold) continue;
      audit(fold);
      jobs = fold->job_count;
      free(fold->jobs);
      free(fold->names);
      free(fold);
    }
    if (kind == 0 && sum == 0) die("nothing was read");
    double seconds = (double)quantile(times, ROUNDS, 0.5) / 1e9;
    printf(
      "{\"bench\":\"floor_replay\",\"pass\":\"%s\",\"events\":%llu,\"jobs\":%llu,\"seed\":%llu,"
      "\"seconds\":%.6f,\"events_per_second\":%.0f}\n",
      names[kind], (unsigned long long)events, (unsigned long long)jobs, (unsigned long long)seed,
      seconds, (double)events / seconds);
  }
  mdb_env_close(log);
  return 0;
}
