/* The workload of every comparison: 12 events a job (submitted, held, dispatch_started, dispatched,
   six polls, a verdict, captured or released), 90 % of the verdicts a success, 10,000 jobs
   interleaved at random (fewer in a run too short to finish them, so that every run has all kinds
   of events), 1,000 accounts, 150 bytes an event, all from one seed. And the views that follow from
   it: a row per job, a balance per account, the job's name. */
#pragma once
#include "floor.h"
#include <lmdb.h>
#include <sys/stat.h>

enum { EVENTS_PER_JOB = 12, JOBS_IN_FLIGHT = 10000, ACCOUNTS = 1000, NAME_BYTES = 16 };
enum { SUBMITTED, HELD, STARTED, DISPATCHED, VERDICT = 10, MONEY = 11 }; /* 4 to 9 are polls */

/* 32 bytes of header, the body, 32 bytes that stand for the hash: the product's record, except that
   crc and hash are not computed, for the floor is the store's and not the chain's. */
struct record {
  uint32_t crc;
  uint16_t type;
  uint8_t version, flags;
  uint64_t time_us, subject, previous;
  uint32_t account;
  uint8_t failed;
  int64_t amount;
  char name[NAME_BYTES];
  uint8_t text[57];
  uint8_t hash[32];
} __attribute__((packed));
_Static_assert(sizeof(struct record) == 150, "the record is part of the workload");

struct job_row {
  uint64_t last, updated_us, submitted_us, next_us;
  int64_t held, captured, released;
  uint32_t account;
  uint8_t state, failed;
  uint16_t polls;
};
_Static_assert(sizeof(struct job_row) == 64, "no padding on disk");

struct balance_row { int64_t available, held, captured, released, count; };

struct workload {
  uint64_t random, jobs, in_flight;
  struct { uint64_t job, previous; uint8_t step; } slots[JOBS_IN_FLIGHT];
};

static inline uint64_t mix(uint64_t value) { /* SplitMix64's finaliser */
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

static inline uint64_t draw(uint64_t *state) { return mix(*state += 0x9E3779B97F4A7C15u); }

/* A job's text id: 16 hexadecimal digits in no order, as ids from users are. */
static inline void job_name(uint64_t job, char *name) {
  uint64_t value = mix(job * 0x9E3779B97F4A7C15u);
  for (int i = 0; i < NAME_BYTES; i++, value <<= 4) name[i] = "0123456789abcdef"[value >> 60];
}

static inline struct workload *workload_new(uint64_t seed, uint64_t events) {
  struct workload *load = calloc(1, sizeof *load);
  if (!load) die("no memory");
  load->random = seed;
  load->in_flight = events / EVENTS_PER_JOB + 1;
  if (load->in_flight > JOBS_IN_FLIGHT) load->in_flight = JOBS_IN_FLIGHT;
  return load;
}

/* The event at `position` (1, 2, 3, ...): the next one of a job drawn from those in flight. */
static inline void workload_next(struct workload *load, uint64_t position, struct record *event) {
  uint64_t drawn = draw(&load->random);
  uint64_t slot = drawn % load->in_flight;
  if (load->slots[slot].job == 0) load->slots[slot].job = ++load->jobs;
  uint64_t job = load->slots[slot].job, fate = mix(job);
  uint8_t step = load->slots[slot].step++;
  memset(event, 0, sizeof *event);
  event->type = step;
  event->version = 1;
  event->time_us = 1763700000000000u + position * 100;
  event->subject = job;
  event->previous = load->slots[slot].previous;
  event->account = (uint32_t)(fate % ACCOUNTS);
  event->failed = fate / ACCOUNTS % 10 == 0;
  event->amount = (int64_t)(1 + fate / 10000 % 50) * 1000000;
  if (step == SUBMITTED) job_name(job, event->name);
  for (size_t i = 0; i < sizeof event->text; i++) event->text[i] = (uint8_t)(drawn >> i % 56);
  load->slots[slot].previous = position;
  if (step == EVENTS_PER_JOB - 1) memset(&load->slots[slot], 0, sizeof load->slots[slot]);
}

/* The fold of one event into its job's row. */
static inline void apply_job(struct job_row *row, uint64_t position, const struct record *event) {
  row->last = position;
  row->updated_us = event->time_us;
  row->state = (uint8_t)event->type;
  row->account = event->account;
  switch (event->type) {
    case SUBMITTED: row->submitted_us = event->time_us; break;
    case HELD: row->held = event->amount; break;
    case STARTED: break;
    case DISPATCHED: row->next_us = event->time_us + 5000000; break;
    case VERDICT: row->failed = event->failed; row->next_us = 0; break;
    case MONEY:
      row->held -= event->amount;
      *(event->failed ? &row->released : &row->captured) += event->amount;
      break;
    default: row->polls++; row->next_us = event->time_us + 5000000;
  }
}

/* The fold of one event into its account's balance; false when it moves no money. */
static inline int apply_balance(struct balance_row *row, const struct record *event) {
  if (event->type != HELD && event->type != MONEY) return 0;
  int64_t sign = event->type == HELD ? 1 : -1;
  row->held += sign * event->amount;
  row->count += 1;
  if (event->type == HELD || event->failed) row->available -= sign * event->amount;
  if (event->type == MONEY)
    *(event->failed ? &row->released : &row->captured) += event->amount;
  return 1;
}

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
  check(mdb_env_set_maxdbs(env, 8), "mdb_env_set_maxdbs");
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
