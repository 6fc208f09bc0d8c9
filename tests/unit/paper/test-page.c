/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages as PDF, read back by programs that are not ours: pdftotext, pdfinfo,
 * pdftoppm and zbarimg, which sees the QR picture as a telephone would.
 */
#include "paper/notice-paper.h"
#include "paper/page.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define QR_TEXT "WTL:1.00010001.4071583927.GL-000123"

/* What @command, with %s for a file that holds @pdf, prints. */
static char *
read_back (GBytes *pdf, const char *command)
{
  g_autofree char *path = NULL, *line = NULL, *quoted = NULL, *out = NULL, *problems = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("wattle-page-XXXXXX.pdf", &path, &error), status;
  const char *argv[] = { "/bin/sh", "-c", NULL, NULL };

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (pdf, NULL), (gssize)g_bytes_get_size (pdf), &error));
  quoted = g_shell_quote (path);
  line = g_strdup_printf (command, quoted);
  argv[2] = line;
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &problems, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s %s", line, error->message, problems);
  g_unlink (path);
  return g_steal_pointer (&out);
}

static GBytes *
finish (WattlePage *page)
{
  g_autoptr (GError) error = NULL;
  GBytes *pdf = wattle_page_finish (page, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (pdf, NULL), 5, "%PDF-", 5);
  return pdf;
}

static void
test_text (void)
{
  g_autoptr (WattlePage) page = wattle_page_new (WATTLE_PAGE_A4, "A title for readers", "The foot of the page");
  g_autoptr (GBytes) pdf = NULL;
  g_autofree char *text = NULL, *info = NULL;

  wattle_page_title (page, "What was wiped");
  wattle_page_heading (page, "On the device");
  wattle_page_paragraph (page, "Everything. <b>No</b> markup & no surprises.");
  wattle_page_item (page, "A point");
  wattle_page_row (page, "Cloud", "confirmed");
  wattle_page_small (page, "5f3c9a");
  wattle_page_rule (page);
  wattle_page_paragraph (page, "مسح الجهاز");
  pdf = finish (page);
  text = read_back (pdf, "pdftotext -layout %s -");
  for (const char *const *part
       = (const char *const[]){ "What was wiped", "On the device", "<b>No</b> markup & no", "• A point", "Cloud",
                                "confirmed", "5f3c9a", "The foot of the page", NULL };
       *part; part++)
    if (!strstr (text, *part))
      g_error ("“%s” is not in: %s", *part, text);
  info = read_back (pdf, "pdfinfo %s");
  g_assert_nonnull (strstr (info, "A title for readers"));
  g_assert_nonnull (strstr (info, "(A4)"));
}

static void
test_goes_on_overleaf (void)
{
  g_autoptr (WattlePage) page = wattle_page_new (WATTLE_PAGE_A4, "Long", "Foot");
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GBytes) pdf = NULL;
  g_autofree char *text = NULL, *info = NULL;

  for (guint i = 0; i < 3000; i++)
    g_string_append_printf (all, "word%u ", i);
  wattle_page_paragraph (page, all->str);
  wattle_page_paragraph (page, "The very end.");
  pdf = finish (page);
  text = read_back (pdf, "pdftotext %s - | tr '\\n' ' '");
  for (guint i = 0; i < 3000; i += 7) {
    g_autofree char *word = g_strdup_printf ("word%u ", i);

    g_assert_nonnull (strstr (text, word));
  }
  g_assert_nonnull (strstr (text, "The very end."));
  info = read_back (pdf, "pdfinfo %s | grep Pages");
  g_assert_cmpint (g_ascii_strtoll (strchr (info, ':') + 1 + strspn (strchr (info, ':') + 1, " "), NULL, 10), >, 2);
}

static void
test_qr (void)
{
  g_autoptr (WattlePage) page = wattle_page_new (WATTLE_PAGE_CARD, "Card", NULL);
  g_autoptr (GBytes) pdf = NULL;
  g_autofree char *read = NULL, *text = NULL, *info = NULL;
  g_autofree char *much = g_strnfill (5000, 'A');

  g_assert_false (wattle_page_qr (page, much, 40));
  g_assert_true (wattle_page_qr (page, QR_TEXT, 45));
  wattle_page_title (page, "For the next owner of a device with a name that does not fit beside");
  wattle_page_code (page, "4071-583-927");
  pdf = finish (page);
  read = read_back (pdf, "f=%s && pdftoppm -r 200 -png \"$f\" \"$f\" && zbarimg -q --raw \"$f\"*.png; rm \"$f\"*.png");
  g_assert_cmpstr (g_strstrip (read), ==, QR_TEXT);
  text = read_back (pdf, "pdftotext %s -");
  g_assert_nonnull (strstr (text, "4071-583-927"));
  info = read_back (pdf, "pdfinfo %s | grep Pages");
  g_assert_nonnull (strstr (info, " 1"));
}

/* Pages of the notice with @n paragraphs; 0 = there is too much to say. */
static guint
notice_pages (guint n, GError **error)
{
  g_autoptr (GPtrArray) paragraphs = g_ptr_array_new ();
  g_autoptr (GVariant) sections = NULL;
  g_autoptr (GBytes) pdf = NULL;
  g_autofree char *info = NULL, *text = NULL;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (paragraphs, (gpointer) "It keeps what it measures on the device. It is kept for 30 days.");
  g_ptr_array_add (paragraphs, (gpointer) "The very end.");
  g_ptr_array_add (paragraphs, NULL);
  sections = g_variant_ref_sink (g_variant_new_parsed ("[('What happens', %^as)]", paragraphs->pdata));
  pdf = wattle_others_notice_to_pdf ("A camera is in use here", sections, error);
  if (!pdf)
    return 0;
  text = read_back (pdf, "pdftotext %s -");
  g_assert_nonnull (strstr (text, "A camera is in use here"));
  g_assert_nonnull (strstr (text, "The very end."));
  g_assert_nonnull (strstr (text, "Ask for a new page"));
  info = read_back (pdf, "pdfinfo %s | sed -n 's/^Pages: *//p'");
  return (guint)g_ascii_strtoull (info, NULL, 10);
}

static void
test_notice (void)
{
  g_autoptr (GError) error = NULL;

  for (guint n = 1; n < 60; n += 9) {
    g_assert_cmpuint (notice_pages (n, &error), ==, 1);
    g_assert_no_error (error);
  }
  g_assert_cmpuint (notice_pages (500, &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
}

static void
test_unfinished (void)
{
  g_autoptr (WattlePage) page = wattle_page_new (WATTLE_PAGE_A4, "Dropped", NULL);

  wattle_page_title (page, "Nobody wants it");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paper/page/text", test_text);
  g_test_add_func ("/paper/page/overleaf", test_goes_on_overleaf);
  g_test_add_func ("/paper/page/qr", test_qr);
  g_test_add_func ("/paper/notice", test_notice);
  g_test_add_func ("/paper/page/unfinished", test_unfinished);
  return g_test_run ();
}
