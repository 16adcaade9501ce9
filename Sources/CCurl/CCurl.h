// libcurl (libcurl4-openssl-dev). The setters are variadic in C, which Swift cannot call: one typed
// wrapper per argument kind.
#pragma once
#include <curl/curl.h>
