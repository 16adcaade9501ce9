// Tells ThreadSanitizer what a Swift Mutex does while it waits (tools/test --tsan preloads it).
//
// The uncontended path of Synchronization.Mutex is inlined into the caller, whose atomics the
// sanitizer sees. The contended one lies in libswiftSynchronization, which is not built with the
// sanitizer: there it misses the order that the lock makes, and calls every such pair a race. These
// functions stand before the library's own, call them, and say what they did. A process without the
// sanitizer (a program that a test starts) has no __tsan_acquire, and nothing is said.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));

// _MutexHandle._lockSlow(_: UInt32), ._tryLockSlow() -> Bool, ._unlockSlow()
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

static void *next(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (found) return found;
  // Another toolchain, other names: a run that misses locks would prove nothing.
  fprintf(stderr, "tsan-mutex: there is no %s\n", name);
  abort();
}

SWIFT void lock(uint32_t thread, SELF) __asm__(LOCK);
SWIFT void lock(uint32_t thread, SELF) {
  static SWIFT void (*real)(uint32_t, SELF);
  if (!real) real = (SWIFT void (*)(uint32_t, SELF))next(LOCK);
  real(thread, self);
  if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT bool try_lock(SELF) __asm__(TRY_LOCK);
SWIFT bool try_lock(SELF) {
  static SWIFT bool (*real)(SELF);
  if (!real) real = (SWIFT bool (*)(SELF))next(TRY_LOCK);
  bool is_locked = real(self);
  if (is_locked && __tsan_acquire) __tsan_acquire(self);
  return is_locked;
}

SWIFT void unlock(SELF) __asm__(UNLOCK);
SWIFT void unlock(SELF) {
  static SWIFT void (*real)(SELF);
  if (!real) real = (SWIFT void (*)(SELF))next(UNLOCK);
  if (__tsan_release) __tsan_release(self);
  real(self);
}
