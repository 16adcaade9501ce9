// libmicrohttpd (libmicrohttpd-dev). MHD_start_daemon is variadic: wrapped where the Swift side needs it.
#pragma once
#include <microhttpd.h>
