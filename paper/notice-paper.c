/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page, and no more: what hangs on a wall is not turned over.
 */
#include "paper/notice-paper.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "paper/page.h"

/* From as designed down to letters of 6 points, as small as a notice on paper goes. */
static const double scales[] = { 1.25, 1.1, 1, 0.9, 0.8, 0.7, 0.6 };

static void
add_sections (WattlePage *page, GVariant *sections)
{
  GVariantIter iter;
  const char *title;
  g_autofree const char **paragraphs = NULL;

  g_variant_iter_init (&iter, sections);
  while (g_variant_iter_next (&iter, "(&s^a&s)", &title, &paragraphs)) {
    wattle_page_heading (page, title);
    for (guint i = 0; paragraphs[i]; i++)
      wattle_page_paragraph (page, paragraphs[i]);
    g_clear_pointer (&paragraphs, g_free);
  }
}

GBytes *
wattle_others_notice_to_pdf (const char *title, GVariant *sections, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  /* Translators: a date, see g_date_time_format() */
  g_autofree char *date = g_date_time_format (now, _ ("%-d %B %Y"));
  g_autofree char *footer = g_strdup_printf (_ ("As things were on %s. Ask for a new page when they change."), date);

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++) {
    g_autoptr (WattlePage) page = wattle_page_new (WATTLE_PAGE_A4, title, footer);

    wattle_page_set_scale (page, scales[i]);
    wattle_page_title (page, title);
    add_sections (page, sections);
    if (wattle_page_get_number (page) == 1) {
      wattle_page_set_scale (page, 1); /* the footer */
      return wattle_page_finish (page, error);
    }
  }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                       _ ("There is too much to say for one page. Show it on the screen instead."));
  return NULL;
}
