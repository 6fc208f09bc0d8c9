/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random passphrases from our list of words (data/wordlist).
 */
#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>

#include "common/secret-fd.h"
#include "daemon/password/password.h"
#include "wattle-wordlist.h"

#define WORDS 5
#define RESOURCE "/org/wattle/Companion/wordlist.txt"

/* The list is text, a word a line; it stays where the program has it. */
static const char *
load_list (gsize *size)
{
  g_autoptr (GBytes) list = g_resource_lookup_data (wattle_wordlist_get_resource (), RESOURCE, 0, NULL);

  if (!list)
    g_error ("the list of words is missing");
  return g_bytes_get_data (list, size);
}

guint
wattle_passphrase_words (void)
{
  gsize size;
  const char *list = load_list (&size);
  guint words = 0;

  for (gsize i = 0; i < size; i++)
    words += list[i] == '\n';
  return words;
}

/* Evenly distributed below @limit: numbers that would favour some are thrown
 * away. */
static gboolean
random_below (guint limit, guint *number)
{
  guint fair = G_MAXUINT32 - G_MAXUINT32 % limit;
  guint32 random;

  do
    if (gnutls_rnd (GNUTLS_RND_KEY, &random, sizeof random) < 0)
      return FALSE;
  while (random >= fair);
  *number = random % limit;
  return TRUE;
}

static void
append_word (GString *phrase, guint index)
{
  gsize size;
  const char *word = load_list (&size);

  for (; index > 0; index--)
    word = strchr (word, '\n') + 1;
  if (phrase->len)
    g_string_append_c (phrase, ' ');
  g_string_append_len (phrase, word, strchr (word, '\n') - word);
}

char *
wattle_passphrase_new (GError **error)
{
  /* Large enough from the start: growing would leave copies behind. */
  GString *phrase = g_string_sized_new (WATTLE_PASSWORD_MAX_LENGTH);
  guint words = wattle_passphrase_words ();

  for (guint i = 0; i < WORDS; i++) {
    guint index;

    if (!random_below (words, &index)) {
      wattle_secret_free (g_string_free (phrase, FALSE));
      g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_FAILED,
                           _ ("This computer gives no random numbers. Restart it and try again."));
      return NULL;
    }
    append_word (phrase, index);
  }
  return g_string_free (phrase, FALSE);
}
