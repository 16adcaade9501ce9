/* Load for a server: keep-alive connections on one epoll thread, each asking again as soon as it is
   answered, and how long each answer took.

   http_load PORT PATH CONNECTIONS SECONDS
   Prints one JSON line. Every answer must be 200 and say its Content-Length. */
#include "floor.h"
#include <arpa/inet.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 256, ANSWER_BYTES = 65536, ANSWERS_MAX = 20000000 };

struct connection {
  int socket;
  uint64_t asked_ns;
  size_t held;
  char buffer[ANSWER_BYTES];
};

static char question[2048];
static size_t question_bytes;
static uint32_t *times_us;
static uint64_t answers;

static void ask(struct connection *connection) {
  connection->asked_ns = now_ns();
  connection->held = 0;
  if (send(connection->socket, question, question_bytes, MSG_NOSIGNAL) != (ssize_t)question_bytes)
    die("send: %s", strerror(errno));
}

/* Whether the whole answer is there; ends the program when it is not a 200. */
static int is_whole(struct connection *connection) {
  connection->buffer[connection->held] = 0;
  const char *end = strstr(connection->buffer, "\r\n\r\n");
  if (!end) return 0;
  if (strncmp(connection->buffer, "HTTP/1.1 200", 12) != 0)
    die("the answer is %.20s", connection->buffer);
  const char *length = strcasestr(connection->buffer, "\r\ncontent-length:");
  if (!length || length > end) die("an answer without Content-Length");
  size_t whole = (size_t)(end + 4 - connection->buffer) + strtoull(length + 17, NULL, 10);
  if (whole >= ANSWER_BYTES) die("an answer of %zu bytes", whole);
  return connection->held >= whole;
}

static void receive(struct connection *connection) {
  ssize_t got = recv(
    connection->socket, connection->buffer + connection->held,
    ANSWER_BYTES - 1 - connection->held, 0);
  if (got <= 0) die("a connection was closed");
  connection->held += (size_t)got;
  if (!is_whole(connection)) return;
  if (answers < ANSWERS_MAX)
    times_us[answers] = (uint32_t)((now_ns() - connection->asked_ns) / 1000);
  answers++;
  ask(connection);
}

static int compare_u32(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

int main(int count, char **argument) {
  if (count != 5) die("usage: http_load PORT PATH CONNECTIONS SECONDS");
  uint16_t port = (uint16_t)number(argument[1], 65535, "PORT");
  uint64_t connections = number(argument[3], 10000, "CONNECTIONS");
  uint64_t seconds = number(argument[4], 3600, "SECONDS");
  question_bytes = (size_t)snprintf(
    question, sizeof question, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", argument[2], port);
  if (question_bytes >= sizeof question) die("PATH is too long");
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct epoll_event ready[EVENTS];
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  times_us = malloc((size_t)ANSWERS_MAX * sizeof *times_us); /* touched as far as it is used */
  struct connection *all = calloc(connections, sizeof *all);
  if (!times_us || !all) die("no memory");
  for (uint64_t i = 0; i < connections; i++) {
    all[i].socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(all[i].socket, (struct sockaddr *)&address, sizeof address) != 0)
      die("connect: %s", strerror(errno));
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].socket, &event) != 0) die("epoll_ctl");
  }
  uint64_t start = now_ns(), end = start + seconds * 1000000000u;
  for (uint64_t i = 0; i < connections; i++) ask(&all[i]);
  while (now_ns() < end) {
    int found = epoll_wait(epoll, ready, EVENTS, 10000);
    if (found == 0) die("the server is silent");
    for (int i = 0; i < found; i++) receive(ready[i].data.ptr);
  }
  double elapsed = (double)(now_ns() - start) / 1e9;
  uint64_t known = answers < ANSWERS_MAX ? answers : ANSWERS_MAX;
  if (known == 0) die("nothing was answered");
  qsort(times_us, known, sizeof *times_us, compare_u32);
  printf(
    "{\"bench\":\"http_load\",\"requests_per_second\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n",
    (double)answers / elapsed, times_us[known / 2] / 1e3, times_us[known * 99 / 100] / 1e3);
  return 0;
}
