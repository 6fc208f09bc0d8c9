/* SPDX-License-Identifier: Apache-2.0 */
/* Printing PDF. */
#define _GNU_SOURCE /* memfd_create */
#include "gui-gtk/files/print.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <gtk/gtkunixprint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/error.h"
#include "gui-gtk/files/trouble.h"
#include "gui-gtk/window.h"

/* Counted, as the printer and the dialogs have it in turn. */
typedef struct {
  GWeakRef window;
  char *title;
  GBytes *pdf;
} Printing;

static void ask (Printing *printing);

static void
printing_clear (gpointer data)
{
  Printing *printing = data;

  g_weak_ref_clear (&printing->window);
  g_free (printing->title);
  g_bytes_unref (printing->pdf);
}

static void
printing_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, printing_clear);
}

static void
try_again (gpointer printing, gboolean elsewhere)
{
  ask (printing);
}

static void
say (Printing *printing, const GError *error)
{
  g_autoptr (GtkWidget) window = g_weak_ref_get (&printing->window);

  if (window == NULL)
    return;
  if (error != NULL)
    wattle_file_trouble_tell (window, WATTLE_NOT_PRINTED, error, try_again, g_atomic_rc_box_acquire (printing),
                              printing_unref);
  else
    wattle_window_say (window, _ ("It is on its way to the printer."));
}

static void
on_sent (GtkPrintJob *job, gpointer user_data, const GError *error)
{
  say (user_data, error);
}

/* A file without a name, as the pages may hold a code.  -1 with @error set. */
static int
to_memory (GBytes *pdf, GError **error)
{
  gsize size = 0, written = 0;
  const char *data = g_bytes_get_data (pdf, &size);
  int fd = memfd_create ("wattle-print", MFD_CLOEXEC);

  while (fd >= 0 && written < size) {
    gssize n = write (fd, data + written, size - written);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      close (fd);
      fd = -1;
    } else {
      written += (gsize)n;
    }
  }
  if (fd >= 0 && lseek (fd, 0, SEEK_SET) == 0)
    return fd;
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
  return -1;
}

static void
close_fd (gpointer fd)
{
  close (GPOINTER_TO_INT (fd));
}

static void
send_to (Printing *printing, GtkPrintUnixDialog *dialog, GtkPrinter *printer)
{
  g_autoptr (GtkPrintSettings) settings = gtk_print_unix_dialog_get_settings (dialog);
  g_autoptr (GtkPrintJob) job = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  if (!gtk_printer_accepts_pdf (printer)) {
    error = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_FAILED,
                                 _ ("This printer does not take PDF. Save it as a PDF and print that."));
    say (printing, error);
    return;
  }
  fd = to_memory (printing->pdf, &error);
  if (fd < 0) {
    say (printing, error);
    return;
  }
  job = gtk_print_job_new (printing->title, printer, settings, gtk_print_unix_dialog_get_page_setup (dialog));
  /* It reads the file itself, later, and does not close it. */
  g_object_set_data_full (G_OBJECT (job), "wattle-pdf", GINT_TO_POINTER (fd), close_fd);
  if (gtk_print_job_set_source_fd (job, fd, &error))
    gtk_print_job_send (job, on_sent, g_atomic_rc_box_acquire (printing), printing_unref);
  else
    say (printing, error);
}

static void
on_response (GtkDialog *dialog, int response, gpointer printing)
{
  GtkPrintUnixDialog *print = GTK_PRINT_UNIX_DIALOG (dialog);
  GtkPrinter *printer = gtk_print_unix_dialog_get_selected_printer (print);

  if (response == GTK_RESPONSE_OK && printer != NULL)
    send_to (printing, print, printer);
  printing_unref (printing);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
ask (Printing *printing)
{
  g_autoptr (GtkWindow) window = g_weak_ref_get (&printing->window);
  GtkWidget *dialog = gtk_print_unix_dialog_new (printing->title, window);

  gtk_print_unix_dialog_set_manual_capabilities (GTK_PRINT_UNIX_DIALOG (dialog),
                                                 GTK_PRINT_CAPABILITY_GENERATE_PDF | GTK_PRINT_CAPABILITY_COPIES);
  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), g_atomic_rc_box_acquire (printing));
  gtk_window_present (GTK_WINDOW (dialog));
}

void
wattle_print_pdf (GtkWidget *inside, const char *title, GBytes *pdf)
{
  Printing *printing = g_atomic_rc_box_new0 (Printing);

  g_weak_ref_init (&printing->window, gtk_widget_get_root (inside));
  printing->title = g_strdup (title);
  printing->pdf = g_bytes_ref (pdf);
  ask (printing);
  printing_unref (printing);
}
