/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session's records: replayed, reordered, forged, reflected, and enough of
 * them for new keys.
 */
#define _GNU_SOURCE /* memmem */
#include <glib.h>
#include <string.h>

#include "pairing/session.h"
#include "tests/unit/pairing/pair.h"

struct sessions {
  struct wtl_session companion;
  struct wtl_session device;
};

static const uint8_t shared[WTL_HASH_SIZE] = "shared";
static const uint8_t transcript[WTL_HASH_SIZE] = "transcript";

static void
sessions_open (struct sessions *sessions)
{
  memset (sessions, 0, sizeof *sessions);
  g_assert_cmpint (wtl_session_init (&sessions->companion, true, shared, transcript), ==, WTL_OK);
  g_assert_cmpint (wtl_session_init (&sessions->device, false, shared, transcript), ==, WTL_OK);
}

static void
sessions_close (struct sessions *sessions)
{
  wtl_session_close (&sessions->companion);
  wtl_session_close (&sessions->device);
}

#define TEXT "attack at dawn"
#define RECORD_LEN (sizeof TEXT + WTL_RECORD_OVERHEAD)

static void
seal (struct wtl_session *session, uint8_t record[RECORD_LEN])
{
  memcpy (record + WTL_RECORD_HEADER, TEXT, sizeof TEXT);
  g_assert_cmpint (wtl_session_seal (session, record, sizeof TEXT), ==, WTL_OK);
}

/* What opening a copy of @record comes to. */
static enum wtl_status
open_copy (struct wtl_session *session, const uint8_t record[RECORD_LEN])
{
  uint8_t copy[RECORD_LEN];
  enum wtl_status status;

  memcpy (copy, record, sizeof copy);
  status = wtl_session_open (session, copy, sizeof copy);
  if (status == WTL_OK)
    g_assert_cmpmem (copy + WTL_RECORD_HEADER, sizeof TEXT, TEXT, sizeof TEXT);
  else if (status == WTL_ERROR_FORGED)
    g_assert_false (memmem (copy, sizeof copy, "dawn", 4));
  return status;
}

static void
test_order (void)
{
  struct sessions sessions;
  uint8_t first[RECORD_LEN];
  uint8_t second[RECORD_LEN];

  sessions_open (&sessions);
  seal (&sessions.companion, first);
  seal (&sessions.companion, second);
  g_assert_cmpint (memcmp (first + 4, second + 4, sizeof TEXT), !=, 0);
  g_assert_cmpint (open_copy (&sessions.device, second), ==, WTL_ERROR_REPLAY); /* too early */
  g_assert_cmpint (open_copy (&sessions.device, first), ==, WTL_OK);
  g_assert_cmpint (open_copy (&sessions.device, first), ==, WTL_ERROR_REPLAY);
  g_assert_cmpint (open_copy (&sessions.device, second), ==, WTL_OK);
  g_assert_cmpint (open_copy (&sessions.device, first), ==, WTL_ERROR_REPLAY);

  /* Renumbered, an old record is a forgery. */
  first[3] = 2;
  g_assert_cmpint (open_copy (&sessions.device, first), ==, WTL_ERROR_FORGED);
  sessions_close (&sessions);
}

/* Sent back to its sender, a record with the right number is a forgery. */
static void
test_reflection (void)
{
  struct sessions sessions;
  uint8_t record[RECORD_LEN];

  sessions_open (&sessions);
  seal (&sessions.companion, record);
  g_assert_cmpint (open_copy (&sessions.companion, record), ==, WTL_ERROR_FORGED);
  sessions_close (&sessions);
}

static void
test_forgery (void)
{
  struct sessions sessions;
  uint8_t record[RECORD_LEN];

  sessions_open (&sessions);
  seal (&sessions.companion, record);
  for (size_t bit = 0; bit < sizeof record * 8; bit++) {
    record[bit / 8] ^= (uint8_t)(1 << bit % 8);
    g_assert_cmpint (open_copy (&sessions.device, record), ==, bit < 32 ? WTL_ERROR_REPLAY : WTL_ERROR_FORGED);
    record[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  for (size_t len = 0; len < sizeof record; len++) {
    g_autofree uint8_t *copy = g_memdup2 (record, len);

    g_assert_cmpint (wtl_session_open (&sessions.device, copy, len), ==,
                     len <= WTL_RECORD_OVERHEAD ? WTL_ERROR_MALFORMED : WTL_ERROR_FORGED);
  }
  g_assert_cmpint (open_copy (&sessions.device, record), ==, WTL_OK);
  sessions_close (&sessions);
}

/* Another shared key, or another transcript, is another session. */
static void
test_binding (void)
{
  uint8_t other[WTL_HASH_SIZE] = "other";
  struct sessions sessions;
  uint8_t record[RECORD_LEN];

  sessions_open (&sessions);
  seal (&sessions.companion, record);
  for (int i = 0; i < 2; i++) {
    wtl_session_close (&sessions.device);
    g_assert_cmpint (wtl_session_init (&sessions.device, false, i ? shared : other, i ? other : transcript), ==,
                     WTL_OK);
    g_assert_cmpint (open_copy (&sessions.device, record), ==, WTL_ERROR_FORGED);
  }
  sessions_close (&sessions);
}

/* Over two changes of key, one way; the other way keeps its own. */
static void
test_rekey (void)
{
  struct sessions sessions;
  uint8_t record[RECORD_LEN];
  uint8_t chain[WTL_HASH_SIZE];
  uint8_t other_chain[WTL_HASH_SIZE];

  sessions_open (&sessions);
  memcpy (other_chain, sessions.device.send.chain, sizeof other_chain);
  for (uint32_t i = 0; i < 2 * WTL_REKEY_INTERVAL + 100; i++) {
    memcpy (chain, sessions.companion.send.chain, sizeof chain);
    seal (&sessions.companion, record);
    g_assert_true ((memcmp (chain, sessions.companion.send.chain, sizeof chain) != 0)
                   == (i > 0 && i % WTL_REKEY_INTERVAL == 0));
    g_assert_cmpint (open_copy (&sessions.device, record), ==, WTL_OK);
  }
  g_assert_cmpmem (other_chain, sizeof other_chain, sessions.device.send.chain, WTL_HASH_SIZE);
  seal (&sessions.device, record);
  g_assert_cmpint (open_copy (&sessions.companion, record), ==, WTL_OK);
  sessions_close (&sessions);
}

/* Numbers that run out end the session; none is used twice. */
static void
test_exhaustion (void)
{
  struct sessions sessions;
  uint8_t record[RECORD_LEN];

  sessions_open (&sessions);
  sessions.companion.send.count = UINT32_MAX - 1;
  seal (&sessions.companion, record);
  g_assert_cmpint (wtl_session_seal (&sessions.companion, record, 1), ==, WTL_ERROR_STATE);
  sessions.device.receive.count = UINT32_MAX;
  memset (record, 0xff, 4);
  g_assert_cmpint (open_copy (&sessions.device, record), ==, WTL_ERROR_STATE);
  sessions_close (&sessions);
}

static void
test_close (void)
{
  static const struct wtl_session zeros;
  struct sessions sessions;
  uint8_t record[RECORD_LEN];

  sessions_open (&sessions);
  seal (&sessions.companion, record);
  wtl_session_close (&sessions.device);
  g_assert_cmpmem (&sessions.device, sizeof zeros, &zeros, sizeof zeros);
  wtl_session_close (&sessions.device);
  g_assert_cmpint (open_copy (&sessions.device, record), ==, WTL_ERROR_STATE);
  g_assert_cmpint (wtl_session_seal (&sessions.device, record, 1), ==, WTL_ERROR_STATE);
  sessions_close (&sessions);
}

/* A record by the document, with another implementation: see docs/protocol.md.
 * The values are from Python's cryptography: HKDF and AESCCM(tag_length=16). */
static void
test_known_answer (void)
{
  struct sessions sessions;
  uint8_t record[RECORD_LEN];
  g_autofree char *first = NULL;
  g_autofree char *back = NULL;

  sessions_open (&sessions);
  seal (&sessions.companion, record);
  first = pair_to_hex (record, sizeof record);
  g_assert_cmpstr (first, ==, "00000000a6a56f132a4800018a4e5bcf9313eb5793e874a3cc211d27e9e9a05578717e");
  seal (&sessions.device, record);
  back = pair_to_hex (record, sizeof record);
  g_assert_cmpstr (back, ==, "000000003d1c758a6ce76494f7eb8ee7d711a6694be502ed8c18faf3a6bef372953035");
  sessions_close (&sessions);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pairing/session/known-answer", test_known_answer);
  g_test_add_func ("/pairing/session/order", test_order);
  g_test_add_func ("/pairing/session/reflection", test_reflection);
  g_test_add_func ("/pairing/session/forgery", test_forgery);
  g_test_add_func ("/pairing/session/binding", test_binding);
  g_test_add_func ("/pairing/session/rekey", test_rekey);
  g_test_add_func ("/pairing/session/exhaustion", test_exhaustion);
  g_test_add_func ("/pairing/session/close", test_close);
  return g_test_run ();
}
