/* What every floor needs: a clock, an end with words, numbers from the command line. */
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Ends the program: a floor that stumbles must not print a number. */
__attribute__((noreturn, format(printf, 1, 2))) static inline void die(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(1);
}

static inline uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* A positive number from the command line, at most `limit`. */
static inline uint64_t number(const char *text, uint64_t limit, const char *name) {
  char *end;
  unsigned long long value = strtoull(text, &end, 10);
  if (*text < '0' || *text > '9' || *end || value == 0 || value > limit)
    die("%s must be a number from 1 to %llu", name, (unsigned long long)limit);
  return value;
}

static inline int compare_u64(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

/* The q-quantile (0 to 1) of `count` numbers, which it sorts. */
static inline uint64_t quantile(uint64_t *values, size_t count, double q) {
  qsort(values, count, sizeof *values, compare_u64);
  return values[(size_t)(q * (double)(count - 1))];
}
