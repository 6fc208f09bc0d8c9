/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wattle-vendor passport diff: what people are told when a passport takes the place
 * of another, and what they have to decide on again.
 */
#include <glib/gi18n.h>

#include "privacy/notice-diff.h"
#include "vendor/commands.h"
#include "vendor/passport-file.h"

/* One line per change: "!" where it needs a new decision, the purpose, the sentence. */
static void
print_changes (GPtrArray *changes)
{
  for (guint i = 0; i < changes->len; i++) {
    const WattleNoticeChange *change = g_ptr_array_index (changes, i);

    g_print ("%s %s: %s\n", change->widens ? "!" : " ", change->purpose ? change->purpose : "*", change->sentence);
  }
}

int
vendor_passport_diff (int argc, char **argv)
{
  g_autofree char *language = NULL;
  const GOptionEntry entries[] = {
    { "language", 'l', 0, G_OPTION_ARG_STRING, &language, N_ ("Language, such as de"), "LANGUAGE" },
    { NULL },
  };
  g_auto (GStrv) files = vendor_parse (argc, argv, entries, "OLD NEW", 2);
  g_autoptr (WattlePassport) before = NULL;
  g_autoptr (WattlePassport) after = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (GError) error = NULL;

  if (!files)
    return VENDOR_USAGE;
  before = vendor_load_passport (files[0]);
  after = before ? vendor_load_passport (files[1]) : NULL;
  if (!after)
    return VENDOR_FAILED;
  changes = wattle_notice_diff (before, after, language);
  print_changes (changes);
  if (changes->len == 0)
    g_print ("%s\n", _ ("Nothing changes for people."));
  if (wattle_passport_check_successor (before, after, &error))
    return VENDOR_OK;
  g_printerr ("%s: %s\n", files[1], error->message);
  return VENDOR_FAILED;
}
