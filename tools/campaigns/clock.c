// A wall clock that somebody sets: preloaded, it gives the time that the file FAULTS_CLOCK tells,
// "+N" or "-N" seconds from the real one, or "@N", frozen. CLOCK_BOOTTIME and CLOCK_MONOTONIC stay as
// they are: nobody can set those (F16).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, now);
  const char *path = getenv("FAULTS_CLOCK");
  if (result != 0 || !path || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
    return result;
  char text[32] = {0};
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return result;
  ssize_t count = read(file, text, sizeof text - 1);
  close(file);
  if (count > 0 && text[0] == '@') {
    now->tv_sec = atol(text + 1);
    now->tv_nsec = 0;
  } else {
    now->tv_sec += atol(text);
  }
  return result;
}

int gettimeofday(struct timeval *now, void *zone) {
  (void)zone;
  struct timespec time;
  int result = clock_gettime(CLOCK_REALTIME, &time);
  now->tv_sec = time.tv_sec;
  now->tv_usec = time.tv_nsec / 1000;
  return result;
}

time_t time(time_t *now) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  if (now) *now = time.tv_sec;
  return time.tv_sec;
}
