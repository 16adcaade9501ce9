/* A provider at its fastest: a raw epoll HTTP/1.1 keep-alive server on loopback that answers every
   request without a body with one small prediction (no id: it stands for every job), so that what
   is measured is the client.

   floor_poll_server      prints {"port":N}, serves until it is ended */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 256, READ_BYTES = 16384, PENDING_BYTES = 65536 };

#define BODY                                                                                 \
  "{\"version\":\"gm3qorzdhgbfurvjtvhg6dc\",\"model\":\"a/lipsync\",\"status\":\"processing\"," \
  "\"output\":null,\"error\":null,\"created_at\":\"2026-11-21T09:30:00.000Z\"}"

static char answer[512];
static size_t answer_bytes;

/* One connection: how much of "\r\n\r\n" has been seen, and answers the socket did not take yet. */
struct connection {
  int socket;
  int matched;
  size_t pending, sent;
  char buffer[PENDING_BYTES];
};

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int listen_on_loopback(void) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 ||
      listen(listener, 4096) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &size) != 0)
    die("listen");
  printf("{\"port\":%u}\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

/* Counts the heads that end in these bytes; a head may be cut anywhere between two reads. */
static int heads(struct connection *connection, const char *bytes, ssize_t count) {
  int found = 0, matched = connection->matched;
  for (ssize_t i = 0; i < count; i++) {
    if (bytes[i] == "\r\n\r\n"[matched]) matched++;
    else matched = bytes[i] == '\r';
    if (matched == 4) found++, matched = 0;
  }
  connection->matched = matched;
  return found;
}

static int flush(struct connection *connection) {
  while (connection->sent < connection->pending) {
    ssize_t count = send(
      connection->socket, connection->buffer + connection->sent,
      connection->pending - connection->sent, MSG_NOSIGNAL);
    if (count < 0) return errno == EAGAIN ? 0 : -1;
    connection->sent += (size_t)count;
  }
  connection->pending = connection->sent = 0;
  return 0;
}

/* Reads what is there and answers it; -1 when the connection is over. */
static int serve(struct connection *connection) {
  char bytes[READ_BYTES];
  if (flush(connection) != 0) return -1;
  for (;;) {
    ssize_t count = recv(connection->socket, bytes, sizeof bytes, 0);
    if (count < 0) return errno == EAGAIN ? 0 : -1;
    if (count == 0) return -1;
    for (int left = heads(connection, bytes, count); left > 0; left--) {
      /* a client that sends and never reads is no client of a bench */
      if (connection->pending + answer_bytes > PENDING_BYTES) return -1;
      memcpy(connection->buffer + connection->pending, answer, answer_bytes);
      connection->pending += answer_bytes;
    }
    if (flush(connection) != 0) return -1;
    if (count < READ_BYTES) return 0; /* level triggered: more would wake us again */
  }
}

static void accept_all(int poller, int listener) {
  for (;;) {
    int socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) {
      if (errno == EAGAIN || errno == ECONNABORTED) return;
      die("accept");
    }
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection) die("no memory");
    connection->socket = socket;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event) != 0) die("epoll_ctl");
  }
}

int main(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  answer_bytes = (size_t)snprintf(
    answer, sizeof answer,
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
    strlen(BODY), BODY);
  if (answer_bytes >= sizeof answer) return 1;
  int listener = listen_on_loopback(), poller = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, ready[EVENTS];
  if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) != 0) die("epoll");
  for (;;) {
    int count = epoll_wait(poller, ready, EVENTS, -1);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < count; i++) {
      struct connection *connection = ready[i].data.ptr;
      if (!connection) accept_all(poller, listener);
      else if (serve(connection) != 0) close(connection->socket), free(connection);
      else {
        /* wait for room only while answers are stuck */
        event.events = connection->pending > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN;
        event.data.ptr = connection;
        if (connection->pending > 0 || ready[i].events & EPOLLOUT)
          epoll_ctl(poller, EPOLL_CTL_MOD, connection->socket, &event);
      }
    }
  }
}
