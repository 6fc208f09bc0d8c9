/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that is not ours is escaped and stands in an element of its own
 * writing direction.
 */
#include "daemon/device/export-page.h"

#include <stdarg.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/store/log.h"
#include "privacy/catalog.h"
#include "privacy/support-text.h"

#define LOG_SHOWN 50

static const char style[]
    = "body{font-family:sans-serif;line-height:1.5;max-width:48rem;margin:0 auto;padding:1rem;color:#1e1e1e;"
      "background:#fff}table{border-collapse:collapse;width:100%}th,td{text-align:start;vertical-align:top;"
      "padding:.3rem .6rem .3rem 0;border-bottom:1px solid #8a8a8a}code{overflow-wrap:anywhere}"
      "a{color:#0b57a4}@media(prefers-color-scheme:dark){body{color:#eee;background:#1e1e1e}a{color:#8cc4ff}}";

/* What each file is; a name ends where its kind begins. */
static const struct {
  const char *name, *sentence;
} about_files[] = {
  { "readings", N_ ("The readings on this computer.") },
  { "device-readings", N_ ("The readings in the device's own memory.") },
  { "cloud-readings", N_ ("The readings in the manufacturer's cloud.") },
  { "cloud-devices", N_ ("What the manufacturer's cloud knows about the device and your decisions.") },
  { "cloud", N_ ("Everything the manufacturer's cloud holds for you, as it came.") },
  { "device", N_ ("What this computer knows about the device.") },
  { "device-info", N_ ("What the device says about itself.") },
  { "decisions", N_ ("What you allowed and refused, as it is now.") },
  { "consent", N_ ("Every decision you ever made, with the answers of the device and the cloud.") },
  { "receipts", N_ ("Receipts about this device.") },
  { "log", N_ ("What Wattle did with the device.") },
  { "keyring", N_ ("What your keyring calls the keys of the device. The keys are not in here.") },
  { "passport", N_ ("What the manufacturer says about the product.") },
  { "records/", N_ ("A table of Wattle's own records, as it is.") },
};

/* --- putting HTML together --- */

/* @html with each "%s" replaced by the next text, escaped.  It has no other
 * percent sign. */
static void
add (GString *out, const char *html, ...)
{
  va_list texts;

  va_start (texts, html);
  for (const char *at = html; *at != '\0'; at++) {
    if (at[0] == '%' && at[1] == 's') {
      g_autofree char *valid = g_utf8_make_valid (va_arg (texts, const char *), -1);
      g_autofree char *escaped = g_markup_escape_text (valid, -1);

      g_string_append (out, escaped);
      at++;
    } else {
      g_string_append_c (out, *at);
    }
  }
  va_end (texts);
}

static void
add_pairs (GString *out, const char *title, const char *first, const char *second, GPtrArray *pairs)
{
  if (pairs->len == 0)
    return;
  add (out, "<h2>%s</h2>\n<table>\n<tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th></tr>\n", title, first,
       second);
  for (guint i = 0; i + 1 < pairs->len; i += 2)
    add (out, "<tr><td><bdi>%s</bdi></td><td><bdi>%s</bdi></td></tr>\n", g_ptr_array_index (pairs, i),
         g_ptr_array_index (pairs, i + 1));
  g_string_append (out, "</table>\n");
}

static gboolean
is_right_to_left (const char *language)
{
  static const char *const languages[] = { "ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi", NULL };
  g_auto (GStrv) parts = g_strsplit (language, "-", 2);

  return parts[0] != NULL && g_strv_contains (languages, parts[0]);
}

static char *
format_time (gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time);
  g_autoptr (GDateTime) local = utc == NULL ? NULL : g_date_time_to_local (utc);

  /* Translators: a date and time of day, see g_date_time_format() */
  return local == NULL ? g_strdup ("") : g_date_time_format (local, _ ("%-d %B %Y, %H:%M"));
}

/* --- the parts --- */

static void
add_head (GString *out, const WattleExportAbout *about, const char *title)
{
  /* Translators: the code of your language, such as "de" or "pt-BR". */
  const char *language = g_dpgettext2 (GETTEXT_PACKAGE, "language code", "en");
  g_autofree char *when = format_time (about->time);

  add (out, "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", language,
       is_right_to_left (language) ? "rtl" : "ltr");
  g_string_append (out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                        "'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n"
                        "<meta name=\"referrer\" content=\"no-referrer\">\n");
  add (out, "<title>%s</title>\n<style>", title);
  g_string_append (out, style);
  add (out, "</style>\n</head>\n<body>\n<main>\n<h1>%s</h1>\n<p>%s</p>\n", title,
       _ ("This is a copy of all that is held about the device and you. It comes from this computer, the device and "
          "the manufacturer's cloud."));
  add (out, "<p>%s <bdi>%s</bdi></p>\n", _ ("Made on:"), when);
}

static const char *
describe_file (const char *name)
{
  gsize length = strcspn (name, ".");

  for (gsize i = 0; i < G_N_ELEMENTS (about_files); i++) {
    const char *known = about_files[i].name;

    if ((strlen (known) == length && strncmp (known, name, length) == 0)
        || (g_str_has_suffix (known, "/") && g_str_has_prefix (name, known)))
      return _ (about_files[i].sentence);
  }
  return "";
}

static void
add_files (GString *out, GPtrArray *files)
{
  add (out, "<h2>%s</h2>\n<p>%s</p>\n<table>\n", _ ("The files"),
       _ ("Files that end in .csv open in any spreadsheet. Files that end in .json are for programs."));
  add (out, "<tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th><th scope=\"col\">%s</th></tr>\n", _ ("File"),
       _ ("What is in it"), _ ("Size"));
  for (guint i = 0; i < files->len; i++) {
    const WattleExportFile *file = g_ptr_array_index (files, i);
    g_autofree char *size = g_format_size (g_bytes_get_size (file->bytes));
    g_autofree char *address = g_uri_escape_string (file->name, "/", FALSE);

    add (out, "<tr><td><a href=\"%s\"><bdi>%s</bdi></a></td><td>%s</td><td>%s</td></tr>\n", address, file->name,
         describe_file (file->name), size);
  }
  g_string_append (out, "</table>\n");
}

static void
add_left_out (GString *out, const WattleExportAbout *about)
{
  if (about->left_out == NULL || about->left_out[0] == NULL)
    return;
  add (out, "<h2>%s</h2>\n<ul>\n", _ ("What is missing"));
  for (guint i = 0; about->left_out[i] != NULL; i++)
    add (out, "<li>%s</li>\n", about->left_out[i]);
  add (out, "</ul>\n<p>%s</p>\n", _ ("Export again when the reason is gone."));
}

static void
add_correction (GString *out, const WattleExportAbout *about)
{
  add (out, "<h2>%s</h2>\n<p>%s</p>\n<p><code><bdi>wattle rename</bdi></code></p>\n", _ ("If something is wrong"),
       _ ("You can change the name of the device at any time:"));
  add (out, "<p>%s</p>\n",
       _ ("You can change your decisions at any time, too. What was measured cannot be changed, "
          "only deleted."));
  if (*about->contact != '\0')
    add (out, "<p>%s <bdi>%s</bdi>: <bdi>%s</bdi></p>\n",
         _ ("To have something put right that the manufacturer holds, write to"), about->maker, about->contact);
}

static void
add_end (GString *out)
{
  add (out, "<h2>%s</h2>\n<p>%s</p>\n<p><code><bdi>sha256sum -c SHA256SUMS</bdi></code></p>\n",
       _ ("Check that nothing was changed"),
       _ ("SHA256SUMS holds a fingerprint of each file. To compare them, open a terminal in this folder and type:"));
  add (out, "<h2>%s</h2>\n<p>%s</p>\n</main>\n</body>\n</html>\n", _ ("Keep it safe"),
       _ ("Keys and passwords are not in here, but personal data is. Keep these files where only you can read them."));
}

void
wattle_export_page_add (GPtrArray *files, const WattleExportAbout *about)
{
  GString *out = g_string_new (NULL);
  g_autofree char *title = g_strdup_printf (_ ("Everything held about %s"), about->name);

  add_head (out, about, title);
  add_pairs (out, _ ("The device"), _ ("What"), _ ("How it is"), about->facts);
  add (out, "<p>%s</p>\n", about->support);
  add_pairs (out, _ ("Your decisions"), _ ("What for"), _ ("What you said"), about->decisions);
  add_left_out (out, about);
  add_files (out, files);
  add_correction (out, about);
  add_pairs (out, _ ("What happened last"), _ ("When"), _ ("What"), about->log);
  add_end (out);
  wattle_export_files_add (files, "index.html", g_string_free_to_bytes (out));
}

/* --- what it is about --- */

static void
add_pair (GPtrArray *pairs, const char *first, const char *second)
{
  g_ptr_array_add (pairs, g_strdup (first));
  g_ptr_array_add (pairs, g_strdup (second));
}

static void
add_facts (WattleExportAbout *about)
{
  g_autofree char *set_up = format_time (about->set_up_at);

  add_pair (about->facts, _ ("Name"), about->name);
  add_pair (about->facts, _ ("Product"), about->product);
  add_pair (about->facts, _ ("Manufacturer"), about->maker);
  add_pair (about->facts, _ ("Serial number"), about->unit_id);
  add_pair (about->facts, _ ("Set up on"), set_up);
}

static void
collect_decisions (WattleExportAbout *about, WattleDevice *device)
{
  static const struct {
    const char *state, *words;
  } words[] = {
    { "not-asked", N_ ("You were not asked yet: off.") },
    { "given", N_ ("You said yes.") },
    { "refused", N_ ("You said no.") },
    { "withdrawn", N_ ("You took it back.") },
    { "expired", N_ ("Your yes has run out: off.") },
    { "outdated", N_ ("The notice has changed: off.") },
    { "needed", N_ ("The device needs it to work.") },
  };
  g_autoptr (GPtrArray) list = wattle_consent_list (wattle_device_get_consent (device));

  for (guint i = 0; i < list->len; i++) {
    const WattlePurposeStatus *status = g_ptr_array_index (list, i);
    const char *said = status->state;

    for (gsize w = 0; w < G_N_ELEMENTS (words); w++)
      if (g_str_equal (words[w].state, status->state))
        said = _ (words[w].words);
    add_pair (about->decisions, wattle_purpose_get_title (status->purpose, about->language), said);
  }
}

static void
collect_log (WattleExportAbout *about, WattleDevice *device)
{
  WattleDatabase *database = wattle_services_get_database (wattle_device_get_services (device), NULL);
  g_autoptr (GPtrArray) entries
      = database == NULL ? NULL : wattle_log_list (database, wattle_device_get_id (device), LOG_SHOWN, NULL);

  for (guint i = 0; entries != NULL && i < entries->len; i++) {
    const WattleLogEntry *entry = g_ptr_array_index (entries, i);
    g_autofree char *when = format_time (entry->time);

    add_pair (about->log, when, entry->sentence);
  }
}

WattleExportAbout *
wattle_export_about_new (WattleDevice *device, gint64 time)
{
  WattleExportAbout *about = g_new0 (WattleExportAbout, 1);
  WattlePassport *passport = wattle_device_get_passport (device);
  g_autofree char *headline = NULL;

  about->language = g_strdup (wattle_services_get_language (wattle_device_get_services (device)));
  about->name = g_strdup (wattle_device_get_name (device));
  about->product = g_strdup (wattle_passport_get_name (passport, about->language));
  about->maker = g_strdup (wattle_passport_get_manufacturer (passport));
  about->contact = g_strdup (wattle_passport_get_contact (passport));
  about->unit_id = g_strdup (wattle_device_get_unit_id (device));
  about->time = time;
  about->set_up_at = wattle_device_get_set_up_at (device);
  about->facts = g_ptr_array_new_with_free_func (g_free);
  about->decisions = g_ptr_array_new_with_free_func (g_free);
  about->log = g_ptr_array_new_with_free_func (g_free);
  wattle_support_get_warning (wattle_device_get_support (device), about->name, &headline, &about->support);
  add_facts (about);
  collect_decisions (about, device);
  collect_log (about, device);
  return about;
}

void
wattle_export_about_free (WattleExportAbout *about)
{
  g_free (about->name);
  g_free (about->product);
  g_free (about->maker);
  g_free (about->contact);
  g_free (about->unit_id);
  g_free (about->language);
  g_free (about->support);
  g_ptr_array_unref (about->facts);
  g_ptr_array_unref (about->decisions);
  g_ptr_array_unref (about->log);
  g_strfreev (about->left_out);
  g_free (about);
}
