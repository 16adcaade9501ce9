/* LMDB as every floor that uses it opens it: an environment, the tables of the views. */
#pragma once
#include "workload.h"
#include <lmdb.h>
#include <sys/stat.h>

static inline void check(int code, const char *what) {
  if (code != MDB_SUCCESS) die("%s: %s", what, mdb_strerror(code));
}

/* Opens (making the folder if need be) DIR/NAME; 64 GiB is address space, not disk. */
static inline MDB_env *open_environment(const char *dir, const char *name, unsigned flags) {
  char path[4096];
  if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path) die("path too long");
  if (!(flags & MDB_RDONLY)) mkdir(path, 0700);
  MDB_env *env;
  check(mdb_env_create(&env), "mdb_env_create");
  check(mdb_env_set_maxdbs(env, 20), "mdb_env_set_maxdbs");
  check(mdb_env_set_mapsize(env, (size_t)64 << 30), "mdb_env_set_mapsize");
  check(mdb_env_open(env, path, flags, 0600), path);
  return env;
}

struct views { MDB_dbi jobs, balances, names, meta; };

static inline struct views open_views(MDB_txn *txn, unsigned create) {
  struct views views;
  check(mdb_dbi_open(txn, "jobs", create | MDB_INTEGERKEY, &views.jobs), "jobs");
  check(mdb_dbi_open(txn, "balances", create | MDB_INTEGERKEY, &views.balances), "balances");
  check(mdb_dbi_open(txn, "names", create, &views.names), "names");
  check(mdb_dbi_open(txn, "meta", create, &views.meta), "meta");
  return views;
}
