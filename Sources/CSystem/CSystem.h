// What the Glibc overlay lacks.
#pragma once
#include <stdint.h>
#include <stddef.h>
#include "Epoll.h"
