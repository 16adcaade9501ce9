/* The floor of the poller: curl multi on epoll with as many easy handles as connections; each
   handle is given the next request when its last one is answered.

   floor_poll_client PORT CONNECTIONS REQUESTS [CA-FILE]      with CA-FILE over TLS
   Prints one JSON line; cpu_us_per_request is this process's user and system time. */
#include "floor.h"
#include <curl/curl.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EVENTS = 256 };

static CURLM *multi;
static int poller;
static long timeout_ms = -1;
static const char *authority; /* whose certificates are believed; NULL without TLS */
static uint64_t port, requests, started, finished, body_bytes;

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *user, void *known) {
  (void)easy, (void)user;
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(poller, EPOLL_CTL_DEL, socket, NULL);
    curl_multi_assign(multi, socket, NULL);
    return 0;
  }
  struct epoll_event event = {.data.fd = socket};
  if (what & CURL_POLL_IN) event.events |= EPOLLIN;
  if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
  if (epoll_ctl(poller, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) != 0)
    die("epoll_ctl: %s", strerror(errno));
  if (!known) curl_multi_assign(multi, socket, &poller); /* any mark that is not NULL */
  return 0;
}

static int on_timer(CURLM *handle, long milliseconds, void *user) {
  (void)handle, (void)user;
  timeout_ms = milliseconds;
  return 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *user) {
  (void)bytes, (void)user;
  body_bytes += size * count;
  return size * count;
}

/* Gives the handle the next request, until all have been given. */
static void start(CURL *easy) {
  if (started == requests) return;
  char url[128];
  snprintf(
    url, sizeof url, "http%s://127.0.0.1:%llu/v1/predictions/job-%llu", authority ? "s" : "",
    (unsigned long long)port, (unsigned long long)++started);
  curl_easy_setopt(easy, CURLOPT_URL, url);
  if (curl_multi_add_handle(multi, easy) != CURLM_OK) die("curl_multi_add_handle");
}

static void collect(void) {
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(multi, &left))) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL *easy = message->easy_handle;
    CURLcode code = message->data.result;
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK || status != 200)
      die("request failed: %s, HTTP %ld", curl_easy_strerror(code), status);
    finished++;
    curl_multi_remove_handle(multi, easy);
    start(easy);
  }
}

static double cpu_us(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void run(void) {
  struct epoll_event ready[EVENTS];
  int running;
  while (finished < requests) {
    int count = epoll_wait(poller, ready, EVENTS, (int)timeout_ms);
    if (count < 0 && errno != EINTR) die("epoll_wait: %s", strerror(errno));
    if (count <= 0) {
      timeout_ms = -1; /* curl sets it again when it wants another */
      curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    for (int i = 0; i < count; i++) {
      int mask = 0;
      if (ready[i].events & EPOLLIN) mask |= CURL_CSELECT_IN;
      if (ready[i].events & EPOLLOUT) mask |= CURL_CSELECT_OUT;
      if (ready[i].events & (EPOLLERR | EPOLLHUP)) mask |= CURL_CSELECT_ERR;
      curl_multi_socket_action(multi, ready[i].data.fd, mask, &running);
    }
    collect();
  }
}

int main(int count, char **argument) {
  if (count < 4 || count > 5)
    die("usage: floor_poll_client PORT CONNECTIONS REQUESTS [CA-FILE]");
  authority = argument[4];
  port = number(argument[1], 65535, "PORT");
  uint64_t connections = number(argument[2], 10000, "CONNECTIONS");
  requests = number(argument[3], 1000000000, "REQUESTS");
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  multi = curl_multi_init();
  poller = epoll_create1(EPOLL_CLOEXEC);
  CURL **handles = calloc(connections, sizeof *handles);
  if (!multi || poller < 0 || !handles) die("no memory");
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)connections);

  double cpu = cpu_us();
  uint64_t began = now_ns();
  for (uint64_t i = 0; i < connections; i++) {
    if (!(handles[i] = curl_easy_init())) die("no memory");
    curl_easy_setopt(handles[i], CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(handles[i], CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handles[i], CURLOPT_TIMEOUT_MS, 30000L);
    if (authority) curl_easy_setopt(handles[i], CURLOPT_CAINFO, authority);
    start(handles[i]);
  }
  run();
  double seconds = (double)(now_ns() - began) / 1e9;
  cpu = cpu_us() - cpu;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf(
    "{\"bench\":\"floor_poll\",\"requests\":%llu,\"connections\":%llu,\"seconds\":%.6f,"
    "\"requests_per_second\":%.0f,\"cpu_us_per_request\":%.2f,\"body_bytes\":%llu,"
    "\"peak_rss_kib\":%ld}\n",
    (unsigned long long)finished, (unsigned long long)connections, seconds,
    (double)finished / seconds, cpu / (double)finished, (unsigned long long)body_bytes,
    usage.ru_maxrss);
  for (uint64_t i = 0; i < connections; i++) curl_easy_cleanup(handles[i]);
  curl_multi_cleanup(multi);
  curl_global_cleanup();
  free(handles);
  return 0;
}
