/* The workload's log and views as SQL tables, for every peer that speaks SQL. */
#pragma once
#include "workload.h"

#define CREATE_EVENTS                                                                     \
  "CREATE TABLE events(position BIGINT PRIMARY KEY, type SMALLINT, subject BIGINT,"       \
  " previous BIGINT, time_us BIGINT, account INTEGER, failed SMALLINT, amount BIGINT,"    \
  " name TEXT, body " BYTES ")"
#define CREATE_JOBS(table)                                                                \
  "CREATE TABLE " table "(subject BIGINT PRIMARY KEY, name TEXT UNIQUE, last BIGINT,"     \
  " updated_us BIGINT, submitted_us BIGINT, next_us BIGINT, held BIGINT, captured BIGINT," \
  " released BIGINT, account INTEGER, state SMALLINT, failed SMALLINT, polls INTEGER)"
#define CREATE_BALANCES(table)                                                            \
  "CREATE TABLE " table "(account INTEGER PRIMARY KEY, available BIGINT, held BIGINT,"    \
  " captured BIGINT, released BIGINT, count BIGINT)"

/* The views as SQL folds them from a set of events. A job's steps come in the order of their types,
   0 to 11, so the greatest is the state. */
#define FOLD_JOBS                                                                         \
  "SELECT subject, max(name), max(position), max(time_us),"                               \
  " max(CASE WHEN type = 0 THEN time_us END),"                                            \
  " CASE WHEN max(type) >= 10 THEN 0"                                                     \
  "  ELSE max(CASE WHEN type BETWEEN 3 AND 9 THEN time_us + 5000000 END) END,"            \
  " sum(CASE type WHEN 1 THEN amount WHEN 11 THEN -amount ELSE 0 END),"                   \
  " sum(CASE WHEN type = 11 AND failed = 0 THEN amount ELSE 0 END),"                      \
  " sum(CASE WHEN type = 11 AND failed = 1 THEN amount ELSE 0 END),"                      \
  " max(account), max(type), max(CASE WHEN type = 10 THEN failed ELSE 0 END),"            \
  " sum(CASE WHEN type BETWEEN 4 AND 9 THEN 1 ELSE 0 END) FROM "
#define FOLD_BALANCES                                                                     \
  "SELECT account,"                                                                       \
  " sum(CASE WHEN type = 1 THEN -amount WHEN failed = 1 THEN amount ELSE 0 END),"         \
  " sum(CASE WHEN type = 1 THEN amount ELSE -amount END),"                                \
  " sum(CASE WHEN type = 11 AND failed = 0 THEN amount ELSE 0 END),"                      \
  " sum(CASE WHEN type = 11 AND failed = 1 THEN amount ELSE 0 END), count(*) FROM "

/* The books must balance, or the work was not done: must come to zero. */
#define BALANCE(jobs, balances)                                                           \
  "SELECT (SELECT sum(held + captured) FROM " jobs ")"                                    \
  " - (SELECT sum(held + captured) FROM " balances ")"                                    \
  " + (SELECT sum(available + held + captured) FROM " balances ")"

/* What an append comes to, as one JSON line. */
static inline void report_append(
  const char *peer, const struct workload *load, uint64_t events, double seconds, double log_bytes,
  double view_bytes) {
  printf(
    "{\"bench\":\"%s\",\"events\":%llu,\"jobs\":%llu,\"held\":%llu,\"seconds\":%.6f,"
    "\"events_per_second\":%.0f,"
    "\"log_bytes_per_event\":%.1f,\"view_bytes_per_event\":%.1f}\n",
    peer, (unsigned long long)events, (unsigned long long)load->jobs,
    (unsigned long long)load->held, seconds, (double)events / seconds, log_bytes / (double)events,
    view_bytes / (double)events);
}

/* The views anew beside those kept live, in one transaction. */
static inline void fold_views(void (*execute)(const char *)) {
  execute("BEGIN;" CREATE_JOBS("jobs2") ";" CREATE_BALANCES("balances2"));
  execute("INSERT INTO jobs2 " FOLD_JOBS "events GROUP BY subject");
  execute("INSERT INTO balances2 " FOLD_BALANCES "events WHERE type IN (1, 11) GROUP BY account");
  execute("COMMIT");
}
