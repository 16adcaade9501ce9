// LMDB 0.9.24 as Debian ships it (liblmdb-dev). Only the module `LMDB` imports this.
#pragma once
#include <lmdb.h>
