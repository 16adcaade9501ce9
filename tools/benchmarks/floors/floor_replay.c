/* The floors of `replay`, `verify` and `audit`: one pass over a log that floor_log made.

   floor_replay DIR scan          read it in order
                    chain         check every record's crc and the chain of hashes
                    fold          fold it in memory; the books must balance
                    fold_write    and write every view in key order into a new environment, synced
   Prints one JSON line. DIR/views stays behind. */
#include "chain.h"
#include "environment.h"
#include <unistd.h>

/* Everything a fold keeps: arrays indexed by number, which is why jobs have numbers. */
struct fold {
  struct job_row *jobs; /* 1 ... job_count */
  struct name { uint64_t prefix, job; char text[NAME_BYTES]; } *names;
  uint64_t job_count, capacity;
  struct balance_row balances[ACCOUNTS];
};

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

static void check_record(uint64_t position, const struct record *event, uint8_t before[32]) {
  uint8_t hash[32];
  chain_hash(event, before, hash);
  if (event->crc != chain_crc(event) || memcmp(hash, event->hash, sizeof hash) != 0)
    die("damaged at %llu", (unsigned long long)position);
  memcpy(before, hash, sizeof hash);
}

/* One pass over the log; without a fold or a seal to check, a sum keeps the compiler honest. */
static uint64_t pass(MDB_env *log, struct fold *fold, int sealed, uint64_t *sum) {
  MDB_txn *txn;
  MDB_dbi table;
  MDB_cursor *cursor;
  MDB_val key, value;
  uint64_t expected = 1;
  uint8_t hash[32] = {0};
  check(mdb_txn_begin(log, NULL, MDB_RDONLY, &txn), "begin");
  check(mdb_dbi_open(txn, "events", MDB_INTEGERKEY, &table), "events");
  check(mdb_cursor_open(txn, table, &cursor), "cursor");
  int code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
  for (; code == MDB_SUCCESS; code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT), expected++) {
    uint64_t position;
    struct record event;
    memcpy(&position, key.mv_data, sizeof position);
    if (position != expected || value.mv_size != sizeof event)
      die("damaged at %llu", (unsigned long long)expected);
    if (sealed) {
      check_record(position, value.mv_data, hash);
    } else if (fold) {
      memcpy(&event, value.mv_data, sizeof event);
      fold_event(fold, position, &event);
    }
    *sum += ((const struct record *)value.mv_data)->subject;
  }
  if (code != MDB_NOTFOUND) check(code, "mdb_cursor_get");
  mdb_cursor_close(cursor);
  mdb_txn_abort(txn);
  return expected - 1;
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
  if (count != 3) die("usage: floor_replay DIR scan|chain|fold|fold_write");
  const char *kind = argument[2];
  int sealed = !strcmp(kind, "chain"), writes = !strcmp(kind, "fold_write");
  int folds = writes || !strcmp(kind, "fold");
  if (!sealed && !folds && strcmp(kind, "scan") != 0) die("there is no pass called %s", kind);
  MDB_env *log = open_environment(argument[1], "log", MDB_NOSYNC);
  struct fold *fold = folds ? calloc(1, sizeof *fold) : NULL;
  if (folds && !fold) die("no memory");
  if (writes) remove_views(argument[1]);
  uint64_t start = now_ns(), sum = 0;
  uint64_t events = pass(log, fold, sealed, &sum);
  if (writes) write_views(argument[1], fold);
  double seconds = (double)(now_ns() - start) / 1e9;
  if (sum == 0) die("nothing was read");
  if (fold) audit(fold);
  printf(
    "{\"bench\":\"floor_replay\",\"pass\":\"%s\",\"events\":%llu,\"seconds\":%.6f,"
    "\"events_per_second\":%.0f}\n",
    kind, (unsigned long long)events, seconds, (double)events / seconds);
  mdb_env_close(log);
  return 0;
}
