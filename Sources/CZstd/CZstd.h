// Zstandard (libzstd-dev): compression of blobs and backups.
#pragma once
#include <zstd.h>
