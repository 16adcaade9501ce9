// epoll and eventfd (epoll(7), eventfd(2)): the Glibc overlay leaves both out, and `epoll_event` is
// packed on some machines only, so its layout stays on this side.
#pragma once
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

enum {
  csystem_readable = 1,
  csystem_writable = 2,
  csystem_failed = 4,  // error or hang-up; always reported, never asked for
};

struct csystem_ready {
  int32_t fd;
  int32_t events;
};

static inline int csystem_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline uint32_t csystem_epoll_mask(int events) {
  return ((events & csystem_readable) ? EPOLLIN : 0u) |
         ((events & csystem_writable) ? EPOLLOUT : 0u);
}

static inline int csystem_epoll_add(int epoll, int fd, int events) {
  struct epoll_event event = {.events = csystem_epoll_mask(events), .data = {.fd = fd}};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static inline int csystem_epoll_change(int epoll, int fd, int events) {
  struct epoll_event event = {.events = csystem_epoll_mask(events), .data = {.fd = fd}};
  return epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event);
}

static inline int csystem_epoll_remove(int epoll, int fd) {
  struct epoll_event event = {0};
  return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, &event);
}

enum { csystem_epoll_batch = 256 };

/// Fills at most `capacity` (and at most `csystem_epoll_batch`) entries; their count, or -1.
static inline int csystem_epoll_wait(
    int epoll, struct csystem_ready *ready, int capacity, int timeout_ms) {
  struct epoll_event events[csystem_epoll_batch];
  if (capacity > csystem_epoll_batch) capacity = csystem_epoll_batch;
  int count = epoll_wait(epoll, events, capacity, timeout_ms);
  for (int i = 0; i < count; i++) {
    uint32_t e = events[i].events;
    ready[i].fd = events[i].data.fd;
    ready[i].events = ((e & EPOLLIN) ? csystem_readable : 0) |
                      ((e & EPOLLOUT) ? csystem_writable : 0) |
                      ((e & (EPOLLERR | EPOLLHUP)) ? csystem_failed : 0);
  }
  return count;
}

/// A counter that makes an epoll wait return; never blocks.
static inline int csystem_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
