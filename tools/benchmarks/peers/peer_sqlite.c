/* SQLite doing the same work: WAL, synchronous FULL, events and views in one transaction, prepared
   statements. The allocator may keep what it was given back: trimming it each commit costs more
   than the store does.

   peer_sqlite append DIR EVENTS EVENTS_PER_COMMIT SEED     DIR exists and is empty
   peer_sqlite rebuild DIR                                  every view anew, in SQL, from the events
   Prints one JSON line. */
#define BYTES "BLOB"
#include "tables.h"
#include <malloc.h>
#include <sqlite3.h>

static sqlite3 *base;

static void must(int code, const char *what) {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
    die("%s: %s", what, sqlite3_errmsg(base));
}

static void execute(const char *sql) { must(sqlite3_exec(base, sql, NULL, NULL, NULL), sql); }

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  must(sqlite3_prepare_v2(base, sql, -1, &statement, NULL), sql);
  return statement;
}

/* Runs a statement whose parameters are these numbers, from ?1 on. */
static void with_numbers(sqlite3_stmt *statement, const int64_t *numbers, int count) {
  for (int i = 0; i < count; i++) must(sqlite3_bind_int64(statement, i + 1, numbers[i]), "bind");
  must(sqlite3_step(statement), "step");
  must(sqlite3_reset(statement), "reset");
}

static int64_t ask(const char *sql) {
  sqlite3_stmt *statement = prepare(sql);
  must(sqlite3_step(statement), sql);
  int64_t answer = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return answer;
}

struct statements { sqlite3_stmt *event, *job, *step, *balance; };

static struct statements prepare_all(void) {
  return (struct statements){
    .event = prepare("INSERT INTO events VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)"),
    .job = prepare("INSERT INTO jobs VALUES(?1,?6,?2,?3,?3,NULL,0,0,0,?4,?5,0,0)"),
    .step = prepare(
      "UPDATE jobs SET last=?2, updated_us=?3, state=?4, held=held+?5, captured=captured+?6,"
      " released=released+?7, failed=failed|?8, polls=polls+?9,"
      " next_us=iif(?10<0,next_us,?10) WHERE subject=?1"),
    .balance = prepare(
      "INSERT INTO balances VALUES(?1,?2,?3,?4,?5,1) ON CONFLICT(account) DO UPDATE SET"
      " available=available+?2, held=held+?3, captured=captured+?4, released=released+?5,"
      " count=count+1"),
  };
}

static void write_event(const struct statements *to, int64_t position, const struct record *event) {
  int64_t type = event->type, subject = (int64_t)event->subject, time = (int64_t)event->time_us;
  int64_t amount = event->amount, failed = event->failed, account = event->account;
  if (type == SUBMITTED) {
    sqlite3_bind_text(to->event, 9, event->name, NAME_BYTES, SQLITE_STATIC);
    sqlite3_bind_text(to->job, 6, event->name, NAME_BYTES, SQLITE_STATIC);
  } else {
    sqlite3_bind_null(to->event, 9);
  }
  sqlite3_bind_blob(
    to->event, 10, event->text, sizeof event->text + sizeof event->hash, SQLITE_STATIC);
  with_numbers(to->event, (int64_t[]){
    position, type, subject, (int64_t)event->previous, time, account, failed, amount}, 8);
  if (type == SUBMITTED) {
    with_numbers(to->job, (int64_t[]){subject, position, time, account, type}, 5);
    return;
  }
  int64_t held = type == HELD ? amount : type == MONEY ? -amount : 0;
  int64_t captured = type == MONEY && !failed ? amount : 0;
  int64_t released = type == MONEY && failed ? amount : 0;
  int polls = type > DISPATCHED && type <= LAST_POLL;
  int64_t next = type == VERDICT ? 0 : type == DISPATCHED || polls ? time + 5000000 : -1;
  with_numbers(to->step, (int64_t[]){
    subject, position, time, type, held, captured, released, type == VERDICT && failed, polls,
    next}, 10);
  if (type == HELD || type == MONEY)
    with_numbers(
      to->balance, (int64_t[]){account, released - (type == HELD ? amount : 0), held, captured,
      released}, 5);
}

static void open_base(const char *dir) {
  char path[4096];
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  if (snprintf(path, sizeof path, "%s/ledger.sqlite", dir) >= (int)sizeof path)
    die("path too long");
  must(sqlite3_open(path, &base), path);
  execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-262144");
}

static void append(uint64_t events, uint64_t group, uint64_t seed) {
  execute(CREATE_EVENTS ";" CREATE_JOBS("jobs") ";" CREATE_BALANCES("balances"));
  struct statements to = prepare_all();
  struct workload *load = workload_new(seed, events);
  uint64_t position = 0, start = now_ns();
  while (position < events) {
    struct record event = {0};
    execute("BEGIN IMMEDIATE");
    uint64_t end = position + group;
    while (position < end || !(event.flags & END_OF_GROUP)) {
      position++;
      workload_next(load, position, &event);
      write_event(&to, (int64_t)position, &event);
    }
    execute("COMMIT");
  }
  double seconds = (double)(now_ns() - start) / 1e9;
  if (ask(BALANCE("jobs", "balances")) != 0) die("the books do not balance");
  double log = (double)ask("SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%events%'");
  double all = (double)ask("SELECT sum(pgsize) FROM dbstat");
  report_append("peer_sqlite", load, position, seconds, log, all - log);
}

static void rebuild(void) {
  execute("DROP TABLE IF EXISTS jobs2; DROP TABLE IF EXISTS balances2");
  uint64_t start = now_ns();
  fold_views(execute);
  double seconds = (double)(now_ns() - start) / 1e9;
  if (ask(BALANCE("jobs2", "balances2")) != 0) die("the books do not balance");
  if (ask("SELECT count(*) FROM (SELECT * FROM jobs EXCEPT SELECT * FROM jobs2)") != 0)
    die("the views differ from those kept live");
  double events = (double)ask("SELECT max(position) FROM events");
  printf(
    "{\"bench\":\"peer_sqlite\",\"events\":%.0f,\"seconds\":%.6f,\"events_per_second\":%.0f}\n",
    events, seconds, events / seconds);
}

int main(int count, char **argument) {
  int appends = count == 6 && !strcmp(argument[1], "append");
  if (!appends && !(count == 3 && !strcmp(argument[1], "rebuild")))
    die("usage: peer_sqlite append DIR EVENTS EVENTS_PER_COMMIT SEED | rebuild DIR");
  open_base(argument[2]);
  if (appends)
    append(
      number(argument[3], 1000000000, "EVENTS"), number(argument[4], 1000000, "EVENTS_PER_COMMIT"),
      number(argument[5], UINT64_MAX, "SEED"));
  else rebuild();
  sqlite3_close(base);
  return 0;
}
