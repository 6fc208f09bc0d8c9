/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements a device signs: claims, consent and wipe receipts.
 */
#include "pairing/statement.h"

#include <pb_decode.h>
#include <pb_encode.h>
#include <string.h>

#include "pairing/channel.h"
#include "pairing/crypto.h"

static const char statement_label[] = "wattle-statement-v1";

_Static_assert(wtl_Statement_size <= sizeof ((wtl_SignedStatement *)0)->statement.bytes,
               "a signed statement holds every statement");

/* The label keeps a signature from meaning anything elsewhere. */
static enum wtl_status
hash_statement (const uint8_t *statement, size_t len, uint8_t out[WTL_HASH_SIZE])
{
  const struct wtl_bytes pieces[] = { { statement_label, sizeof statement_label - 1 }, { statement, len } };

  return wtl_sha256 (pieces, 2, out);
}

enum wtl_status
wtl_statement_sign (const wtl_Statement *statement, const uint8_t private_key[32], const struct wtl_port *port,
                    wtl_SignedStatement *out)
{
  struct wtl_rng rng = { port->random, port->ctx, false };
  pb_ostream_t stream = pb_ostream_from_buffer (out->statement.bytes, sizeof out->statement.bytes);
  uint8_t hash[WTL_HASH_SIZE];
  enum wtl_status status;

  if (!pb_encode (&stream, wtl_Statement_fields, statement))
    return WTL_ERROR_TOO_LONG;
  out->statement.size = (pb_size_t)stream.bytes_written;
  status = hash_statement (out->statement.bytes, out->statement.size, hash);
  if (status == WTL_OK)
    status = wtl_ecdsa_sign (private_key, hash, &rng, out->signature);
  return status;
}

enum wtl_status
wtl_statement_verify (const uint8_t *statement, size_t statement_len, const uint8_t signature[64],
                      const uint8_t public_key[65], wtl_Statement *out)
{
  uint8_t hash[WTL_HASH_SIZE];
  enum wtl_status status = hash_statement (statement, statement_len, hash);

  if (status == WTL_OK)
    status = wtl_ecdsa_verify (public_key, hash, signature);
  if (status == WTL_OK)
    status = wtl_statement_decode (statement, statement_len, out);
  return status;
}

enum wtl_status
wtl_statement_keygen (const struct wtl_port *port, uint8_t private_key[32], uint8_t public_key[65])
{
  struct wtl_rng rng = { port->random, port->ctx, false };
  enum wtl_status status = wtl_scalar_random (&rng, private_key);

  if (status == WTL_OK)
    status = wtl_point_mul_base (private_key, &rng, public_key);
  return status;
}
