// OpenSSL 3 (libssl-dev): SHA-256, HMAC, Ed25519, constant-time compare, certificates.
#pragma once
#define OPENSSL_SUPPRESS_DEPRECATED  // SHA256_Init/Update/Final: the fastest path for small records
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>
