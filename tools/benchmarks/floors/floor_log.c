/* Makes the log that floor_replay and floor_as_of read: the workload, sealed, unsynced until its
   end. Not measured.

   floor_log DIR EVENTS [SEED]      DIR exists and is empty; prints one JSON line */
#include "chain.h"
#include "environment.h"

enum { GROUP = 10000 };

int main(int count, char **argument) {
  if (count < 3 || count > 4) die("usage: floor_log DIR EVENTS [SEED]");
  uint64_t events = number(argument[2], 1000000000, "EVENTS"), money = 0;
  uint64_t seed = count > 3 ? number(argument[3], UINT64_MAX, "SEED") : 1;
  MDB_env *log = open_environment(argument[1], "log", MDB_NOSYNC);
  struct workload *load = workload_new(seed, events);
  uint8_t hash[32] = {0};
  MDB_txn *txn;
  MDB_dbi table;
  check(mdb_txn_begin(log, NULL, 0, &txn), "begin");
  check(mdb_dbi_open(txn, "events", MDB_CREATE | MDB_INTEGERKEY, &table), "events");
  for (uint64_t position = 1; position <= events; position++) {
    struct record event;
    workload_next(load, position, &event);
    event.crc = chain_crc(&event);
    chain_hash(&event, hash, event.hash);
    memcpy(hash, event.hash, sizeof hash);
    money += event.type == HELD || event.type == MONEY;
    MDB_val key = {sizeof position, &position}, value = {sizeof event, &event};
    check(mdb_put(txn, table, &key, &value, MDB_APPEND), "append: is DIR empty?");
    if (position % GROUP > 0) continue;
    check(mdb_txn_commit(txn), "commit");
    check(mdb_txn_begin(log, NULL, 0, &txn), "begin");
  }
  check(mdb_txn_commit(txn), "commit");
  check(mdb_env_sync(log, 1), "sync");
  mdb_env_close(log);
  free(load);
  /* each event of money is a posting to one side and one to the other */
  printf(
    "{\"bench\":\"floor_log\",\"events\":%llu,\"postings\":%llu}\n", (unsigned long long)events,
    (unsigned long long)money * 2);
  return 0;
}
