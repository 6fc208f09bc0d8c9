/* SPDX-License-Identifier: Apache-2.0 */
/* wattle certificate: proof of a wipe, to keep, to print, to check. */
#include <glib/gi18n.h>
#include <string.h>

#include "cli/client.h"
#include "cli/file.h"
#include "cli/output.h"
#include "cli/receipts.h"
#include "paper/wipe-paper.h"

#define MAX_SIZE (512 * 1024)

/* The document that @text names: a file, or a receipt that the service has. */
static char *
load (WattleCli *cli, const char *text, gsize *size, GError **error)
{
  char *json;

  if (strcmp (text, "-") == 0 || g_file_test (text, G_FILE_TEST_EXISTS))
    return wattle_file_read (text, MAX_SIZE, size, error);
  if (!wattle_client_connect (cli, error))
    return NULL;
  json = wattle_receipt_get (cli, text, error);
  if (json != NULL)
    *size = strlen (json);
  return json;
}

static WattleCertificate *
verify (const char *json, gsize size, GError **error)
{
  /* A line break at the end comes with many ways to copy a text. */
  while (size > 0 && (json[size - 1] == '\n' || json[size - 1] == '\r'))
    size--;
  return wattle_certificate_verify (json, size, error);
}

/* --- what it says --- */

static void
print_json (const WattleCertificate *certificate)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  wattle_json_boolean (json, "genuine", TRUE);
  wattle_json_boolean (json, "complete", certificate->complete);
  wattle_json_boolean (json, "given_up", certificate->given_up);
  wattle_json_boolean (json, "bound", certificate->bound);
  wattle_json_string (json, "id", certificate->id);
  wattle_json_string (json, "product", certificate->product);
  wattle_json_string (json, "manufacturer", certificate->manufacturer);
  wattle_json_string (json, "unit", certificate->unit_id);
  wattle_json_time (json, "requested", (guint64)certificate->requested_at);
  wattle_json_time (json, "issued", (guint64)certificate->issued_at);
  wattle_json_string (json, "device_key_sha256", certificate->device_key_sha256);
  wattle_json_string (json, "cloud_key_sha256", certificate->cloud_key_sha256);
  json_builder_set_member_name (json, "places");
  json_builder_begin_object (json);
  for (guint i = 0; i < certificate->places->len; i++) {
    const WattleCertificatePlace *place = &g_array_index (certificate->places, WattleCertificatePlace, i);

    wattle_json_string (json, place->place, place->state);
  }
  json_builder_end_object (json);
  wattle_json_strv (json, "remains", (const char *const *)certificate->remains);
  json_builder_end_object (json);
  wattle_print_json (json);
}

static void
print_certificate (const WattleCertificate *certificate)
{
  wattle_print_heading (_ ("Certificate of a wipe"));
  wattle_print_paragraphf (2, "%s, %s", certificate->product, certificate->manufacturer);
  if (certificate->unit_id != NULL)
    wattle_print_paragraphf (2, _ ("Serial number: %s"), certificate->unit_id);
  wattle_print_paragraph (2, wattle_certificate_state_sentence (certificate));
  wattle_print ("\n");
  for (guint i = 0; i < certificate->places->len; i++) {
    const WattleCertificatePlace *place = &g_array_index (certificate->places, WattleCertificatePlace, i);
    g_autofree char *sentence = wattle_certificate_place_sentence (place);

    wattle_print_paragraphf (2, "%s: %s", wattle_certificate_place_title (place->place), sentence);
  }
  if (certificate->remains[0] != NULL) {
    wattle_print ("\n");
    wattle_print_heading (_ ("What the wipe could not reach"));
    for (char **line = certificate->remains; *line != NULL; line++)
      wattle_print_paragraph (2, *line);
  }
  wattle_print ("\n");
  if (certificate->device_key_sha256 != NULL)
    wattle_print_paragraphf (0, _ ("Fingerprint of the device's key: %s"), certificate->device_key_sha256);
  if (certificate->cloud_key_sha256 != NULL)
    wattle_print_paragraphf (0, _ ("Fingerprint of the cloud's key: %s"), certificate->cloud_key_sha256);
}

/* --- verbs --- */

static gboolean
run_verify (WattleCli *cli, const char *json, gsize size, const WattleCertificate *certificate, const char *to,
            GError **error)
{
  if (cli->json) {
    print_json (certificate);
    return TRUE;
  }
  print_certificate (certificate);
  wattle_print ("\n");
  wattle_print_paragraph (0, _ ("The certificate is genuine: every signature in it is right, and all of them are for "
                                "this wipe."));
  if (!certificate->bound)
    wattle_print_paragraph (0, _ ("But another key than the one for this wipe signed the whole. Trust only what the "
                                  "device and the cloud signed themselves."));
  return TRUE;
}

static gboolean
said_where (WattleCli *cli, const char *to)
{
  if (cli->json) {
    g_autoptr (JsonBuilder) out = json_builder_new ();

    json_builder_begin_object (out);
    wattle_json_string (out, "file", to);
    json_builder_end_object (out);
    wattle_print_json (out);
  } else {
    wattle_print_paragraphf (0, _ ("The certificate is in “%s”. It holds no name, no account and no reading of yours."),
                             to);
  }
  return TRUE;
}

static gboolean
run_save (WattleCli *cli, const char *json, gsize size, const WattleCertificate *certificate, const char *to,
          GError **error)
{
  return wattle_file_write_new (to, json, size, error) && said_where (cli, to);
}

static gboolean
run_print (WattleCli *cli, const char *json, gsize size, const WattleCertificate *certificate, const char *to,
           GError **error)
{
  g_autofree char *text = g_strchomp (g_strndup (json, size));
  g_autoptr (GBytes) pdf = wattle_certificate_to_pdf (certificate, text, error);

  return pdf != NULL && wattle_file_write_new (to, g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), error)
         && said_where (cli, to);
}

static const struct {
  const char *name;
  guint arguments;
  gboolean (*run) (WattleCli *cli, const char *json, gsize size, const WattleCertificate *certificate, const char *to,
                   GError **error);
} verbs[] = {
  { "verify", 1, run_verify },
  { "save", 2, run_save },
  { "print", 2, run_print },
};

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  for (gsize i = 0; arguments[0] != NULL && i < G_N_ELEMENTS (verbs); i++) {
    g_autoptr (WattleCertificate) certificate = NULL;
    g_autofree char *json = NULL;
    gsize size = 0;

    if (!g_str_equal (arguments[0], verbs[i].name))
      continue;
    if (!wattle_command_check_arguments (arguments + 1, verbs[i].arguments, verbs[i].arguments, error)
        || (json = load (cli, arguments[1], &size, error)) == NULL
        || (certificate = verify (json, size, error)) == NULL)
      return FALSE;
    return verbs[i].run (cli, json, size, certificate, arguments[2], error);
  }
  g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE, _ ("Say what to do: verify, save or print."));
  return FALSE;
}

const WattleCommand wattle_command_certificate = {
  .name = "certificate",
  .arguments = N_ ("verify|save|print RECEIPT|FILE [TO]"),
  .summary = N_ ("Keep, print and check proof of a wipe"),
  .explanation = N_ (
      "A certificate says what was wiped, where and when, and what could not be reached. The device and the cloud have "
      "signed their parts. It holds no name, no account and no reading of yours, so you can show it to anybody.\n\n"
      "verify checks every signature. It needs only the file: no service, no network. save writes the signed document "
      "to a file, print writes a PDF. RECEIPT is an id that “wattle receipts” shows, or its beginning."),
  .examples = N_ ("wattle certificate print 3f2a wipe.pdf  to print\n"
                  "wattle certificate save 3f2a wipe.json  to keep or hand on\n"
                  "wattle certificate verify wipe.json  to check one that you were given"),
  .run = run,
};
