/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements a device signs: claims, consent and wipe receipts.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "pairing/pairing.pb.h"
#include "pairing/port.h"
#include "pairing/status.h"

/* Signs ECDSA P-256 with SHA-256 (FIPS 186-5) over
 * "wattle-statement-v1" || encoded @statement, both into @out. */
enum wtl_status wtl_statement_sign (const wtl_Statement *statement, const uint8_t private_key[32],
                                    const struct wtl_port *port, wtl_SignedStatement *out);

/* Verifies and decodes.  WTL_ERROR_FORGED where the signature does not match. */
enum wtl_status wtl_statement_verify (const uint8_t *statement, size_t statement_len, const uint8_t signature[64],
                                      const uint8_t public_key[65], wtl_Statement *out);

/* A fresh P-256 key pair, for provisioning. */
enum wtl_status wtl_statement_keygen (const struct wtl_port *port, uint8_t private_key[32], uint8_t public_key[65]);
