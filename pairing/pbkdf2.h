/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key stretching.  crypto-pbkdf2.c has nothing else, so that a program with a faster
 * one can define the function itself; the library's is then not linked.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "pairing/status.h"

/* PBKDF2-HMAC-SHA256, RFC 8018. */
enum wtl_status wtl_pbkdf2 (const uint8_t *secret, size_t secret_len, const uint8_t *salt, size_t salt_len,
                            uint32_t iterations, uint8_t *out, size_t out_len);
