/* SPDX-License-Identifier: Apache-2.0 */
/* One question before something that cannot be taken back. */
#include "gui-gtk/widgets/question.h"

void
wattle_question_ask (gpointer inside, const WattleQuestion *question, void (*yes) (gpointer inside))
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (inside));
  GtkWidget *dialog
      = adw_message_dialog_new (root != NULL ? GTK_WINDOW (root) : NULL, question->heading, question->body);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_add_response (message, "no", question->no);
  adw_message_dialog_add_response (message, "yes", question->yes);
  adw_message_dialog_set_response_appearance (message, "yes", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (message, "no");
  adw_message_dialog_set_close_response (message, "no");
  g_signal_connect_object (message, "response::yes", G_CALLBACK (yes), inside, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}
