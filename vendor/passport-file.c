/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands about passports share. */
#include "vendor/passport-file.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

GStrv
vendor_parse (int argc, char **argv, const GOptionEntry *entries, const char *arguments, guint n_files)
{
  g_autoptr (GOptionContext) context = g_option_context_new (arguments);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = g_new0 (char *, argc + 1);
  GStrv files;

  for (int i = 0; i < argc; i++)
    words[i] = g_strdup (argv[i]);
  if (entries)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse_strv (context, &words, &error)) {
    g_printerr ("%s\n", error->message);
    return NULL;
  }
  if (g_strv_length (words) < 2 || (n_files && g_strv_length (words) != n_files + 1)) {
    g_printerr (_ ("Usage: %s %s\n"), argv[0], arguments);
    return NULL;
  }
  files = g_strdupv (words + 1);
  return files;
}

GBytes *
vendor_read_file (const char *path, gsize max, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autofree char *buffer = g_malloc (max + 1);
  gsize length;

  if (!stream || !g_input_stream_read_all (G_INPUT_STREAM (stream), buffer, max + 1, &length, NULL, error))
    return NULL;
  return g_bytes_new (buffer, length);
}

WattlePassport *
vendor_load_passport (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = vendor_read_file (path, WATTLE_PASSPORT_MAX_SIZE, &error);
  WattlePassport *passport = bytes ? wattle_passport_new_from_bytes (bytes, &error) : NULL;

  if (!passport)
    g_printerr ("%s: %s\n", path, error->message);
  return passport;
}
