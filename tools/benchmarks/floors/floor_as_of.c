/* The floor of `--as-of`: an account's balance by one seek among its postings, and a job by a walk
   back along its own events, folded, both at a position drawn at random.

   floor_as_of DIR QUESTIONS [SEED]      DIR: what floor_log and `floor_replay DIR fold_write` made
   Prints one JSON line. The postings are written first and not measured. */
#include "environment.h"

enum { POSTING_KEY = 12, CHAIN_MAX = 64 };

/* (account, position), big-endian, so that one account's postings lie together in order. */
static void posting_key(uint32_t account, uint64_t position, uint8_t *key) {
  account = __builtin_bswap32(account);
  position = __builtin_bswap64(position);
  memcpy(key, &account, 4);
  memcpy(key + 4, &position, 8);
}

static uint64_t write_postings(MDB_txn *log, MDB_dbi events, MDB_txn *txn, MDB_dbi postings) {
  static struct balance_row balances[ACCOUNTS];
  MDB_cursor *cursor;
  MDB_val key, value;
  uint64_t position = 0;
  check(mdb_cursor_open(log, events, &cursor), "cursor");
  while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS) {
    const struct record *event = value.mv_data;
    position++;
    if (!apply_balance(&balances[event->account], event)) continue;
    uint8_t name[POSTING_KEY];
    posting_key(event->account, position, name);
    MDB_val row_key = {sizeof name, name};
    MDB_val row = {sizeof *balances, &balances[event->account]};
    check(mdb_put(txn, postings, &row_key, &row, 0), "posting");
  }
  mdb_cursor_close(cursor);
  return position;
}

/* The newest posting of the account that is not behind `position`; all zero when there is none. */
static struct balance_row balance(MDB_cursor *cursor, uint32_t account, uint64_t position) {
  struct balance_row row = {0};
  uint8_t name[POSTING_KEY];
  posting_key(account, position + 1, name);
  MDB_val key = {sizeof name, name}, value;
  int found = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
  if (mdb_cursor_get(cursor, &key, &value, found ? MDB_LAST : MDB_PREV)) return row;
  if (memcmp(key.mv_data, name, 4) != 0) return row;
  memcpy(&row, value.mv_data, sizeof row);
  return row;
}

/* The job as its events up to `position` made it. */
static struct job_row job(MDB_txn *log, MDB_dbi events, uint64_t last, uint64_t position) {
  struct { uint64_t position; const struct record *event; } chain[CHAIN_MAX];
  struct job_row row = {0};
  int length = 0;
  while (last && length < CHAIN_MAX) {
    MDB_val key = {sizeof last, &last}, value;
    check(mdb_get(log, events, &key, &value), "event");
    chain[length].event = value.mv_data;
    chain[length++].position = last;
    memcpy(&last, (const uint8_t *)value.mv_data + offsetof(struct record, previous), sizeof last);
  }
  while (length-- > 0 && chain[length].position <= position)
    apply_job(&row, chain[length].position, chain[length].event);
  return row;
}

int main(int count, char **argument) {
  if (count < 3 || count > 4) die("usage: floor_as_of DIR QUESTIONS [SEED]");
  uint64_t questions = number(argument[2], 1000000000, "QUESTIONS");
  uint64_t random = count > 3 ? number(argument[3], UINT64_MAX, "SEED") : 1, sum = 0;
  MDB_env *log = open_environment(argument[1], "log", MDB_RDONLY);
  MDB_env *env = open_environment(argument[1], "views", MDB_NOSYNC);
  MDB_txn *log_txn, *txn;
  MDB_dbi events, postings;
  MDB_cursor *cursor;
  MDB_stat jobs;
  check(mdb_txn_begin(log, NULL, MDB_RDONLY, &log_txn), "begin");
  check(mdb_dbi_open(log_txn, "events", MDB_INTEGERKEY, &events), "events");
  check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
  check(mdb_dbi_open(txn, "postings", MDB_CREATE, &postings), "postings");
  uint64_t head = write_postings(log_txn, events, txn, postings);
  check(mdb_txn_commit(txn), "commit");
  check(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), "begin");
  struct views views = open_views(txn, 0);
  check(mdb_stat(txn, views.jobs, &jobs), "jobs");
  check(mdb_cursor_open(txn, postings, &cursor), "cursor");

  uint64_t start = now_ns();
  for (uint64_t i = 0; i < questions; i++) {
    uint32_t account = (uint32_t)(draw(&random) % ACCOUNTS);
    sum += (uint64_t)balance(cursor, account, 1 + draw(&random) % head).count;
  }
  uint64_t middle = now_ns();
  for (uint64_t i = 0; i < questions; i++) {
    uint64_t number = 1 + draw(&random) % jobs.ms_entries;
    MDB_val key = {sizeof number, &number}, value;
    check(mdb_get(txn, views.jobs, &key, &value), "job");
    struct job_row row;
    memcpy(&row, value.mv_data, sizeof row);
    sum += job(log_txn, events, row.last, 1 + draw(&random) % head).polls;
  }
  uint64_t end = now_ns();
  if (sum == 0) die("nothing was read");
  printf(
    "{\"bench\":\"floor_as_of\",\"questions\":%llu,\"balance_us\":%.3f,\"job_us\":%.3f}\n",
    (unsigned long long)questions, (double)(middle - start) / (double)questions / 1e3,
    (double)(end - middle) / (double)questions / 1e3);
  mdb_txn_abort(txn);
  mdb_txn_abort(log_txn);
  mdb_env_close(env);
  mdb_env_close(log);
  return 0;
}
