/* SPDX-License-Identifier: Apache-2.0 */
/* The password that opens the device from now on. */
#include "gui-gtk/setup/password-page.h"

#include <glib/gi18n.h>

#include "gui-gtk/setup/wizard.h"
#include "gui-gtk/widgets/message.h"
#include "gui-gtk/widgets/strength-bar.h"
#include "gui-gtk/window.h"

#define PAUSE_MS 250 /* in typing, before what is there is judged */

struct _WattlePasswordPage {
  WattleSetupPage parent_instance;
  GtkCheckButton *use_suggested;
  GtkCheckButton *use_own;
  GtkLabel *suggestion;
  GtkWidget *another;
  GtkWidget *own_box;
  GtkEditable *own;
  WattleStrengthBar *strength;
  WattleMessage *message;
  GCancellable *judging; /* of the judgement that is asked for now */
  guint pause_id;
  gboolean acceptable; /* what is in the entry */
};

G_DEFINE_FINAL_TYPE (WattlePasswordPage, wattle_password_page, WATTLE_TYPE_SETUP_PAGE)

static WattleSetup *
get_setup (WattlePasswordPage *self)
{
  return wattle_setup_page_get_setup (WATTLE_SETUP_PAGE (self));
}

static void
update (WattlePasswordPage *self)
{
  gboolean own = gtk_check_button_get_active (self->use_own);

  gtk_widget_set_visible (self->own_box, own);
  wattle_setup_page_set_can_go_on (WATTLE_SETUP_PAGE (self),
                                   own ? self->acceptable : wattle_setup_get_suggestion (get_setup (self)) != NULL);
}

/* --- suggested --- */

/* What has the focus then is described by it: GTK 4.8 tells nothing of a text
 * that changes by itself. */
static void
show_suggestion (WattlePasswordPage *self)
{
  const char *suggestion = wattle_setup_get_suggestion (get_setup (self));

  gtk_label_set_text (self->suggestion, suggestion);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->use_suggested), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, suggestion,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->another), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, suggestion, -1);
}

static void
on_suggested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattlePasswordPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean good = wattle_setup_suggest_finish (WATTLE_SETUP (source), result, &error);

  if (get_setup (self) == NULL) /* the page has gone */
    return;
  if (good) {
    show_suggestion (self);
    wattle_message_set (self->message, NULL, NULL);
  } else {
    wattle_message_set_error (self->message, error);
  }
  update (self);
}

static void
suggest (WattlePasswordPage *self)
{
  wattle_setup_suggest_async (get_setup (self), wattle_setup_page_get_cancellable (WATTLE_SETUP_PAGE (self)),
                              on_suggested, g_object_ref (self));
}

static void
on_another (WattlePasswordPage *self)
{
  gtk_check_button_set_active (self->use_suggested, TRUE);
  suggest (self);
}

static void
on_copy (WattlePasswordPage *self)
{
  const char *suggestion = wattle_setup_get_suggestion (get_setup (self));

  if (suggestion == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), suggestion);
  wattle_window_say (self, _ ("Copied. Paste it into your password manager."));
}

/* --- own --- */

static void
on_judged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattlePasswordPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleStrength) strength = wattle_setup_check_finish (WATTLE_SETUP (source), result, &error);

  if (get_setup (self) == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the page has gone, or something else has been typed */
  if (strength == NULL) {
    wattle_message_set_error (self->message, error);
    return;
  }
  self->acceptable = strength->acceptable;
  wattle_message_set (self->message, NULL, NULL);
  wattle_strength_bar_set (self->strength, strength->score, strength->reasons);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->own), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  wattle_strength_bar_get_words (self->strength), -1);
  update (self);
}

static gboolean
on_pause (gpointer user_data)
{
  WattlePasswordPage *self = user_data;

  self->pause_id = 0;
  g_clear_object (&self->judging);
  self->judging = g_cancellable_new ();
  wattle_setup_check_async (get_setup (self), gtk_editable_get_text (self->own), self->judging, on_judged,
                            g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
stop_judging (WattlePasswordPage *self)
{
  g_clear_handle_id (&self->pause_id, g_source_remove);
  g_cancellable_cancel (self->judging);
  g_clear_object (&self->judging);
}

static void
on_own_changed (WattlePasswordPage *self)
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
on_own_activated (WattlePasswordPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "setup.next", NULL);
}

static void
on_use_own (WattlePasswordPage *self)
{
  update (self);
  if (gtk_check_button_get_active (self->use_own))
    gtk_widget_grab_focus (GTK_WIDGET (self->own));
}

/* --- page --- */

static void
wattle_password_page_next (WattleSetupPage *page)
{
  WattlePasswordPage *self = WATTLE_PASSWORD_PAGE (page);
  gboolean own = gtk_check_button_get_active (self->use_own);

  wattle_setup_set_password (get_setup (self),
                             own ? gtk_editable_get_text (self->own) : wattle_setup_get_suggestion (get_setup (self)));
  wattle_wizard_go_on (page);
}

static void
wattle_password_page_ready (WattleSetupPage *page)
{
  WattlePasswordPage *self = WATTLE_PASSWORD_PAGE (page);

  if (wattle_setup_get_suggestion (get_setup (self)) != NULL)
    show_suggestion (self);
  else
    suggest (self);
  update (self);
}

static void
wattle_password_page_dispose (GObject *object)
{
  WattlePasswordPage *self = WATTLE_PASSWORD_PAGE (object);

  stop_judging (self);
  G_OBJECT_CLASS (wattle_password_page_parent_class)->dispose (object);
}

static void
wattle_password_page_class_init (WattlePasswordPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_password_page_dispose;
  WATTLE_SETUP_PAGE_CLASS (klass)->ready = wattle_password_page_ready;
  WATTLE_SETUP_PAGE_CLASS (klass)->next = wattle_password_page_next;
  g_type_ensure (WATTLE_TYPE_STRENGTH_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/setup/password-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordPage, use_suggested);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordPage, use_own);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordPage, suggestion);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordPage, another);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordPage, own_box);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordPage, own);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordPage, strength);
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordPage, message);
  gtk_widget_class_bind_template_callback (widget_class, on_another);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_own_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_own_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_use_own);
}

static void
wattle_password_page_init (WattlePasswordPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
