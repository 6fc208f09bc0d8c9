/* SPDX-License-Identifier: Apache-2.0 */
/* The choice of a password for a device. */
#include "gui-gtk/widgets/password-choice.h"

#include <glib/gi18n.h>

#include "gui-gtk/widgets/button-row.h"
#include "gui-gtk/widgets/message.h"
#include "gui-gtk/widgets/strength-bar.h"
#include "gui-gtk/window.h"

#define PAUSE_MS 250 /* in typing, before what is there is judged */

struct _WattlePasswordChoice {
  AdwBin parent_instance;
  GtkCheckButton *use_suggested;
  GtkCheckButton *use_own;
  GtkLabel *suggestion_label;
  GtkWidget *another;
  GtkWidget *copy;
  GtkWidget *own_box;
  GtkEditable *own;
  WattleStrengthBar *strength;
  WattleMessage *message;
  const WattlePasswordAdvice *advice;
  GObject *adviser;
  WattleSecret *suggestion;
  GCancellable *suggesting;
  GCancellable *judging; /* of the judgement that is asked for now */
  guint pause_id;
  gboolean acceptable; /* what is in the entry */
};

G_DEFINE_FINAL_TYPE (WattlePasswordChoice, wattle_password_choice, ADW_TYPE_BIN)

enum { CHANGED, ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

void
wattle_strength_free (WattleStrength *strength)
{
  g_strfreev (strength->reasons);
  g_free (strength);
}

static void
update (WattlePasswordChoice *self)
{
  gtk_widget_set_visible (self->own_box, gtk_check_button_get_active (self->use_own));
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- suggested --- */

/* What has the focus then is described by it: GTK 4.8 tells nothing of a text
 * that changes by itself. */
static void
take_suggestion (WattlePasswordChoice *self, const char *suggestion)
{
  wattle_secret_free (self->suggestion);
  self->suggestion = g_strdup (suggestion);
  gtk_label_set_text (self->suggestion_label, suggestion);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->use_suggested), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, suggestion,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->another), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, suggestion, -1);
}

static void
on_suggested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattlePasswordChoice) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleSecret) suggestion = self->advice->suggest_finish (source, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the page has gone, or the one that is shown is on its way */
  if (suggestion != NULL)
    take_suggestion (self, suggestion);
  wattle_password_choice_say (self, NULL, error);
  update (self);
}

static void
suggest (WattlePasswordChoice *self)
{
  self->advice->suggest_async (self->adviser, self->suggesting, on_suggested, g_object_ref (self));
}

static void
on_another (WattlePasswordChoice *self)
{
  gtk_check_button_set_active (self->use_suggested, TRUE);
  suggest (self);
}

static void
on_copy (WattlePasswordChoice *self)
{
  if (self->suggestion == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->suggestion);
  wattle_window_say (self, _ ("Copied. Paste it into your password manager."));
}

/* --- own --- */

static void
on_judged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattlePasswordChoice) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleStrength) strength = self->advice->check_finish (source, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the page has gone, or something else has been typed */
  wattle_password_choice_say (self, NULL, error);
  if (strength == NULL)
    return;
  self->acceptable = strength->acceptable;
  wattle_strength_bar_set (self->strength, strength->score, strength->reasons);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->own), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  wattle_strength_bar_get_words (self->strength), -1);
  update (self);
}

static gboolean
on_pause (gpointer user_data)
{
  WattlePasswordChoice *self = user_data;

  self->pause_id = 0;
  g_clear_object (&self->judging);
  self->judging = g_cancellable_new ();
  self->advice->check_async (self->adviser, gtk_editable_get_text (self->own), self->judging, on_judged,
                             g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
stop_judging (WattlePasswordChoice *self)
{
  g_clear_handle_id (&self->pause_id, g_source_remove);
  g_cancellable_cancel (self->judging);
  g_clear_object (&self->judging);
}

static void
on_own_changed (WattlePasswordChoice *self)
{
  stop_judging (self);
  self->acceptable = FALSE;
  if (*gtk_editable_get_text (self->own) != '\0')
    self->pause_id = g_timeout_add (PAUSE_MS, on_pause, self);
  else
    wattle_strength_bar_clear (self->strength);
  update (self);
}

static void
on_own_activated (WattlePasswordChoice *self)
{
  g_signal_emit (self, signals[ACTIVATED], 0);
}

static void
on_use_own (WattlePasswordChoice *self)
{
  update (self);
  if (gtk_check_button_get_active (self->use_own))
    gtk_widget_grab_focus (GTK_WIDGET (self->own));
}

/* --- widget --- */

/* Its page goes. */
static void
wattle_password_choice_unroot (GtkWidget *widget)
{
  WattlePasswordChoice *self = WATTLE_PASSWORD_CHOICE (widget);

  stop_judging (self);
  g_cancellable_cancel (self->suggesting);
  GTK_WIDGET_CLASS (wattle_password_choice_parent_class)->unroot (widget);
}

static void
wattle_password_choice_finalize (GObject *object)
{
  WattlePasswordChoice *self = WATTLE_PASSWORD_CHOICE (object);

  wattle_secret_free (self->suggestion);
  g_clear_object (&self->suggesting);
  g_clear_object (&self->adviser);
  G_OBJECT_CLASS (wattle_password_choice_parent_class)->finalize (object);
}

static void
wattle_password_choice_class_init (WattlePasswordChoiceClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_password_choice_finalize;
  widget_class->unroot = wattle_password_choice_unroot;
  signals[CHANGED]
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATED]
      = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (WATTLE_TYPE_BUTTON_ROW);
  g_type_ensure (WATTLE_TYPE_MESSAGE);
  g_type_ensure (WATTLE_TYPE_STRENGTH_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/widgets/password-choice.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordChoice, use_suggested);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordChoice, use_own);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordChoice, suggestion_label);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordChoice, another);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordChoice, copy);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordChoice, own_box);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordChoice, own);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordChoice, strength);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordChoice, message);
  gtk_widget_class_bind_template_callback (widget_class, on_another);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_own_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_own_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_use_own);
}

static void
wattle_password_choice_init (WattlePasswordChoice *self)
{
  self->suggesting = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wattle_password_choice_begin (WattlePasswordChoice *self, const WattlePasswordAdvice *advice, gpointer adviser,
                              const char *suggestion)
{
  g_return_if_fail (self->advice == NULL);

  self->advice = advice;
  self->adviser = g_object_ref (adviser);
  if (suggestion != NULL)
    take_suggestion (self, suggestion);
  else
    suggest (self);
  update (self);
}

const char *
wattle_password_choice_get_password (WattlePasswordChoice *self)
{
  if (!gtk_check_button_get_active (self->use_own))
    return self->suggestion;
  return self->acceptable ? gtk_editable_get_text (self->own) : NULL;
}

void
wattle_password_choice_say (WattlePasswordChoice *self, const char *sentence, const GError *error)
{
  if (error != NULL)
    wattle_message_set_error (self->message, error);
  else
    wattle_message_set (self->message, NULL, sentence);
}

/* A suggestion that comes late is not shown in place of the one that is sent.
 * That one can still be copied; beside the person's own it would be the wrong one.
 * The entry keeps the focus and only takes no typing: made insensitive with the
 * focus in it, GTK 4.8 goes on blinking its cursor and warns of that. */
void
wattle_password_choice_set_fixed (WattlePasswordChoice *self, gboolean fixed)
{
  gtk_editable_set_editable (self->own, !fixed);
  gtk_widget_set_sensitive (GTK_WIDGET (self->use_suggested), !fixed);
  gtk_widget_set_sensitive (GTK_WIDGET (self->use_own), !fixed);
  gtk_widget_set_sensitive (self->another, !fixed);
  gtk_widget_set_sensitive (self->copy, !fixed || !gtk_check_button_get_active (self->use_own));
  if (fixed) {
    g_cancellable_cancel (self->suggesting);
    g_clear_object (&self->suggesting);
    self->suggesting = g_cancellable_new ();
  }
  if (!fixed) /* GTK may have taken the keyboard elsewhere */
    gtk_widget_grab_focus (gtk_check_button_get_active (self->use_own) ? GTK_WIDGET (self->own)
                                                                       : GTK_WIDGET (self->use_suggested));
}
