/* The floor of `ledger serve`: libmicrohttpd on one epoll thread, a job's status of 600 bytes read
   from LMDB for each request, and streams that sleep until somebody calls.

   floor_serve DIR JOBS      prints {"port":N}, serves until its standard input ends
     GET /v1/jobs/job-N      the status
     GET /v1/events          a stream
     POST /fire              sends one event of 300 bytes to every stream */
#include <arpa/inet.h>
#include <lmdb.h>
#include <microhttpd.h>
#include <pthread.h>
#include <unistd.h>

#include "floor.h"

#define STATUS_BYTES 600
#define EVENT_BYTES 300
#define STREAMS_MAX 20000

struct stream {
  struct MHD_Connection *connection;
  int asleep, called, over;
};

static MDB_env *env;
static MDB_dbi table;
static struct stream *streams[STREAMS_MAX];
static int stream_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char event[EVENT_BYTES + 1];

static void check(int code, const char *what) {
  if (code) die("%s: %s", what, mdb_strerror(code));
}

static ssize_t stream_read(void *context, uint64_t position, char *buffer, size_t size) {
  struct stream *stream = context;
  (void)size;
  if (position == 0) return (ssize_t)(memcpy(buffer, ": \n\n", 4), 4);
  ssize_t count = 0;
  pthread_mutex_lock(&lock);
  if (stream->called) {
    stream->called = 0;
    memcpy(buffer, event, EVENT_BYTES);
    count = EVENT_BYTES;
  } else {
    MHD_suspend_connection(stream->connection);
    stream->asleep = 1;
  }
  pthread_mutex_unlock(&lock);
  return count;
}

static void stream_free(void *context) {
  struct stream *stream = context;
  pthread_mutex_lock(&lock);
  stream->over = 1;
  pthread_mutex_unlock(&lock);
}

static enum MHD_Result send_text(struct MHD_Connection *connection, int status, const char *type,
                                 const void *body, size_t size) {
  struct MHD_Response *response =
    MHD_create_response_from_buffer(size, (void *)body, MHD_RESPMEM_MUST_COPY);
  MHD_add_response_header(response, "Content-Type", type);
  enum MHD_Result result = MHD_queue_response(connection, (unsigned)status, response);
  MHD_destroy_response(response);
  return result;
}

static enum MHD_Result open_stream(struct MHD_Connection *connection) {
  struct stream *stream = calloc(1, sizeof *stream);
  stream->connection = connection;
  pthread_mutex_lock(&lock);
  if (stream_count < STREAMS_MAX) streams[stream_count++] = stream;
  pthread_mutex_unlock(&lock);
  struct MHD_Response *response = MHD_create_response_from_callback(
    MHD_SIZE_UNKNOWN, 1024, stream_read, stream, stream_free);
  MHD_add_response_header(response, "Content-Type", "text/event-stream");
  enum MHD_Result result = MHD_queue_response(connection, 200, response);
  MHD_destroy_response(response);
  return result;
}

static void fire(void) {
  pthread_mutex_lock(&lock);
  for (int i = 0; i < stream_count; i++) {
    if (streams[i]->over) continue;
    streams[i]->called = 1;
    if (!streams[i]->asleep) continue;
    streams[i]->asleep = 0;
    MHD_resume_connection(streams[i]->connection);
  }
  pthread_mutex_unlock(&lock);
}

static enum MHD_Result read_status(struct MHD_Connection *connection, const char *job) {
  MDB_txn *txn;
  MDB_val key = {strlen(job), (void *)job}, value;
  check(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), "begin");
  enum MHD_Result result =
    mdb_get(txn, table, &key, &value)
      ? send_text(connection, 404, "text/plain", "no", 2)
      : send_text(connection, 200, "application/json", value.mv_data, value.mv_size);
  mdb_txn_abort(txn);
  return result;
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **memory) {
  (void)context, (void)version, (void)data;
  if (!*memory) return (*memory = &table, MHD_YES);
  if (*size) return (*size = 0, MHD_YES);
  if (!strncmp(url, "/v1/jobs/", 9)) return read_status(connection, url + 9);
  if (!strcmp(method, "POST")) {
    fire();
    return send_text(connection, 200, "text/plain", "ok", 2);
  }
  return open_stream(connection);
}

static void fill(const char *directory, uint64_t jobs) {
  MDB_txn *txn;
  check(mdb_env_create(&env), "create");
  check(mdb_env_set_mapsize(env, (size_t)1 << 30), "map");
  check(mdb_env_open(env, directory, MDB_NOSYNC, 0644), "open");
  check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
  check(mdb_dbi_open(txn, NULL, 0, &table), "table");
  for (uint64_t i = 0; i < jobs; i++) {
    char name[32], text[STATUS_BYTES];
    int length = snprintf(name, sizeof name, "job-%llu", (unsigned long long)i);
    memset(text, 'x', sizeof text);
    MDB_val key = {(size_t)length, name}, value = {sizeof text, text};
    check(mdb_put(txn, table, &key, &value, 0), "put");
  }
  check(mdb_txn_commit(txn), "commit");
}

int main(int count, char **argument) {
  if (count != 3) die("usage: floor_serve DIR JOBS");
  fill(argument[1], number(argument[2], 10000000, "JOBS"));
  memset(event, 'e', EVENT_BYTES);
  memcpy(event, "data: ", 6);
  memcpy(event + EVENT_BYTES - 2, "\n\n", 2);
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct MHD_Daemon *daemon = MHD_start_daemon(
    MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handle, NULL,
    MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_CONNECTION_LIMIT, (unsigned)STREAMS_MAX,
    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)4096, MHD_OPTION_END);
  if (!daemon) die("the server does not start");
  printf("{\"port\":%u}\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0) {}
  _exit(0);
}
