/* The puts of the product's other views, beside the rows that store.h keeps: who is who, lists by
   state and by due time, handles, buckets, holds, postings, blobs. Keys and rows are about as long
   as the product's; what they hold matters only where it decides their place. */
#pragma once
#include "environment.h"

enum { SUBJECT_BYTES = 24, KEY_BYTES = 16, HOLD_BYTES = 16, SUMS_BYTES = 40 };
enum { BLOB_KEY_BYTES = 24, BLOB_BYTES = 60 };

struct puts {
  MDB_dbi subjects, states, due, externals, buckets, holds, postings, digests, blobs;
  uint64_t ordinal; /* of the last blob */
};

static inline MDB_dbi table(MDB_txn *txn, const char *name, unsigned flags) {
  MDB_dbi table;
  check(mdb_dbi_open(txn, name, MDB_CREATE | flags, &table), name);
  return table;
}

static inline struct puts open_puts(MDB_txn *log, MDB_txn *txn) {
  return (struct puts){
    .subjects = table(txn, "subjects", MDB_INTEGERKEY), .states = table(txn, "states", 0),
    .due = table(txn, "due", 0), .externals = table(txn, "externals", 0),
    .buckets = table(txn, "buckets", MDB_INTEGERKEY), .holds = table(txn, "holds", MDB_INTEGERKEY),
    .postings = table(txn, "postings", MDB_INTEGERKEY), .digests = table(txn, "blobs", 0),
    .blobs = table(log, "blobs", MDB_INTEGERKEY)};
}

static inline void put(
  MDB_txn *txn, MDB_dbi table, void *key, size_t key_size, void *data, size_t size) {
  MDB_val name = {key_size, key}, value = {size, data};
  check(mdb_put(txn, table, &name, &value, 0), "mdb_put");
}

static inline void drop(MDB_txn *txn, MDB_dbi table, void *key, size_t size) {
  MDB_val name = {size, key};
  check(mdb_del(txn, table, &name, NULL), "mdb_del");
}

/* A row that is read and then written, as a balance is. */
static inline void touch(MDB_txn *txn, MDB_dbi table, uint64_t key, size_t size) {
  uint8_t row[SUMS_BYTES] = {0};
  MDB_val name = {sizeof key, &key}, value;
  if (mdb_get(txn, table, &name, &value) == MDB_SUCCESS) memcpy(row, value.mv_data, size);
  put(txn, table, &key, sizeof key, row, size);
}

/* (first, second) big-endian: the key of a list in that order. */
static inline void pair(uint64_t first, uint64_t second, uint8_t key[16]) {
  first = __builtin_bswap64(first);
  second = __builtin_bswap64(second);
  memcpy(key, &first, 8);
  memcpy(key + 8, &second, 8);
}

static inline void list(MDB_txn *txn, MDB_dbi table, uint64_t old, uint64_t new, uint64_t job) {
  uint8_t key[16];
  if (old == new) return;
  if (old) pair(old, job, key), drop(txn, table, key, sizeof key);
  if (new) pair(new, job, key), put(txn, table, key, sizeof key, NULL, 0);
}

/* Submitted and held, started, dispatched, running, ended: polls do not leave their list. */
static inline uint64_t state_of(uint8_t type) {
  return type <= HELD ? 1 : type <= DISPATCHED ? type : type <= LAST_POLL ? 4 : 5;
}

static inline void put_money(
  MDB_txn *txn, struct puts *puts, uint64_t position, const struct record *event) {
  uint8_t sums[SUMS_BYTES] = {0};
  touch(txn, puts->buckets, event->account, SUMS_BYTES);
  touch(txn, puts->holds, event->subject, HOLD_BYTES);
  MDB_val key = {sizeof position, &position}, value = {sizeof sums, sums};
  check(mdb_put(txn, puts->postings, &key, &value, MDB_APPEND), "posting");
}

static inline void put_blob(
  MDB_txn *log, MDB_txn *txn, struct puts *puts, const struct record *event) {
  uint8_t key[BLOB_KEY_BYTES] = {0}, bytes[BLOB_BYTES] = {0};
  uint64_t ordinal = ++puts->ordinal;
  pair(event->subject, mix(ordinal), key);
  put(txn, puts->digests, key, sizeof key, &ordinal, sizeof ordinal);
  MDB_val name = {sizeof ordinal, &ordinal}, value = {sizeof bytes, bytes};
  check(mdb_put(log, puts->blobs, &name, &value, MDB_APPEND), "blob");
}

/* `old` is the job's row before the event, `new` after it. */
static inline void put_all(
  MDB_txn *log, MDB_txn *txn, struct puts *puts, uint64_t position, const struct record *event,
  const struct job_row *old, const struct job_row *new) {
  uint64_t job = event->subject, drawn = mix(job);
  uint8_t subject[SUBJECT_BYTES] = {0}, key[KEY_BYTES];
  uint64_t before = event->type == SUBMITTED ? 0 : state_of(old->state);
  list(txn, puts->states, before, state_of(new->state), job);
  list(txn, puts->due, old->next_us, new->next_us, job);
  pair(drawn, job, key);
  switch (event->type) {
    case SUBMITTED:
      put(txn, puts->subjects, &job, sizeof job, subject, sizeof subject);
      break;
    case DISPATCHED: put(txn, puts->externals, key, sizeof key, subject, 3); break;
    case VERDICT: if (!event->failed) put_blob(log, txn, puts, event); break;
    case HELD: case MONEY: put_money(txn, puts, position, event); break;
    default: break;
  }
}
