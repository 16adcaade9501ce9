/* The workload of every comparison: 12 events a job (submitted, held, dispatch_started, dispatched,
   six polls, a verdict, captured or released), 90 % of the verdicts a success, 10,000 jobs
   interleaved at random (fewer in a run too short to finish them, so that every run has all kinds
   of events), 1,000 accounts, 150 bytes an event, all from one seed. Events of one command come
   together (submitted + held; the last poll + verdict + money) and are committed together. The
   product draws the same commands of the same jobs from the same seed (Bench/Workload.swift).
   Knows no store: floors and peers fold it each into their own. */
#pragma once
#include "floor.h"

enum { EVENTS_PER_JOB = 12, JOBS_IN_FLIGHT = 10000, ACCOUNTS = 1000, NAME_BYTES = 20 };
enum { SUBMITTED, HELD, STARTED, DISPATCHED, LAST_POLL = 9, VERDICT, MONEY }; /* 4 to 9 are polls */
enum { END_OF_GROUP = 2 };

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
  uint8_t text[53];
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
  uint64_t seed, random, jobs, in_flight;
  uint64_t held; /* micro-credits of all jobs so far: with `jobs`, tells that two drew the same */
  uint64_t slot; /* of the command that is being told, or JOBS_IN_FLIGHT between two */
  struct { uint64_t job, previous; uint8_t step; } slots[JOBS_IN_FLIGHT];
};

static inline uint64_t mix(uint64_t value) { /* SplitMix64's finaliser */
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

static inline uint64_t draw(uint64_t *state) { return mix(*state += 0x9E3779B97F4A7C15u); }

/* What a job's name, account, price and end are drawn from. */
static inline uint64_t fate(uint64_t seed, uint64_t job) {
  return mix(seed * 0x9E3779B9u + job);
}

/* A job's text id: digits in no order, as ids from users are. */
static inline void job_name(uint64_t seed, uint64_t job, char *name) {
  uint64_t value = fate(seed, job);
  memcpy(name, "job-", 4);
  for (int i = 4; i < NAME_BYTES; i++, value <<= 4) name[i] = "0123456789abcdef"[value >> 60];
}

static inline struct workload *workload_new(uint64_t seed, uint64_t events) {
  struct workload *load = calloc(1, sizeof *load);
  if (!load) die("no memory");
  load->seed = load->random = seed;
  load->slot = JOBS_IN_FLIGHT;
  load->in_flight = events / EVENTS_PER_JOB + 1;
  if (load->in_flight > JOBS_IN_FLIGHT) load->in_flight = JOBS_IN_FLIGHT;
  return load;
}

/* The event at `position` (1, 2, 3, ...): the next one of a job drawn from those in flight. */
static inline void workload_next(struct workload *load, uint64_t position, struct record *event) {
  if (load->slot == JOBS_IN_FLIGHT) load->slot = draw(&load->random) % load->in_flight;
  uint64_t slot = load->slot, filler = load->random + position;
  if (load->slots[slot].job == 0) load->slots[slot].job = ++load->jobs;
  uint64_t job = load->slots[slot].job, drawn = fate(load->seed, job);
  uint8_t step = load->slots[slot].step++;
  int more = step == SUBMITTED || step == LAST_POLL || step == VERDICT;
  memset(event, 0, sizeof *event);
  event->type = step;
  event->version = 1;
  event->flags = more ? 0 : END_OF_GROUP;
  event->time_us = 1763700000000000u + position * 100;
  event->subject = job;
  event->previous = load->slots[slot].previous;
  event->account = (uint32_t)(drawn % ACCOUNTS);
  event->failed = drawn / ACCOUNTS % 10 == 0;
  event->amount = (int64_t)(1 + drawn / 10000 % 50) * 1000000;
  if (step == SUBMITTED) job_name(load->seed, job, event->name);
  if (step == HELD) load->held += (uint64_t)event->amount;
  for (size_t i = 0; i < sizeof event->text; i++) event->text[i] = (uint8_t)(filler >> i % 56);
  load->slots[slot].previous = position;
  if (!more) load->slot = JOBS_IN_FLIGHT;
  if (step == MONEY) memset(&load->slots[slot], 0, sizeof load->slots[slot]);
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
