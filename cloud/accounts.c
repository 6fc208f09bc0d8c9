/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making accounts and knowing them again.
 */
#include "cloud/accounts.h"

#include <gnutls/gnutls.h>
#include <string.h>

#include "cloud/handlers.h"
#include "cloud/problem.h"
#include "cloud/store.h"
#include "privacy/json.h"

#define ID_SIZE 16
#define ID_LENGTH (2 * ID_SIZE)
#define SECRET_SIZE 32
#define SECRET_LENGTH 43 /* of base64url */
#define CREDENTIALS_LENGTH (ID_LENGTH + 1 + SECRET_LENGTH)
#define BASE64_LENGTH ((CREDENTIALS_LENGTH + 2) / 3 * 4)

/* All that is ever kept of credentials.  Secrets have 256 random bits, so that
 * there is nothing for a slow hash to slow down. */
static void
account_derive (WattleAccount *account, const char *secret)
{
  const WattlePart parts[] = { { account->id, ID_LENGTH }, { secret, SECRET_LENGTH } };
  WattleRef grave;

  wattle_crypt_digest (NULL, "wattle-account-v1", parts, 1, &account->ref);
  wattle_crypt_digest (NULL, "wattle-secret-v1", parts, 2, &account->secret);
  wattle_crypt_digest (NULL, "wattle-grave-v1", parts, 2, &grave);
  memcpy (account->grave.bytes, grave.bytes, sizeof grave.bytes);
  gnutls_memset (&grave, 0, sizeof grave);
}

void
wattle_account_clear (WattleAccount *account)
{
  gnutls_memset (account, 0, sizeof *account);
}

/* "Basic BASE64(account:secret)" of exactly the right size. */
static gboolean
parse_basic (const char *header, char out[CREDENTIALS_LENGTH + 1])
{
  g_autofree guchar *decoded = NULL;
  gsize size = 0;
  gboolean right;

  if (!header || g_ascii_strncasecmp (header, "Basic ", 6) != 0 || strlen (header + 6) != BASE64_LENGTH)
    return FALSE;
  decoded = g_base64_decode (header + 6, &size);
  right = size == CREDENTIALS_LENGTH && decoded[ID_LENGTH] == ':' && !memchr (decoded, 0, size);
  if (right) {
    memcpy (out, decoded, size);
    out[size] = '\0';
  }
  gnutls_memset (decoded, 0, size);
  return right;
}

gboolean
wattle_account_identify (WattleCloud *cloud, WattleRequest *request, GError **error)
{
  WattleAccount *account = &request->account;
  char credentials[CREDENTIALS_LENGTH + 1];
  WattleRef secret = { 0 };
  gboolean found;

  if (!parse_basic (request->authorization, credentials))
    return wattle_problem (error, WATTLE_PROBLEM_UNAUTHORIZED, NULL);
  memcpy (account->id, credentials, ID_LENGTH);
  account->id[ID_LENGTH] = '\0';
  account_derive (account, credentials + ID_LENGTH + 1);
  gnutls_memset (credentials, 0, sizeof credentials);
  if (!wattle_is_hex (account->id, ID_LENGTH))
    return wattle_problem (error, WATTLE_PROBLEM_UNAUTHORIZED, NULL);
  if (!wattle_store_get_account (cloud->db, &account->ref, &found, &secret, error))
    return FALSE;
  account->known = wattle_ref_equal (&secret, &account->secret) && found;
  return TRUE;
}

gboolean
wattle_handle_create_account (WattleCloud *cloud, WattleRequest *request, WattleReply *reply, GError **error)
{
  guint8 id[ID_SIZE], secret[SECRET_SIZE];
  g_autofree char *secret_text = NULL;
  g_auto (WattleKey) key = { 0 };
  WattleAccount account = { 0 };
  JsonObject *object;

  if (request->json && !wattle_members_only (request->json, 0, error))
    return FALSE;
  wattle_crypt_random (id, sizeof id);
  wattle_crypt_random (secret, sizeof secret);
  for (guint i = 0; i < sizeof id; i++)
    g_snprintf (account.id + 2 * i, 3, "%02x", id[i]);
  secret_text = wattle_base64url_encode (secret, sizeof secret);
  account_derive (&account, secret_text);
  /* The key first: an account without one could keep nothing. */
  if (!wattle_keys_create (cloud->keys, &account.ref, NULL, NULL, &key, error))
    return FALSE;
  if (!wattle_store_add_account (cloud->db, &account.ref, &account.secret, error)) {
    wattle_keys_destroy (cloud->keys, &account.ref, NULL);
    return FALSE;
  }
  object = json_object_new ();
  json_object_set_string_member (object, "account", account.id);
  json_object_set_string_member (object, "secret", secret_text);
  wattle_reply_json (reply, 201, object);
  gnutls_memset (secret, 0, sizeof secret);
  gnutls_memset (secret_text, 0, strlen (secret_text));
  wattle_account_clear (&account);
  return TRUE;
}
