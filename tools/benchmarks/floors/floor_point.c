/* The floor of `ledger status JOB`: open the views of a home that floor_replay made, look one
   job up by its name, print it, end. With COUNT, that many lookups of random jobs.

   floor_point DIR JOB SEED [COUNT]      JOB: a job's number, with COUNT the highest to look up;
                                         SEED: of the workload that DIR was made from
   The whole command's time is taken from outside; us is from main to the answer, open included. */
#include "environment.h"

static struct job_row look_up(
  MDB_txn *txn, const struct views *views, uint64_t seed, uint64_t job) {
  char name[NAME_BYTES];
  uint64_t number;
  struct job_row row;
  job_name(seed, job, name);
  MDB_val key = {NAME_BYTES, name}, value;
  check(mdb_get(txn, views->names, &key, &value), "name");
  memcpy(&number, value.mv_data, sizeof number);
  if (number != job) die("the name of %llu leads to another job", (unsigned long long)job);
  key = (MDB_val){sizeof number, &number};
  check(mdb_get(txn, views->jobs, &key, &value), "job");
  memcpy(&row, value.mv_data, sizeof row);
  return row;
}

int main(int count, char **argument) {
  uint64_t began = now_ns();
  if (count < 4 || count > 5) die("usage: floor_point DIR JOB SEED [COUNT]");
  uint64_t job = number(argument[2], UINT64_MAX, "JOB");
  uint64_t seed = number(argument[3], UINT64_MAX, "SEED"), random = seed, polls = 0;
  uint64_t reads = count > 4 ? number(argument[4], 1000000000, "COUNT") : 1;
  MDB_env *env = open_environment(argument[1], "views", MDB_RDONLY);
  MDB_txn *txn;
  check(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), "begin");
  struct views views = open_views(txn, 0);
  struct job_row row = look_up(txn, &views, seed, job);
  uint64_t opened = now_ns();
  for (uint64_t i = 1; i < reads; i++) {
    polls += look_up(txn, &views, seed, 1 + draw(&random) % job).polls;
  }
  double per_read = reads > 1 ? (double)(now_ns() - opened) / (double)(reads - 1) / 1e3 : 0;
  printf(
    "{\"bench\":\"floor_point\",\"job\":%llu,\"state\":%u,\"polls\":%u,\"held\":%lld,"
    "\"captured\":%lld,\"us\":%.1f,\"reads\":%llu,\"us_per_read\":%.3f,\"polls_seen\":%llu}\n",
    (unsigned long long)job, row.state, row.polls, (long long)row.held, (long long)row.captured,
    (double)(opened - began) / 1e3, (unsigned long long)reads, per_read, (unsigned long long)polls);
  mdb_txn_abort(txn);
  mdb_env_close(env);
  return 0;
}
