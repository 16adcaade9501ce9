/* The product's seal on a record: crc32c of what follows it, and a SHA-256 over the seal before and
   the record. Only the floor of `verify` pays for it; the other floors are the store's alone. */
#pragma once
#include "workload.h"
#define OPENSSL_SUPPRESS_DEPRECATED /* three times as fast on small records as what replaced it */
#include <openssl/sha.h>

#if defined(__x86_64__)
#include <immintrin.h>
__attribute__((target("sse4.2"))) static inline uint32_t crc32c(const uint8_t *bytes, size_t size) {
  uint64_t sum = 0xFFFFFFFF, word;
  for (; size >= 8; bytes += 8, size -= 8) {
    memcpy(&word, bytes, 8);
    sum = _mm_crc32_u64(sum, word);
  }
  for (; size; bytes++, size--) sum = _mm_crc32_u8((uint32_t)sum, *bytes);
  return ~(uint32_t)sum;
}
#else
static inline uint32_t crc32c(const uint8_t *bytes, size_t size) {
  uint32_t sum = 0xFFFFFFFF;
  for (; size; bytes++, size--) {
    sum ^= *bytes;
    for (int bit = 0; bit < 8; bit++) sum = sum >> 1 ^ (sum & 1 ? 0x82F63B78u : 0);
  }
  return ~sum;
}
#endif

/* The hash of a record that follows one with the hash `before`. */
static inline void chain_hash(
  const struct record *record, const uint8_t before[32], uint8_t hash[32]) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, before, 32);
  SHA256_Update(&context, record, offsetof(struct record, hash));
  SHA256_Final(hash, &context);
}

static inline uint32_t chain_crc(const struct record *record) {
  size_t start = offsetof(struct record, type);
  return crc32c((const uint8_t *)record + start, offsetof(struct record, hash) - start);
}
