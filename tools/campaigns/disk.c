// A disk that remembers: preloaded, it writes down what a program asks of the files below
// FAULTS_ROOT, in order, so that any loss of power in between can be played back (F3, F6). It can
// also open LMDB with flags that must lose data, give it a small map, and cut writes short.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(result, name, ...) \
  static result (*real)(__VA_ARGS__); \
  if (!real) real = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

// One record: kind, whether the descriptor writes through, length of text, of data, offset, inode.
struct __attribute__((packed)) record {
  char kind;
  uint8_t through;
  uint16_t text;
  uint32_t data;
  uint64_t offset, inode;
};

static int trace(void) {
  static int fd = -2;
  if (fd == -2) {
    const char *path = getenv("FAULTS_TRACE");
    fd = path ? (int)open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  }
  return fd;
}

static void note(char kind, int through, uint64_t inode, uint64_t offset, const char *text,
                 size_t text_size, const void *data, size_t size) {
  int fd = trace(), kept = errno;
  if (fd < 0) return;
  struct record head = {kind, (uint8_t)through, (uint16_t)text_size, (uint32_t)size, offset, inode};
  struct iovec parts[] = {
    {&head, sizeof head}, {(void *)text, text_size}, {(void *)data, size}};
  static ssize_t (*real)(int, const struct iovec *, int);
  pthread_mutex_lock(&lock);
  if (!real) real = (ssize_t (*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev");
  if (real(fd, parts, 3) != (ssize_t)(sizeof head + text_size + size)) abort();
  pthread_mutex_unlock(&lock);
  errno = kept;
}

static int below(const char *path) {
  const char *root = getenv("FAULTS_ROOT");
  return root && path && strncmp(path, root, strlen(root)) == 0;
}

// The path of a descriptor that lies below the root; empty when it does not.
static int place(int fd, char path[PATH_MAX]) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t count = readlink(link, path, PATH_MAX - 1);
  path[count > 0 ? count : 0] = 0;
  return below(path);
}

static uint64_t inode(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

static void wrote(int fd, const void *bytes, ssize_t count, off_t offset) {
  char path[PATH_MAX];
  int kept = errno;
  if (count <= 0) return;
  if (fd == STDOUT_FILENO) {
    note('A', 0, 0, 0, "", 0, bytes, (size_t)count);
  } else if (place(fd, path)) {
    int through = (fcntl(fd, F_GETFL) & (O_DSYNC | O_SYNC)) != 0;
    note('W', through, inode(fd), (uint64_t)offset, "", 0, bytes, (size_t)count);
  }
  errno = kept;
}

// The FAULTS_SHORT-th write to a file below the root is cut to half; 0 cuts none, and counts them.
static size_t cut(int fd, size_t size) {
  static long left = -1;
  const char *text = getenv("FAULTS_SHORT");
  char path[PATH_MAX];
  if (!text || size < 2 || !place(fd, path)) return size;
  if (left < 0) left = atol(text);
  int is_cut = left > 0 && --left == 0;
  note(is_cut ? '!' : '?', 0, 0, 0, "", 0, "", 0);
  return is_cut ? size / 2 : size;
}

ssize_t write(int fd, const void *bytes, size_t size) {
  REAL(ssize_t, write, int, const void *, size_t);
  off_t offset = lseek(fd, 0, SEEK_CUR);
  ssize_t count = real(fd, bytes, cut(fd, size));
  wrote(fd, bytes, count, offset);
  return count;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) {
  REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
  ssize_t count = real(fd, bytes, cut(fd, size), offset);
  wrote(fd, bytes, count, offset);
  return count;
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t offset) {
  return pwrite(fd, bytes, size, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int number) {
  REAL(ssize_t, writev, int, const struct iovec *, int);
  off_t offset = lseek(fd, 0, SEEK_CUR);
  size_t size = 0;
  for (int i = 0; i < number; i++) size += parts[i].iov_len;
  ssize_t count = cut(fd, size) < size ? real(fd, parts, 1) : real(fd, parts, number);
  ssize_t left = count;
  for (int i = 0; i < number && left > 0; i++) {
    ssize_t part = (ssize_t)parts[i].iov_len < left ? (ssize_t)parts[i].iov_len : left;
    wrote(fd, parts[i].iov_base, part, offset);
    offset += part;
    left -= part;
  }
  return count;
}

static void synced(int fd, int result) {
  char path[PATH_MAX];
  struct stat status;
  if (result != 0 || !place(fd, path) || fstat(fd, &status) != 0) return;
  note(S_ISDIR(status.st_mode) ? 'D' : 'S', 0, status.st_ino, 0, path, strlen(path), "", 0);
}

int fdatasync(int fd) {
  REAL(int, fdatasync, int);
  int result = real(fd);
  synced(fd, result);
  return result;
}

int fsync(int fd) {
  REAL(int, fsync, int);
  int result = real(fd);
  synced(fd, result);
  return result;
}

int ftruncate(int fd, off_t size) {
  REAL(int, ftruncate, int, off_t);
  char path[PATH_MAX];
  int result = real(fd, size);
  if (result == 0 && place(fd, path)) note('T', 0, inode(fd), (uint64_t)size, "", 0, "", 0);
  return result;
}

static int opened(int fd, int flags, int is_new) {
  char full[PATH_MAX];
  if (fd < 0 || !place(fd, full)) return fd;
  if (is_new && (flags & O_CREAT)) note('C', 0, inode(fd), 0, full, strlen(full), "", 0);
  if (!is_new && (flags & O_TRUNC)) note('T', 0, inode(fd), 0, "", 0, "", 0);
  return fd;
}

int open(const char *path, int flags, ...) {
  REAL(int, open, const char *, int, ...);
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  int is_new = access(path, F_OK) != 0;
  return opened(real(path, flags, mode), flags, is_new);
}
int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open(path, flags, mode);
}

static int renamed(char kind, int result, const char *old, const char *new) {
  if (result == 0 && below(new)) {
    char both[2 * PATH_MAX];
    int size = snprintf(both, sizeof both, "%s%c%s", old, 0, new);
    note(kind, 0, 0, 0, both, (size_t)size, "", 0);
  }
  return result;
}

int rename(const char *old, const char *new) {
  REAL(int, rename, const char *, const char *);
  return renamed('R', real(old, new), old, new);
}

int link(const char *old, const char *new) {
  REAL(int, link, const char *, const char *);
  return renamed('L', real(old, new), old, new);
}

static int named(char kind, int result, const char *path) {
  if (result == 0 && below(path)) note(kind, 0, 0, 0, path, strlen(path), "", 0);
  return result;
}

int unlink(const char *path) {
  REAL(int, unlink, const char *);
  return named('U', real(path), path);
}

int rmdir(const char *path) {
  REAL(int, rmdir, const char *);
  return named('X', real(path), path);
}

int mkdir(const char *path, mode_t mode) {
  REAL(int, mkdir, const char *, mode_t);
  return named('M', real(path, mode), path);
}

char *mkdtemp(char *template) {
  REAL(char *, mkdtemp, char *);
  char *path = real(template);
  if (path) named('M', 0, path);
  return path;
}

// The log may be opened by the descriptor of its directory.
static int is_log(const char *path) {
  char full[PATH_MAX];
  const char *name = realpath(path, full) ? strrchr(full, '/') : NULL;
  return name && strncmp(name, "/log", 4) == 0;
}

int mdb_env_set_mapsize(void *environment, size_t size);

// FAULTS_LMDB_FLAGS are added when the log is opened: the controls, MDB_NOSYNC and MDB_NOMETASYNC.
// FAULTS_MAP_BYTES gives it a map that can be full.
int mdb_env_open(void *environment, const char *path, unsigned flags, mode_t mode) {
  REAL(int, mdb_env_open, void *, const char *, unsigned, mode_t);
  const char *more = getenv("FAULTS_LMDB_FLAGS"), *bytes = getenv("FAULTS_MAP_BYTES");
  if (more && is_log(path)) flags |= (unsigned)strtoul(more, NULL, 0);
  if (bytes && is_log(path)) mdb_env_set_mapsize(environment, (size_t)atol(bytes));
  return real(environment, path, flags, mode);
}
