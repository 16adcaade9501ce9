/* The store of the append floors: plain LMDB with the flushes the product makes. A synced log
   environment with the default flags, HEAD written before a commit is acknowledged and flushed once
   a second, the job and balance views in a second, unsynced environment; on demand the puts of all
   the product's views. */
#pragma once
#include "environment.h"
#include "puts.h"
#include <fcntl.h>
#include <unistd.h>

enum { SLOT_BYTES = 4096 };

struct store {
  MDB_env *log, *cache;
  MDB_txn *log_txn, *view_txn; /* of the commit that is being made */
  MDB_dbi events;
  struct views views;
  int every_view;
  struct puts puts;
  uint64_t position, flushed_ns, commits;
  int head; /* the witness: two slots written in turn */
};

static inline void store_open(struct store *store, const char *dir, int every_view) {
  char path[4096];
  MDB_stat status;
  *store = (struct store){.log = open_environment(dir, "log", 0), .flushed_ns = now_ns()};
  store->cache = open_environment(dir, "views", MDB_NOSYNC);
  check(mdb_txn_begin(store->log, NULL, 0, &store->log_txn), "begin");
  check(mdb_dbi_open(store->log_txn, "events", MDB_CREATE | MDB_INTEGERKEY, &store->events), "log");
  check(mdb_stat(store->log_txn, store->events, &status), "mdb_stat");
  if (status.ms_entries > 0) die("%s already holds a log", dir);
  check(mdb_txn_begin(store->cache, NULL, 0, &store->view_txn), "begin");
  store->views = open_views(store->view_txn, MDB_CREATE);
  store->every_view = every_view;
  if (every_view) store->puts = open_puts(store->log_txn, store->view_txn);
  check(mdb_txn_commit(store->log_txn), "commit");
  check(mdb_txn_commit(store->view_txn), "commit");
  if (snprintf(path, sizeof path, "%s/HEAD", dir) >= (int)sizeof path) die("path too long");
  store->head = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (store->head < 0) die("cannot open %s", path);
}

static inline void store_close(struct store *store) {
  mdb_env_close(store->cache);
  mdb_env_close(store->log);
  close(store->head);
}

static inline void store_begin(struct store *store) {
  check(mdb_txn_begin(store->log, NULL, 0, &store->log_txn), "begin");
  check(mdb_txn_begin(store->cache, NULL, 0, &store->view_txn), "begin");
}

static inline void *row_of(
  MDB_txn *txn, MDB_dbi table, uint64_t *key, void *buffer, size_t size) {
  MDB_val name = {sizeof *key, key}, value;
  int code = mdb_get(txn, table, &name, &value);
  if (code == MDB_NOTFOUND) return memset(buffer, 0, size);
  check(code, "mdb_get");
  return memcpy(buffer, value.mv_data, size);
}

/* Appends the event at the next position and folds it into the views. */
static inline void store_append(struct store *store, struct record *event) {
  MDB_txn *txn = store->view_txn;
  struct job_row job, old;
  struct balance_row balance;
  uint64_t position = ++store->position, subject = event->subject, account = event->account;
  MDB_val key = {sizeof position, &position}, value = {sizeof *event, event};
  check(mdb_put(store->log_txn, store->events, &key, &value, MDB_APPEND), "append");
  row_of(txn, store->views.jobs, &subject, &job, sizeof job);
  old = job;
  apply_job(&job, position, event);
  put(txn, store->views.jobs, &subject, sizeof subject, &job, sizeof job);
  if (event->type == SUBMITTED)
    put(txn, store->views.names, event->name, NAME_BYTES, &subject, sizeof subject);
  row_of(txn, store->views.balances, &account, &balance, sizeof balance);
  if (apply_balance(&balance, event))
    put(txn, store->views.balances, &account, sizeof account, &balance, sizeof balance);
  if (store->every_view)
    put_all(store->log_txn, txn, &store->puts, position, event, &old, &job);
}

static inline void write_head(struct store *store, int flush) {
  struct { uint64_t position; uint8_t hash[32], id[16], digest[32]; } slot = {0};
  slot.position = store->position;
  off_t place = (off_t)(store->commits++ & 1) * SLOT_BYTES;
  if (pwrite(store->head, &slot, sizeof slot, place) != sizeof slot) die("HEAD: write failed");
  uint64_t now = now_ns();
  if (!flush && now - store->flushed_ns < 1000000000u) return;
  if (fdatasync(store->head) != 0) die("HEAD: flush failed");
  store->flushed_ns = now;
}

/* The log is durable and HEAD written when this returns; `last` flushes HEAD, too. */
static inline void store_commit(struct store *store, int last) {
  put(store->view_txn, store->views.meta, "applied", 7, &store->position, sizeof store->position);
  check(mdb_txn_commit(store->log_txn), "commit of the log");
  write_head(store, last);
  check(mdb_txn_commit(store->view_txn), "commit of the views");
}
