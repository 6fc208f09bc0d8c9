/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How good a device password is, and passphrases that are good.
 */
#pragma once

#include <glib.h>

#include "common/error.h"

G_BEGIN_DECLS

#define WATTLE_PASSWORD_MIN_LENGTH 10  /* characters */
#define WATTLE_PASSWORD_MAX_LENGTH 128 /* bytes, as the protocol's */
#define WATTLE_PASSWORD_MIN_SCORE 3

typedef struct {
  guint score;         /* 0 (guessed at once) to 4 (very strong), zxcvbn's scale */
  gboolean acceptable; /* whether Wattle takes it */
  char **reasons;      /* sentences: why not, or what would make it better; NULL-terminated, may be empty */
} WattlePasswordStrength;

void wattle_password_strength_free (WattlePasswordStrength *strength);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattlePasswordStrength, wattle_password_strength_free)

/* @related: words a guesser would try first, such as the product's name, the
 * unit id and the setup code; may be NULL. */
WattlePasswordStrength *wattle_password_check (const char *password, const char *const *related);

/* Five random words from the list, joined with spaces: more than 50 bits of
 * chance.
 * Free with wattle_secret_free(). */
char *wattle_passphrase_new (GError **error);

/* Words in the list. */
guint wattle_passphrase_words (void);

G_END_DECLS
