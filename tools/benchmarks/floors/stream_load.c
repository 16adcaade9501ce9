/* Load for streams: opens many, calls the server to write one event, and measures until every
   stream has it.

   stream_load PORT STREAMS PATH POST-PATH POST-BODY [ROUNDS]
   Prints {"streams","open_ms"}, the time of one opening, then {"fan_out_ms"} for each round. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "floor.h"

enum { BATCH = 256 };

static uint16_t port;

static int dial(void) {
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) {
    die("connect: %s", strerror(errno));
  }
  return fd;
}

static void ask(int fd, const char *method, const char *path, const char *type, const char *body) {
  char text[4096];
  int length = snprintf(
    text, sizeof text,
    "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s\r\nContent-Length: %zu\r\n\r\n%s", method, path,
    port, type, strlen(body), body);
  if (write(fd, text, (size_t)length) != length) die("write: %s", strerror(errno));
}

/* Until every one of the first `count` streams has got something since `seen` was cleared; what
   came is thrown away. */
static void wait_for_all(int epoll, uint64_t count, char *seen, const int *fds) {
  static char buffer[1 << 16];
  struct epoll_event events[1024];
  uint64_t left = count;
  for (uint64_t i = 0; i < count; i++) left -= (uint64_t)seen[i];
  while (left) {
    int ready = epoll_wait(epoll, events, 1024, 30000);
    if (ready <= 0) die("%llu streams got nothing", (unsigned long long)left);
    for (int i = 0; i < ready; i++) {
      uint64_t stream = events[i].data.u64;
      ssize_t got = read(fds[stream], buffer, sizeof buffer);
      if (got == 0 || (got < 0 && errno != EAGAIN)) die("a stream was closed");
      if (got > 0 && !seen[stream]) seen[stream] = 1, left--;
    }
  }
}

int main(int count, char **argument) {
  if (count < 6 || count > 7) die("usage: stream_load PORT STREAMS PATH POST-PATH BODY [ROUNDS]");
  port = (uint16_t)number(argument[1], 65535, "PORT");
  uint64_t streams = number(argument[2], 20000, "STREAMS");
  uint64_t rounds = count > 6 ? number(argument[6], 1000, "ROUNDS") : 3;
  struct rlimit limit = {streams + 64, streams + 64};
  if (setrlimit(RLIMIT_NOFILE, &limit)) die("setrlimit: %s", strerror(errno));
  int epoll = epoll_create1(0), *fds = calloc(streams, sizeof *fds);
  char *seen = calloc(streams, 1);
  uint64_t opened = now_ns();
  for (uint64_t i = 0; i < streams; i++) {
    fds[i] = dial();
    ask(fds[i], "GET", argument[3], "Accept: text/event-stream", "");
    fcntl(fds[i], F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = i};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event)) die("epoll_ctl");
    /* as fast as the server takes them: more would fill its queue, and connects would be dropped */
    if (i % BATCH == BATCH - 1 || i == streams - 1) wait_for_all(epoll, i + 1, seen, fds);
  }
  printf(
    "{\"streams\":%llu,\"open_ms\":%.3f}\n", (unsigned long long)streams,
    (double)(now_ns() - opened) / 1e6 / (double)streams);
  fflush(stdout);
  usleep(500000); /* heads and first bytes that came apart */
  int poster = dial();
  for (uint64_t round = 0; round < rounds; round++) {
    struct epoll_event events[1024];
    char drain[1 << 16];
    for (int ready; (ready = epoll_wait(epoll, events, 1024, 100)) > 0;) {
      for (int i = 0; i < ready; i++)
        while (read(fds[events[i].data.u64], drain, sizeof drain) > 0) {}
    }
    memset(seen, 0, streams);
    uint64_t began = now_ns();
    ask(poster, "POST", argument[4], "Content-Type: application/json", argument[5]);
    wait_for_all(epoll, streams, seen, fds);
    double ms = (double)(now_ns() - began) / 1e6;
    if (read(poster, drain, sizeof drain) <= 0) die("the POST was not answered");
    printf("{\"fan_out_ms\":%.2f}\n", ms);
    fflush(stdout);
  }
  return 0;
}
