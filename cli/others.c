/* SPDX-License-Identifier: Apache-2.0 */
/* wattle others: children, guests, and whoever else a device measures. */
#include <glib/gi18n.h>

#include "cli/client.h"
#include "cli/file.h"
#include "cli/loop.h"
#include "cli/notice.h"
#include "cli/output.h"
#include "cli/property.h"
#include "paper/notice-paper.h"

static char *language, *print_to;
static gboolean nobody;

static const GOptionEntry options[] = {
  { "nobody", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &nobody, N_ ("Take the note away"), NULL },
  { "print", 'p', G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &print_to, N_ ("Write the page to FILE as PDF"),
    N_ ("FILE") },
  { "language", 'l', G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &language, N_ ("Show it in this language"),
    N_ ("LANGUAGE") },
  { 0 },
};

/* The page's sections, a(sas), and its title. */
static GVariant *
get_page (WattleCli *cli, WattleBusDevice *device, char **title, GError **error)
{
  g_autofree char *wanted = wattle_client_notice_language (language);
  g_autoptr (GAsyncResult) result = NULL;
  GVariant *sections = NULL;

  wattle_bus_device_call_get_others_notice (device, wanted, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  wattle_bus_device_call_get_others_notice_finish (device, title, &sections, result, error);
  return sections;
}

static void
print_json (const char *who, const char *title, GVariant *sections)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  wattle_json_string (json, "others", who);
  wattle_json_string (json, "title", title);
  wattle_json_string (json, "file", print_to);
  wattle_notice_add_json (json, sections);
  json_builder_end_object (json);
  wattle_print_json (json);
}

static void
print_page (const char *title, GVariant *sections)
{
  GVariantIter iter;
  const char *heading;
  g_autofree const char **paragraphs = NULL;

  wattle_print_heading (title);
  g_variant_iter_init (&iter, sections);
  while (g_variant_iter_next (&iter, "(&s^a&s)", &heading, &paragraphs)) {
    wattle_print ("\n");
    wattle_print_heading (heading);
    for (const char **p = paragraphs; *p != NULL; p++)
      wattle_print_paragraph (2, *p);
    g_clear_pointer (&paragraphs, g_free);
  }
}

static gboolean
write_page (const char *title, GVariant *sections, GError **error)
{
  g_autoptr (GBytes) pdf = wattle_others_notice_to_pdf (title, sections, error);

  return pdf != NULL && wattle_file_write_new (print_to, g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), error);
}

/* The page, on the screen or on paper. */
static gboolean
show (WattleCli *cli, WattleBusDevice *device, const char *who, GError **error)
{
  g_autofree char *title = NULL;
  g_autoptr (GVariant) sections = get_page (cli, device, &title, error);

  if (sections == NULL || (print_to != NULL && !write_page (title, sections, error)))
    return FALSE;
  if (cli->json)
    print_json (who, title, sections);
  else if (print_to != NULL)
    wattle_print_paragraphf (0, _ ("The page is in “%s”. Print it, or show it to them."), print_to);
  else
    print_page (title, sections);
  return TRUE;
}

static gboolean
note (WattleCli *cli, WattleBusDevice *device, const char *who, GError **error)
{
  if (!wattle_property_set (cli, device, "Others", g_variant_new_string (who), error))
    return FALSE;
  if (cli->json)
    return TRUE;
  if (*who == '\0')
    wattle_print_paragraph (0, _ ("Noted: it measures nobody else."));
  else
    wattle_print_paragraphf (0, _ ("Noted: it measures %s, too. Here is the page for them. Add --print to print it."),
                             who);
  return TRUE;
}

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  g_autoptr (WattleBusObject) object = wattle_client_open_device (cli, arguments, 0, 2, error);
  WattleBusDevice *device;
  const char *who;

  if (object == NULL)
    return FALSE;
  device = wattle_bus_object_peek_device (object);
  who = arguments[0] != NULL ? arguments[1] : NULL;
  if (nobody && (who != NULL || print_to != NULL)) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE,
                         _ ("Either say who is measured, too, or --nobody."));
    return FALSE;
  }
  if (nobody)
    return note (cli, device, "", error);
  if (who != NULL && !note (cli, device, who, error))
    return FALSE;
  return show (cli, device, who != NULL ? who : wattle_bus_device_get_others (device), error);
}

const WattleCommand wattle_command_others = {
  .name = "others",
  .arguments = N_ ("[DEVICE] [WHO]"),
  .summary = N_ ("Tell children and guests what it does"),
  .explanation
  = N_ ("A device in a home often measures more people than the one who set it up. Note WHO that is, in your own "
        "words. The note stays on this computer. Then give them the page that this command shows. It says what the "
        "device can notice, what happens with that now, and that they can ask you to show, stop or delete it.\n\n"
        "With --print the page is a PDF to print. Make a new one when you change what you allow."),
  .examples = N_ ("wattle others kitchen \"Our children and guests\"  note it and see the page\n"
                  "wattle others kitchen --print page.pdf  to hang up\n"
                  "wattle others kitchen --nobody  take the note away"),
  .options = options,
  .run = run,
};
