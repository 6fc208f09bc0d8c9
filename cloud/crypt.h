/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few cryptographic pieces the cloud is made of, all by GnuTLS.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_KEY_SIZE 32

/* A key in memory: wipe it with wattle_key_clear(), or declare it g_auto. */
typedef struct {
  guint8 bytes[WATTLE_KEY_SIZE];
} WattleKey;

/* 32 bytes that name something without saying what: a hash or a random id. */
typedef struct {
  guint8 bytes[32];
} WattleRef;

/* A piece of what is hashed. */
typedef struct {
  gconstpointer data;
  gsize size;
} WattlePart;

void wattle_key_clear (WattleKey *key);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WattleKey, wattle_key_clear)

/* Fills from GnuTLS's generator; without randomness the process ends. */
void wattle_crypt_random (gpointer out, gsize size);

/* SHA-256 (@key NULL) or HMAC-SHA-256 over @label and @parts, each preceded by
 * its size in four bytes, big-endian, so that no two lists collide. */
void wattle_crypt_digest (const WattleKey *key, const char *label, const WattlePart *parts, guint n_parts,
                          WattleRef *out);

/* A key of @key's own for the use @label, with the function above. */
void wattle_crypt_derive (const WattleKey *key, const char *label, WattleKey *out);

gboolean wattle_ref_equal (const WattleRef *a, const WattleRef *b); /* in constant time */

/* AES-256-GCM: a byte 1, 12 random bytes of nonce, the ciphertext, 16 bytes of
 * tag.  What is authenticated beside it is @label, a NUL and @aad, so that a
 * sealed record cannot be moved to another place.
 * A nonce repeats with a chance below 2^-32 for 2^32 records of one key (NIST
 * SP 800-38D section 8.3); a key is one purpose of one device. */
GBytes *wattle_crypt_seal (const WattleKey *key, const char *label, const WattlePart *aad, gconstpointer data,
                           gsize size);

/* NULL where it is not what was sealed under @key, @label and @aad. */
GBytes *wattle_crypt_open (const WattleKey *key, const char *label, const WattlePart *aad, gconstpointer sealed,
                           gsize size);

G_END_DECLS
