/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The encrypted session.
 */
#include "pairing/session.h"

#include <string.h>

#include "pairing/secret.h"

#define ID_PROVER 'P' /* who sends */
#define ID_VERIFIER 'V'

static void
write_u32 (uint8_t *out, uint32_t value)
{
  out[0] = (uint8_t)(value >> 24);
  out[1] = (uint8_t)(value >> 16);
  out[2] = (uint8_t)(value >> 8);
  out[3] = (uint8_t)value;
}

static uint32_t
read_u32 (const uint8_t *in)
{
  return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

/* The epoch's key and IV from its chain. */
static enum wtl_status
load_key (struct wtl_session_direction *direction)
{
  uint8_t keys[WTL_AEAD_KEY_SIZE + sizeof direction->iv];
  enum wtl_status status
      = wtl_hkdf (NULL, 0, direction->chain, sizeof direction->chain, "wattle-record-key", keys, sizeof keys);

  if (status == WTL_OK)
    status = wtl_aead_init (&direction->aead, keys);
  if (status == WTL_OK)
    memcpy (direction->iv, keys + WTL_AEAD_KEY_SIZE, sizeof direction->iv);
  wtl_wipe (keys, sizeof keys);
  return status;
}

/* A one-way step: who finds this epoch's keys cannot read the last one's. */
static enum wtl_status
rekey (struct wtl_session_direction *direction)
{
  uint8_t next[WTL_HASH_SIZE];
  enum wtl_status status
      = wtl_hkdf (NULL, 0, direction->chain, sizeof direction->chain, "wattle-next-epoch", next, sizeof next);

  wtl_aead_free (&direction->aead);
  memcpy (direction->chain, next, sizeof next);
  wtl_wipe (next, sizeof next);
  return status == WTL_OK ? load_key (direction) : status;
}

static enum wtl_status
start (struct wtl_session_direction *direction, uint8_t id, const uint8_t *shared, const uint8_t *transcript)
{
  enum wtl_status status = wtl_hkdf (transcript, WTL_HASH_SIZE, shared, WTL_HASH_SIZE,
                                     id == ID_PROVER ? "wattle-session-v1 companion" : "wattle-session-v1 device",
                                     direction->chain, sizeof direction->chain);

  direction->id = id;
  direction->count = 0;
  return status == WTL_OK ? load_key (direction) : status;
}

static void
make_nonce (const struct wtl_session_direction *direction, uint8_t nonce[WTL_AEAD_NONCE_SIZE])
{
  nonce[0] = direction->id;
  write_u32 (nonce + 1, direction->count / WTL_REKEY_INTERVAL);
  write_u32 (nonce + 5, direction->count);
  memcpy (nonce + 9, direction->iv, sizeof direction->iv);
}

/* What comes before each record. */
static enum wtl_status
prepare (struct wtl_session_direction *direction, uint8_t nonce[WTL_AEAD_NONCE_SIZE])
{
  enum wtl_status status = WTL_OK;

  if (direction->count == UINT32_MAX)
    return WTL_ERROR_STATE;
  if (direction->count > 0 && direction->count % WTL_REKEY_INTERVAL == 0)
    status = rekey (direction);
  make_nonce (direction, nonce);
  return status;
}

enum wtl_status
wtl_session_init (struct wtl_session *session, bool prover, const uint8_t shared[WTL_HASH_SIZE],
                  const uint8_t transcript[WTL_HASH_SIZE])
{
  enum wtl_status status = start (&session->send, prover ? ID_PROVER : ID_VERIFIER, shared, transcript);

  if (status == WTL_OK)
    status = start (&session->receive, prover ? ID_VERIFIER : ID_PROVER, shared, transcript);
  session->open = status == WTL_OK;
  if (!session->open)
    wtl_session_close (session);
  return status;
}

enum wtl_status
wtl_session_seal (struct wtl_session *session, uint8_t *record, size_t len)
{
  uint8_t nonce[WTL_AEAD_NONCE_SIZE];
  enum wtl_status status;

  if (!session->open)
    return WTL_ERROR_STATE;
  status = prepare (&session->send, nonce);
  if (status != WTL_OK)
    return status;
  write_u32 (record, session->send.count);
  status = wtl_aead_seal (&session->send.aead, nonce, record + WTL_RECORD_HEADER, len);
  if (status == WTL_OK)
    session->send.count++;
  return status;
}

enum wtl_status
wtl_session_open (struct wtl_session *session, uint8_t *record, size_t len)
{
  uint8_t nonce[WTL_AEAD_NONCE_SIZE];
  enum wtl_status status;

  if (!session->open)
    return WTL_ERROR_STATE;
  if (len <= WTL_RECORD_OVERHEAD)
    return WTL_ERROR_MALFORMED;
  if (read_u32 (record) != session->receive.count)
    return WTL_ERROR_REPLAY;
  status = prepare (&session->receive, nonce);
  if (status == WTL_OK)
    status = wtl_aead_open (&session->receive.aead, nonce, record + WTL_RECORD_HEADER, len - WTL_RECORD_OVERHEAD);
  if (status == WTL_OK)
    session->receive.count++;
  return status;
}

void
wtl_session_close (struct wtl_session *session)
{
  wtl_aead_free (&session->send.aead);
  wtl_aead_free (&session->receive.aead);
  wtl_wipe (session, sizeof *session);
}
