/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts and ledgers as files: the verdict. */
#include "cli/verify.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/exit.h"
#include "cli/output.h"
#include "client/words.h"
#include "common/error.h"
#include "privacy/receipt.h"

/* Who deletes, by WattleEvidenceKind, as WATTLE_WORDS_PLACE knows them. */
static const char *const places[WATTLE_EVIDENCE_N_KINDS] = { "device", "cloud", "computer" };

gboolean
wattle_verify_is_file (const char *text)
{
  return g_str_equal (text, "-") || strchr (text, G_DIR_SEPARATOR) != NULL || g_str_has_suffix (text, ".json");
}

static gboolean
cannot_read (const char *path, const char *why, GError **error)
{
  g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_STORAGE, _ ("“%s” cannot be read: %s"), path, why);
  return FALSE;
}

/* At most WATTLE_RECEIPT_MAX_SIZE bytes. */
static gboolean
read_all (FILE *file, const char *path, GString *out, GError **error)
{
  char piece[65536];
  gsize n;

  while ((n = fread (piece, 1, sizeof piece, file)) > 0) {
    if (out->len + n > WATTLE_RECEIPT_MAX_SIZE)
      return cannot_read (path, _ ("It is too large for a receipt."), error);
    g_string_append_len (out, piece, (gssize)n);
  }
  return ferror (file) ? cannot_read (path, g_strerror (errno), error) : TRUE;
}

static GString *
read_file (const char *path, GError **error)
{
  GString *text = g_string_new (NULL);
  gboolean standard = g_str_equal (path, "-");
  FILE *file = standard ? stdin : fopen (path, "rbe");
  gboolean good = file != NULL ? read_all (file, path, text, error) : cannot_read (path, g_strerror (errno), error);

  if (file != NULL && !standard)
    fclose (file);
  if (good)
    return text;
  g_string_free (text, TRUE);
  return NULL;
}

static void
print_removed (const WattleReceiptSummary *summary)
{
  for (guint i = 0; i < WATTLE_EVIDENCE_N_KINDS; i++) {
    g_autofree char *count = NULL;

    if (summary->removed[i] < 0)
      continue;
    count = g_strdup_printf (
        ngettext ("%u entry deleted", "%u entries deleted", (gulong)MIN (summary->removed[i], G_MAXUINT)),
        (guint)MIN (summary->removed[i], G_MAXUINT));
    wattle_print_paragraphf (4, "%s: %s", wattle_words (WATTLE_WORDS_PLACE, places[i]), count);
  }
}

static void
print_fingerprint (const char *sentence, const char *fingerprint)
{
  if (fingerprint == NULL)
    return;
  wattle_print_paragraph (2, sentence);
  wattle_print ("    %s\n", fingerprint); /* whole, to be compared */
}

static void
print_summary (const WattleReceiptSummary *summary)
{
  g_autofree char *time = wattle_words_time ((guint64)summary->time);

  if (g_str_equal (summary->kind, "ledger"))
    wattle_print_paragraphf (0,
                             _ ("Genuine and unchanged: all that was decided about one device. These are %" PRIu64
                                " records with %" PRIu64 " answers to them. The last is of %s."),
                             summary->n_records, summary->n_confirmations, time);
  else if (g_str_equal (summary->kind, "consent"))
    wattle_print_paragraphf (0, _ ("Genuine and unchanged: the receipt of one decision of %s."), time);
  else
    wattle_print_paragraphf (0, _ ("Genuine and unchanged: the receipt of a wipe that was asked for on %s."), time);
  if (!summary->complete)
    wattle_print_paragraph (0, _ ("Not every place had confirmed when it was made."));
  print_removed (summary);
  print_fingerprint (_ ("The device that signed has the key"), summary->device_key_sha256);
  print_fingerprint (_ ("The cloud that signed has the key"), summary->cloud_key_sha256);
  if (summary->device_key_sha256 != NULL || summary->cloud_key_sha256 != NULL)
    wattle_print_paragraph (2, _ ("Compare them with what the maker publishes, if you want to be sure who signed."));
}

static void
print_json (const WattleReceiptSummary *summary)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  wattle_json_string (json, "kind", summary->kind);
  wattle_json_string (json, "id", summary->id);
  wattle_json_boolean (json, "genuine", TRUE);
  wattle_json_boolean (json, "complete", summary->complete);
  wattle_json_time (json, "time", (guint64)summary->time);
  wattle_json_int (json, "records", (gint64)summary->n_records);
  wattle_json_int (json, "confirmations", (gint64)summary->n_confirmations);
  json_builder_set_member_name (json, "removed");
  json_builder_begin_object (json);
  for (guint i = 0; i < WATTLE_EVIDENCE_N_KINDS; i++)
    if (summary->removed[i] >= 0)
      wattle_json_int (json, places[i], summary->removed[i]);
  json_builder_end_object (json);
  wattle_json_string (json, "device_key_sha256", summary->device_key_sha256);
  wattle_json_string (json, "cloud_key_sha256", summary->cloud_key_sha256);
  json_builder_end_object (json);
  wattle_print_json (json);
}

/* What does not even read as a receipt is damaged, not the caller's mistake. */
static WattleReceiptSummary *
verify (const char *text, gsize length, GError **error)
{
  g_autoptr (GError) local = NULL;
  WattleReceiptSummary *summary = wattle_receipt_verify (text, length, &local);

  if (g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT))
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_STORAGE, local->message);
  else if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return summary;
}

gboolean
wattle_verify_file (WattleCli *cli, const char *path, GError **error)
{
  GString *text = read_file (path, error);
  g_autoptr (WattleReceiptSummary) summary = NULL;

  if (text == NULL)
    return FALSE;
  summary = verify (text->str, text->len, error);
  g_string_free (text, TRUE);
  if (summary == NULL)
    return FALSE;
  if (cli->json)
    print_json (summary);
  else
    print_summary (summary);
  return TRUE;
}

gboolean
wattle_verify_print_removed (const char *json, GError **error)
{
  g_autoptr (WattleReceiptSummary) summary = verify (json, strlen (json), error);

  if (summary == NULL)
    return FALSE;
  print_removed (summary);
  return TRUE;
}
