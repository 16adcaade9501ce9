// What the Glibc overlay lacks. Thin `static inline` wrappers, nothing else.
#pragma once
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "Epoll.h"

/// getrandom(2) without flags.
static inline ssize_t csystem_getrandom(void *buffer, size_t count) {
  return getrandom(buffer, count, 0);
}

/// Names the calling thread, up to 15 bytes (prctl(2), PR_SET_NAME).
static inline void csystem_name_thread(const char *name) {
  prctl(PR_SET_NAME, name, 0, 0, 0);
}

/// Swaps two names in one step: renameat2(2) with RENAME_EXCHANGE (2, linux/fs.h). 0, or -1 with errno.
static inline int csystem_exchange(const char *one, const char *other) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 2u);
}

/// The file system's magic number (statfs(2)), or -1 with errno.
static inline int64_t csystem_filesystem_magic(const char *path) {
  struct statfs status;
  if (statfs(path, &status) != 0) return -1;
  return (int64_t)(uint32_t)status.f_type;
}

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) continued from `crc`; start with 0.
/// By the processor's own instruction where the build's target has one, else by bit.
#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static inline uint32_t csystem_crc32c(
    uint32_t crc, const void *bytes, size_t count) {
  const uint8_t *p = (const uint8_t *)bytes;
  uint64_t c = ~crc;
  for (; count >= 8; count -= 8, p += 8) {
    uint64_t word;
    __builtin_memcpy(&word, p, 8);
    c = __builtin_ia32_crc32di(c, word);
  }
  for (; count > 0; count--, p++) c = __builtin_ia32_crc32qi((uint32_t)c, *p);
  return ~(uint32_t)c;
}
#else
static inline uint32_t csystem_crc32c(uint32_t crc, const void *bytes, size_t count) {
  const uint8_t *p = (const uint8_t *)bytes;
  uint32_t c = ~crc;
  for (; count > 0; count--, p++) {
    c ^= *p;
    for (int bit = 0; bit < 8; bit++) c = c >> 1 ^ (0x82F63B78u & (0u - (c & 1)));
  }
  return ~c;
}
#endif
