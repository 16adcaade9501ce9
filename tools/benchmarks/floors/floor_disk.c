/* What the disk gives this minute: 4 KiB appended and made durable, again and again. A durable
   figure is worth nothing without it.

   floor_disk DIR      prints one JSON line, the median in microseconds */
#include "floor.h"
#include <fcntl.h>
#include <unistd.h>

enum { PROBES = 200 };

int main(int count, char **argument) {
  static const char page[4096];
  char path[4096];
  uint64_t times[PROBES];
  if (count != 2) die("usage: floor_disk DIR");
  if (snprintf(path, sizeof path, "%s/probe", argument[1]) >= (int)sizeof path)
    die("path too long");
  int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) die("cannot make %s", path);
  for (int i = 0; i < PROBES; i++) {
    uint64_t start = now_ns();
    if (pwrite(file, page, sizeof page, (off_t)i * 4096) != sizeof page || fdatasync(file) != 0)
      die("the disk refuses");
    times[i] = now_ns() - start;
  }
  close(file);
  unlink(path);
  printf(
    "{\"bench\":\"floor_disk\",\"fdatasync_us\":%.1f}\n",
    (double)quantile(times, PROBES, 0.5) / 1e3);
  return 0;
}
