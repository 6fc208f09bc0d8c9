/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 of Mbed TLS under one name for 2.28 and 3.x.  Internal to pairing/. */
#pragma once

#include <mbedtls/sha256.h>
#include <mbedtls/version.h>

/* 3.0 took the names over that 2.x gave to functions without a result. */
#if MBEDTLS_VERSION_MAJOR < 3
#define sha256_starts mbedtls_sha256_starts_ret
#define sha256_update mbedtls_sha256_update_ret
#define sha256_finish mbedtls_sha256_finish_ret
#else
#define sha256_starts mbedtls_sha256_starts
#define sha256_update mbedtls_sha256_update
#define sha256_finish mbedtls_sha256_finish
#endif
