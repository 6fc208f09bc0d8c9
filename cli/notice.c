/* SPDX-License-Identifier: Apache-2.0 */
/* wattle notice: what happens to the data. */
#include "cli/notice.h"

#include <glib/gi18n.h>

#include "cli/client.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "client/words.h"

#define ASK_LINES 2 /* what asking to read on takes itself */

static char *language;
static gboolean changes;

static const GOptionEntry options[] = {
  { "language", 'l', G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &language, N_ ("Show it in this language"),
    N_ ("LANGUAGE") },
  { "changes", 'c', G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &changes, N_ ("Show only what is new"), NULL },
  { 0 },
};

/* What is on the screen since the person last pressed Enter. */
typedef struct {
  WattleCli *cli;
  gboolean paged;
  int used; /* lines */
} Page;

/* Waits for the person before @lines more would not fit on the screen. */
static gboolean
make_room (Page *page, int lines, GError **error)
{
  g_autofree char *enter = NULL;
  int height = wattle_output_height ();

  if (page->paged && height > 0 && page->used > 0 && page->used + lines + ASK_LINES > height) {
    page->used = 0;
    wattle_print ("\n");
    if (!wattle_terminal_ask (page->cli, _ ("Press Enter to read on."), "", &enter, error))
      return FALSE;
  }
  page->used += lines;
  return TRUE;
}

static gboolean
print_section (Page *page, const char *title, const char *const *paragraphs, GError **error)
{
  int lines = 1 + wattle_paragraph_lines (0, title);

  for (const char *const *p = paragraphs; *p != NULL; p++)
    lines += wattle_paragraph_lines (2, *p);
  if (!make_room (page, lines, error))
    return FALSE;
  wattle_print ("\n");
  wattle_print_heading (title);
  for (const char *const *p = paragraphs; *p != NULL; p++)
    wattle_print_paragraph (2, *p);
  return TRUE;
}

static gboolean
print_text (Page *page, WattleBusPassport *passport, GVariant *sections, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *support = wattle_words_support_end (wattle_bus_passport_get_support_end (passport), now);
  const char *const *omissions = wattle_bus_passport_get_omissions (passport);
  gboolean good = TRUE;

  wattle_print_heading (wattle_bus_passport_get_product_name (passport));
  wattle_print_paragraphf (2, _ ("By %s"), wattle_bus_passport_get_manufacturer (passport));
  wattle_print_paragraph (2, support);
  page->used = 2 + wattle_paragraph_lines (2, support);
  for (gsize i = 0; good && i < g_variant_n_children (sections); i++) {
    g_autofree const char **paragraphs = NULL;
    const char *title;

    g_variant_get_child (sections, i, "(&s^a&s)", &title, &paragraphs);
    good = print_section (page, title, paragraphs, error);
  }
  if (good && omissions != NULL && *omissions != NULL)
    good = print_section (page, _ ("What the manufacturer does not say"), omissions, error);
  return good;
}

void
wattle_notice_add_json (JsonBuilder *json, GVariant *sections)
{
  GVariantIter iter;
  const char *title;
  g_autofree const char **paragraphs = NULL;

  json_builder_set_member_name (json, "sections");
  json_builder_begin_array (json);
  g_variant_iter_init (&iter, sections);
  while (g_variant_iter_next (&iter, "(&s^a&s)", &title, &paragraphs)) {
    json_builder_begin_object (json);
    wattle_json_string (json, "title", title);
    wattle_json_strv (json, "paragraphs", paragraphs);
    json_builder_end_object (json);
    g_clear_pointer (&paragraphs, g_free);
  }
  json_builder_end_array (json);
}

static void
print_json (WattleBusPassport *passport, GVariant *sections)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  wattle_json_string (json, "product_name", wattle_bus_passport_get_product_name (passport));
  wattle_json_string (json, "manufacturer", wattle_bus_passport_get_manufacturer (passport));
  wattle_json_string (json, "support_end", wattle_bus_passport_get_support_end (passport));
  wattle_json_string (json, "security_contact", wattle_bus_passport_get_security_contact (passport));
  wattle_json_string (json, "passport_sha256", wattle_bus_passport_get_sha256 (passport));
  wattle_json_strv (json, "omissions", wattle_bus_passport_get_omissions (passport));
  wattle_notice_add_json (json, sections);
  json_builder_end_object (json);
  wattle_print_json (json);
}

gboolean
wattle_notice_print (WattleCli *cli, WattleBusPassport *passport, const char *wanted, gboolean paged, GError **error)
{
  g_autoptr (GVariant) sections = wattle_client_get_notice (cli, passport, wanted, error);
  Page page = { .cli = cli, .paged = paged };

  if (sections == NULL)
    return FALSE;
  if (!cli->json)
    return print_text (&page, passport, sections, error);
  print_json (passport, sections);
  return TRUE;
}

/* --- changes --- */

static void
print_changes_json (GVariant *list)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  GVariantIter iter;
  const char *purpose, *sentence;
  gboolean decide;

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "changes");
  json_builder_begin_array (json);
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&s&sb)", &purpose, &sentence, &decide)) {
    json_builder_begin_object (json);
    wattle_json_string (json, "purpose", purpose);
    wattle_json_string (json, "sentence", sentence);
    wattle_json_boolean (json, "decide", decide);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
  json_builder_end_object (json);
  wattle_print_json (json);
}

/* The sentences that need a decision, or the others: how many. */
static guint
print_changes_of_kind (GVariant *list, gboolean wanted, const char *heading)
{
  GVariantIter iter;
  const char *purpose, *sentence;
  gboolean decide;
  guint count = 0;

  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&s&sb)", &purpose, &sentence, &decide)) {
    if (decide != wanted)
      continue;
    if (count++ == 0) {
      wattle_print ("\n");
      wattle_print_heading (heading);
    }
    wattle_print_paragraph (2, sentence);
  }
  return count;
}

static void
print_changes_text (WattleBusDevice *device, GVariant *list)
{
  const char *name = wattle_bus_device_get_name (device);
  guint decide;

  if (g_variant_n_children (list) == 0) {
    wattle_print_paragraphf (0, _ ("Nothing has changed for %s."), name);
    return;
  }
  wattle_print_heading (name);
  decide = print_changes_of_kind (list, TRUE, _ ("You decide on this again"));
  if (decide > 0) {
    wattle_print ("\n");
    wattle_print_paragraph (2, _ ("Until you say yes, it is a no. Use “wattle consent” to decide."));
  }
  print_changes_of_kind (list, FALSE, _ ("This is different, too"));
}

static gboolean
print_changes (WattleCli *cli, WattleBusDevice *device, GError **error)
{
  g_autofree char *wanted = wattle_client_notice_language (language);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) marked = NULL;
  g_autoptr (GVariant) list = NULL;

  wattle_bus_device_call_get_notice_changes (device, wanted, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  if (!wattle_bus_device_call_get_notice_changes_finish (device, &list, result, error))
    return FALSE;
  if (cli->json)
    print_changes_json (list);
  else
    print_changes_text (device, list);
  wattle_bus_device_call_mark_notice_read (device, cli->cancellable, wattle_loop_done, &marked);
  wattle_loop_wait (cli, &marked);
  return wattle_bus_device_call_mark_notice_read_finish (device, marked, error);
}

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  g_autoptr (WattleBusObject) object = NULL;
  g_autoptr (WattleBusPassport) passport = NULL;

  object = wattle_client_open_device (cli, arguments, 0, 1, error);
  if (object == NULL)
    return FALSE;
  if (changes)
    return print_changes (cli, wattle_bus_object_peek_device (object), error);
  passport = wattle_client_get_passport (cli, wattle_bus_device_get_passport (wattle_bus_object_peek_device (object)),
                                         error);
  return passport != NULL && wattle_notice_print (cli, passport, language, FALSE, error);
}

const WattleCommand wattle_command_notice = {
  .name = "notice",
  .arguments = N_ ("[DEVICE]"),
  .summary = N_ ("Read what happens to your data"),
  .explanation
  = N_ ("Shows what data the device has of you, why, and who gets it. It says where data is kept and for how "
        "long, and what needs your yes. It tells you until when the device is kept safe. It is the page "
        "that you saw at set-up."),
  .examples = N_ ("wattle notice kitchen  in your language\n"
                  "wattle notice kitchen --language de  in German, if there is one\n"
                  "wattle notice kitchen --changes  what the maker has changed"),
  .options = options,
  .run = run,
};
