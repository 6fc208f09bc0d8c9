/* SPDX-License-Identifier: Apache-2.0 */
/* wattle next-code: the code for the next owner, to read out, to scan, to print. */
#include "cli/next-code.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <string.h>

#include "cli/agent.h"
#include "cli/client.h"
#include "cli/file.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "cli/receipts.h"
#include "cli/secret.h"
#include "paper/qr.h"
#include "paper/wipe-paper.h"

#define CARD_INDENT 2
#define QR_QUIET 4

static char *card_path;

static const GOptionEntry options[] = {
  { "card", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &card_path, N_ ("Write a card to print, as PDF"),
    N_ ("FILE") },
  { 0 },
};

static WattleSecret *
reveal (WattleCli *cli, const char *id, gboolean decided, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GUnixFDList) list = NULL;
  g_autoptr (GVariant) handle = NULL;
  gboolean good;

  if (!wattle_agent_register (cli, "reveal-next-code", decided, error))
    return NULL;
  wattle_bus_manager_call_reveal_next_code (cli->manager, id, NULL, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  good = wattle_bus_manager_call_reveal_next_code_finish (cli->manager, &handle, &list, result, error);
  wattle_agent_unregister (cli);
  return good ? wattle_secret_from_handle (handle, list, error) : NULL;
}

static void
print_card_line (int width, const char *text)
{
  g_autofree char *clean = wattle_text_clean (text);
  g_autofree char *fits = wattle_text_cut (clean, width);

  wattle_print ("%*s| %s%*s |\n", CARD_INDENT, "", fits, width - wattle_text_width (fits), "");
}

/* To copy or cut out and put with the device. */
static void
print_card (const char *device, const char *code)
{
  g_autofree char *grouped = wattle_text_group_code (code);
  g_autofree char *code_line = g_strdup_printf (_ ("Setup code: %s"), grouped);
  const char *lines[] = { _ ("For the next owner of"), device, "", code_line, "", _ ("It opens the device once.") };
  int room = wattle_output_width () > 0 ? wattle_output_width () : 60;
  int width = 0;
  g_autofree char *edge = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    width = MAX (width, wattle_text_width (lines[i]));
  width = MIN (width, room - CARD_INDENT - 5);
  edge = g_strnfill ((gsize)width + 2, '-');

  wattle_print ("\n%*s+%s+\n", CARD_INDENT, "", edge);
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    print_card_line (width, lines[i]);
  wattle_print ("%*s+%s+\n\n", CARD_INDENT, "", edge);
}

static void
print_qr (const char *text)
{
  g_autoptr (WattleQr) qr = text != NULL ? wattle_qr_new (text) : NULL;
  gboolean terminal = wattle_output_height () > 0;
  g_autofree char *lines = NULL;

  if (qr == NULL || (wattle_output_width () > 0 && wattle_output_width () < wattle_qr_get_width (qr) + 2 * QR_QUIET))
    return;
  lines = wattle_qr_to_text (qr, QR_QUIET, terminal);
  wattle_print ("%s\n", lines);
  explicit_bzero (lines, strlen (lines));
}

static gboolean
write_card (const char *path, const char *device, const char *code, const char *qr, GError **error)
{
  g_autofree char *grouped = wattle_text_group_code (code);
  g_autofree char *name = wattle_text_clean (device);
  g_autoptr (GBytes) pdf = wattle_next_code_to_pdf (name, grouped, qr, error);

  explicit_bzero (grouped, strlen (grouped));
  return pdf != NULL && wattle_file_write_new (path, g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), error);
}

/* As on a label: the certificate says which product and unit. */
static char *
qr_text_of (WattleCli *cli, const char *id, const char *code)
{
  g_autofree char *json = wattle_receipt_get (cli, id, NULL);
  g_autoptr (WattleCertificate) certificate
      = json != NULL ? wattle_certificate_verify (json, strlen (json), NULL) : NULL;

  return certificate != NULL ? wattle_next_code_qr_text (certificate->product_number, code, certificate->unit_id)
                             : NULL;
}

static void
tell_json (const char *id, const char *code, const char *qr, const char *card)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  wattle_json_string (json, "receipt", id);
  wattle_json_string (json, "code", code);
  if (qr != NULL)
    wattle_json_string (json, "qr", qr);
  if (card != NULL)
    wattle_json_string (json, "card", card);
  json_builder_end_object (json);
  wattle_print_json (json);
}

static void
tell_person (const char *id, const char *device, const char *code, const char *qr, const char *card)
{
  print_card (device, code);
  print_qr (qr);
  if (card != NULL) {
    wattle_print_paragraphf (0, _ ("The card to print is in “%s”. Delete that file when you have printed it."), card);
  } else {
    wattle_print_paragraph (0, _ ("This makes a card to print:"));
    wattle_print ("  wattle next-code %s --card FILE.pdf\n", id);
  }
  wattle_print_paragraph (0, _ ("Give this code to the next owner together with the device. Wattle keeps it for you "
                                "until you say that it is handed on:"));
  wattle_print ("  wattle receipts forget-code %s\n", id); /* whole, to be copied */
}

gboolean
wattle_next_code_print (WattleCli *cli, const char *id, const char *device, gboolean decided, const char *card,
                        GError **error)
{
  g_autoptr (WattleSecret) code = reveal (cli, id, decided, error);
  g_autoptr (WattleSecret) qr = NULL;

  if (code == NULL)
    return FALSE;
  qr = qr_text_of (cli, id, code);
  if (card != NULL && !write_card (card, device, code, qr, error))
    return FALSE;
  if (cli->json)
    tell_json (id, code, qr, card);
  else
    tell_person (id, device, code, qr, card);
  return TRUE;
}

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  g_autofree char *id = NULL;
  g_autofree char *device = NULL;

  return wattle_command_check_arguments (arguments, 1, 1, error) && wattle_client_connect (cli, error)
         && wattle_receipt_find (cli, arguments[0], &id, &device, error)
         && wattle_next_code_print (cli, id, device, FALSE, card_path, error);
}

const WattleCommand wattle_command_next_code = {
  .name = "next-code",
  .flags = WATTLE_COMMAND_CONFIRMS,
  .arguments = N_ ("RECEIPT"),
  .summary = N_ ("Get the code for a device's next owner"),
  .explanation
  = N_ ("A wipe leaves the device with a fresh setup code that only you are shown. This shows it again, as "
        "digits and as a picture to scan, and makes a card to print and hand on with the device. RECEIPT "
        "is an id that “wattle receipts” shows, or its beginning."),
  .examples = N_ ("wattle next-code 3f2a  show it\n"
                  "wattle next-code 3f2a --card card.pdf  make a card to print"),
  .options = options,
  .run = run,
};
