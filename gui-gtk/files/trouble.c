/* SPDX-License-Identifier: Apache-2.0 */
/* What has kept something from a file or from paper. */
#include "gui-gtk/files/trouble.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "common/error.h"
#include "gui-gtk/service/service.h"
#include "gui-gtk/widgets/careful-dialog.h"

typedef struct {
  WattleTryAgain again;
  gpointer data;
  GDestroyNotify release;
  gboolean elsewhere;
} Remedy;

/* What the system says of files, in our words. */
static const struct {
  GIOErrorEnum code;
  gboolean elsewhere; /* another place is the thing to do */
  const char *sentence;
} sentences[] = {
  { G_IO_ERROR_NO_SPACE, FALSE, N_ ("The disk is full. Free some space, then try again.") },
  { G_IO_ERROR_PERMISSION_DENIED, TRUE, N_ ("You may not write to that folder. Choose another one.") },
  { G_IO_ERROR_READ_ONLY, TRUE, N_ ("Nothing can be written to that disk. Choose another place.") },
  { G_IO_ERROR_NOT_FOUND, TRUE, N_ ("That folder is not there any more. Choose another one.") },
  { G_IO_ERROR_NOT_DIRECTORY, TRUE, N_ ("That folder is not there any more. Choose another one.") },
  { G_IO_ERROR_NOT_MOUNTED, TRUE, N_ ("That folder is not there any more. Choose another one.") },
  { G_IO_ERROR_FILENAME_TOO_LONG, TRUE, N_ ("The name is too long for that disk. Choose a shorter one.") },
  { G_IO_ERROR_INVALID_FILENAME, TRUE, N_ ("That disk does not take this name. Choose another one.") },
  { G_IO_ERROR_IS_DIRECTORY, TRUE, N_ ("Something else there has this name. Choose another one.") },
  { G_IO_ERROR_NOT_REGULAR_FILE, TRUE, N_ ("Something else there has this name. Choose another one.") },
};

/* Free it. */
static char *
to_sentence (WattleFileTrouble what, const GError *error, gboolean *elsewhere)
{
  *elsewhere = FALSE;
  if (error->domain == WATTLE_ERROR || error->domain == G_DBUS_ERROR || g_dbus_error_is_remote_error (error))
    return wattle_service_error_sentence (error);
  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_error_matches (error, G_IO_ERROR, (int)sentences[i].code)) {
      *elsewhere = sentences[i].elsewhere;
      return g_strdup (_ (sentences[i].sentence));
    }
  if (what == WATTLE_NOT_PRINTED)
    return g_strdup (_ ("The printer did not take it. See that it is switched on and has paper, then try again."));
  *elsewhere = TRUE;
  return g_strdup (_ ("The file could not be written. Choose another place."));
}

static void
remedy_free (gpointer data, GClosure *closure)
{
  Remedy *remedy = data;

  if (remedy->release != NULL)
    remedy->release (remedy->data);
  g_free (remedy);
}

static void
on_again (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  Remedy *remedy = data;

  remedy->again (remedy->data, remedy->elsewhere);
}

static void
add_remedy (AdwMessageDialog *dialog, WattleFileTrouble what, const Remedy *remedy)
{
  gboolean elsewhere = remedy->elsewhere && what == WATTLE_NOT_SAVED; /* the printer is chosen in any case */

  adw_message_dialog_add_response (dialog, "again", elsewhere ? _ ("Another place…") : _ ("Try again"));
  adw_message_dialog_set_response_appearance (dialog, "again", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "again");
  g_signal_connect_data (dialog, "response::again", G_CALLBACK (on_again), g_memdup2 (remedy, sizeof *remedy),
                         remedy_free, 0);
}

void
wattle_file_trouble_tell (gpointer inside, WattleFileTrouble what, const GError *error, WattleTryAgain again,
                          gpointer data, GDestroyNotify release)
{
  Remedy remedy = { again, data, release, FALSE };
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (inside));
  g_autofree char *sentence = NULL;
  AdwMessageDialog *dialog;

  if (root == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    if (release != NULL)
      release (data);
    return;
  }
  sentence = to_sentence (what, error, &remedy.elsewhere);
  dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (root), NULL, NULL));
  wattle_careful_dialog_fill (dialog, what == WATTLE_NOT_SAVED ? _ ("Not saved") : _ ("Not printed"), sentence, NULL);
  adw_message_dialog_add_response (dialog, "close", _ ("Close"));
  adw_message_dialog_set_close_response (dialog, "close");
  adw_message_dialog_set_default_response (dialog, "close");
  if (again != NULL)
    add_remedy (dialog, what, &remedy);
  else if (release != NULL)
    release (data);
  wattle_careful_dialog_hold_focus (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}
