/* SPDX-License-Identifier: Apache-2.0 */
/* One question before something that cannot be taken back. */
#include "gui-gtk/widgets/question.h"

#include "gui-gtk/widgets/careful-dialog.h"

typedef void (*Yes) (gpointer inside);

typedef struct {
  GWeakRef inside;
  Yes yes;
} Answer;

static void
answer_free (gpointer data, GClosure *closure)
{
  Answer *answer = data;

  g_weak_ref_clear (&answer->inside);
  g_free (answer);
}

/* A yes that crossed the closing of the window is none. */
static void
on_yes (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  Answer *answer = data;
  g_autoptr (GtkWidget) inside = g_weak_ref_get (&answer->inside);

  if (inside != NULL && gtk_widget_get_root (inside) != NULL)
    answer->yes (inside);
}

void
wattle_question_ask (gpointer inside, const WattleQuestion *question, void (*yes) (gpointer inside))
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (inside));
  GtkWidget *dialog = adw_message_dialog_new (root != NULL ? GTK_WINDOW (root) : NULL, NULL, NULL);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  Answer *answer = g_new0 (Answer, 1);

  wattle_careful_dialog_fill (message, question->heading, question->body, NULL);
  adw_message_dialog_add_response (message, "no", question->no);
  adw_message_dialog_add_response (message, "yes", question->yes);
  adw_message_dialog_set_response_appearance (message, "yes", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (message, "no");
  adw_message_dialog_set_close_response (message, "no");
  wattle_careful_dialog_guard (message, "yes");
  g_weak_ref_init (&answer->inside, inside);
  answer->yes = yes;
  g_signal_connect_data (message, "response::yes", G_CALLBACK (on_yes), answer, answer_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
