/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The encrypted session: records, each the number of the record in its
 * direction (4 bytes, big-endian), AES-128-CCM ciphertext, 16-byte tag.
 *
 * Both directions have their own keys, from the SPAKE2+ shared key and the
 * hash of every handshake message.  A direction's keys are replaced after
 * WTL_REKEY_INTERVAL records by ones that they determine, but that do not
 * determine them.  The 13-byte nonce is direction, epoch, number and 4 bytes
 * derived with the key: no pair of key and nonce comes twice.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pairing/crypto.h"
#include "pairing/status.h"

#define WTL_RECORD_HEADER 4
#define WTL_RECORD_OVERHEAD (WTL_RECORD_HEADER + WTL_AEAD_TAG_SIZE)

/* Records under one key. */
#define WTL_REKEY_INTERVAL 65536

struct wtl_session_direction {
  struct wtl_aead aead;
  uint8_t chain[WTL_HASH_SIZE]; /* this epoch's key and the next chain come of it */
  uint8_t iv[4];
  uint8_t id;
  uint32_t count; /* records so far; the number of the next */
};

struct wtl_session {
  struct wtl_session_direction send;
  struct wtl_session_direction receive;
  bool open;
};

/* @session is all zeros.  @transcript: hash of the handshake's messages. */
enum wtl_status wtl_session_init (struct wtl_session *session, bool prover, const uint8_t shared[WTL_HASH_SIZE],
                                  const uint8_t transcript[WTL_HASH_SIZE]);

/* @record holds @len bytes of message after WTL_RECORD_HEADER bytes, and has
 * room for the tag behind them.  The record is then @len + WTL_RECORD_OVERHEAD
 * bytes.  WTL_ERROR_STATE when no numbers are left. */
enum wtl_status wtl_session_seal (struct wtl_session *session, uint8_t *record, size_t len);

/* In place: the message of @len - WTL_RECORD_OVERHEAD bytes, at least one, is
 * then at @record + WTL_RECORD_HEADER.  After WTL_ERROR_REPLAY, _FORGED or
 * _MALFORMED the session must be closed. */
enum wtl_status wtl_session_open (struct wtl_session *session, uint8_t *record, size_t len);

/* Wipes the keys.  Safe to call twice, and on zeros. */
void wtl_session_close (struct wtl_session *session);
