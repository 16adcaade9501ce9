/* PostgreSQL doing the same work: one client, one prepared statement a commit that inserts a set of
   events and folds it into the views; every commit is durable (synchronous_commit and fsync on).

   peer_postgres append CONNINFO EVENTS EVENTS_PER_COMMIT SEED     drops and makes the tables
   peer_postgres rebuild CONNINFO                                  every view anew, in SQL
   Prints one JSON line. */
#define BYTES "BYTEA"
#include "tables.h"
#include <arpa/inet.h>
#include <libpq-fe.h>

enum { COLUMNS = 10, NUMBERS = 8, BODY_BYTES = 85 };
enum { INT8_OID = 20, TEXT_OID = 25, BYTEA_OID = 17, INT8_ARRAY = 1016, TEXT_ARRAY = 1009 };
enum { BYTEA_ARRAY = 1001, HEADER_BYTES = 20 };

static PGconn *connection;

static PGresult *must(PGresult *result) {
  ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    die("%s", PQerrorMessage(connection));
  return result;
}

static void execute(const char *sql) { PQclear(must(PQexec(connection, sql))); }

static double ask(const char *sql) {
  PGresult *result = must(PQexec(connection, sql));
  double answer = strtod(PQgetvalue(result, 0, 0), NULL);
  PQclear(result);
  return answer;
}

/* A column of a batch as PostgreSQL's binary array of one dimension. */
struct column { char *bytes; size_t used; uint32_t count, oid; };

static void put32(struct column *column, uint32_t value) {
  value = htonl(value);
  memcpy(column->bytes + column->used, &value, 4);
  column->used += 4;
}

static void put_bytes(struct column *column, const void *bytes, uint32_t size) {
  put32(column, size);
  memcpy(column->bytes + column->used, bytes, size);
  column->used += size;
  column->count++;
}

static void put_number(struct column *column, int64_t value) {
  uint64_t turned = __builtin_bswap64((uint64_t)value);
  put_bytes(column, &turned, sizeof turned);
}

static void put_null(struct column *column) {
  put32(column, UINT32_MAX);
  column->count++;
}

/* The header, once the count is known: dimensions, nulls, type, length, first index. */
static void seal(struct column *column) {
  size_t used = column->used;
  column->used = 0;
  put32(column, 1);
  put32(column, 1);
  put32(column, column->oid);
  put32(column, column->count);
  put32(column, 1);
  column->used = used;
}

static void add(struct column *columns, int64_t position, const struct record *event) {
  int64_t numbers[NUMBERS] = {
    position, event->type, (int64_t)event->subject, (int64_t)event->previous,
    (int64_t)event->time_us, event->account, event->failed, event->amount};
  for (int i = 0; i < NUMBERS; i++) put_number(&columns[i], numbers[i]);
  if (event->type == SUBMITTED) put_bytes(&columns[8], event->name, NAME_BYTES);
  else put_null(&columns[8]);
  put_bytes(&columns[9], event->text, BODY_BYTES);
}

static void prepare(void) {
  Oid types[COLUMNS];
  for (int i = 0; i < COLUMNS; i++) types[i] = INT8_ARRAY;
  types[8] = TEXT_ARRAY;
  types[9] = BYTEA_ARRAY;
  PQclear(must(PQprepare(connection, "commit",
    "WITH e AS (SELECT * FROM unnest($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)"
    "  AS e(position,type,subject,previous,time_us,account,failed,amount,name,body)),"
    " i AS (INSERT INTO events SELECT * FROM e),"
    " j AS (INSERT INTO jobs AS o " FOLD_JOBS "e GROUP BY subject"
    "  ON CONFLICT(subject) DO UPDATE SET last=excluded.last, updated_us=excluded.updated_us,"
    "  next_us=coalesce(excluded.next_us,o.next_us), held=o.held+excluded.held,"
    "  captured=o.captured+excluded.captured, released=o.released+excluded.released,"
    "  state=excluded.state, failed=greatest(o.failed,excluded.failed),"
    "  polls=o.polls+excluded.polls)"
    " INSERT INTO balances AS o " FOLD_BALANCES "e WHERE type IN (1, 11) GROUP BY account"
    "  ON CONFLICT(account) DO UPDATE SET available=o.available+excluded.available,"
    "  held=o.held+excluded.held, captured=o.captured+excluded.captured,"
    "  released=o.released+excluded.released, count=o.count+excluded.count",
    COLUMNS, types)));
}

static void commit(struct column *columns) {
  const char *values[COLUMNS];
  int lengths[COLUMNS], formats[COLUMNS];
  for (int i = 0; i < COLUMNS; i++) {
    seal(&columns[i]);
    values[i] = columns[i].bytes;
    lengths[i] = (int)columns[i].used;
    formats[i] = 1;
  }
  PQclear(must(PQexecPrepared(connection, "commit", COLUMNS, values, lengths, formats, 0)));
}

static void append(uint64_t events, uint64_t group, uint64_t seed) {
  execute("SET client_min_messages = warning; DROP TABLE IF EXISTS events, jobs, balances");
  execute(CREATE_EVENTS ";" CREATE_JOBS("jobs") ";" CREATE_BALANCES("balances"));
  prepare();
  execute("CHECKPOINT");
  struct column columns[COLUMNS] = {0};
  for (int i = 0; i < COLUMNS; i++) {
    columns[i].bytes = malloc(HEADER_BYTES + (group + EVENTS_PER_JOB) * (4 + BODY_BYTES));
    columns[i].oid = i == 8 ? TEXT_OID : i == 9 ? BYTEA_OID : INT8_OID;
    if (!columns[i].bytes) die("no memory");
  }
  struct workload *load = workload_new(seed, events);
  uint64_t position = 0, start = now_ns();
  while (position < events) {
    struct record event = {0};
    uint64_t end = position + group;
    for (int i = 0; i < COLUMNS; i++) columns[i].used = HEADER_BYTES, columns[i].count = 0;
    while (position < end || !(event.flags & END_OF_GROUP)) {
      position++;
      workload_next(load, position, &event);
      add(columns, (int64_t)position, &event);
    }
    commit(columns);
  }
  double seconds = (double)(now_ns() - start) / 1e9;
  if (ask(BALANCE("jobs", "balances")) != 0) die("the books do not balance");
  double log = ask("SELECT pg_total_relation_size('events')");
  double views =
    ask("SELECT pg_total_relation_size('jobs') + pg_total_relation_size('balances')");
  report_append("peer_postgres", load, position, seconds, log, views);
}

static void rebuild(void) {
  execute("SET client_min_messages = warning; DROP TABLE IF EXISTS jobs2, balances2");
  uint64_t start = now_ns();
  fold_views(execute);
  double seconds = (double)(now_ns() - start) / 1e9;
  if (ask(BALANCE("jobs2", "balances2")) != 0) die("the books do not balance");
  double events = ask("SELECT max(position) FROM events");
  printf(
    "{\"bench\":\"peer_postgres\",\"events\":%.0f,\"seconds\":%.6f,\"events_per_second\":%.0f}\n",
    events, seconds, events / seconds);
}

int main(int count, char **argument) {
  int appends = count == 6 && !strcmp(argument[1], "append");
  if (!appends && !(count == 3 && !strcmp(argument[1], "rebuild")))
    die("usage: peer_postgres append CONNINFO EVENTS EVENTS_PER_COMMIT SEED | rebuild CONNINFO");
  connection = PQconnectdb(argument[2]);
  if (PQstatus(connection) != CONNECTION_OK) die("%s", PQerrorMessage(connection));
  if (appends)
    append(
      number(argument[3], 1000000000, "EVENTS"), number(argument[4], 1000000, "EVENTS_PER_COMMIT"),
      number(argument[5], UINT64_MAX, "SEED"));
  else rebuild();
  PQfinish(connection);
  return 0;
}
