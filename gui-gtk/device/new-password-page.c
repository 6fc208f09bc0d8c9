/* SPDX-License-Identifier: Apache-2.0 */
/* Another password for the device. */
#include "gui-gtk/device/new-password-page.h"

#include <glib/gi18n.h>

#include "client/secret-handle.h"
#include "gui-gtk/widgets/password-choice.h"
#include "gui-gtk/window.h"

struct _WattleNewPasswordPage {
  WattlePartPage parent_instance;
  WattlePasswordChoice *choice;
  gboolean changing;
};

G_DEFINE_FINAL_TYPE (WattleNewPasswordPage, wattle_new_password_page, WATTLE_TYPE_PART_PAGE)

/* --- advice of the device --- */

static void
suggest_async (gpointer device, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  wattle_bus_device_call_suggest_passphrase (device, NULL, cancellable, callback, user_data);
}

static WattleSecret *
suggest_finish (gpointer device, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) handle = NULL;
  g_autoptr (GUnixFDList) list = NULL;

  if (!wattle_bus_device_call_suggest_passphrase_finish (device, &handle, &list, result, error))
    return NULL;
  return wattle_secret_from_handle (handle, list, error);
}

static void
check_async (gpointer device, const char *password, GCancellable *cancellable, GAsyncReadyCallback callback,
             gpointer user_data)
{
  g_autoptr (GUnixFDList) list = NULL;
  GError *error = NULL;
  GVariant *handle = wattle_secret_to_handle (password, &list, &error);

  if (handle == NULL)
    g_task_report_error (device, callback, user_data, check_async, error);
  else
    wattle_bus_device_call_check_password (device, handle, list, cancellable, callback, user_data);
}

static WattleStrength *
check_finish (gpointer device, GAsyncResult *result, GError **error)
{
  g_autoptr (WattleStrength) strength = g_new0 (WattleStrength, 1);

  if (g_async_result_is_tagged (result, check_async))
    return g_task_propagate_pointer (G_TASK (result), error);
  if (!wattle_bus_device_call_check_password_finish (device, &strength->score, &strength->acceptable,
                                                     &strength->reasons, NULL, result, error))
    return NULL;
  return g_steal_pointer (&strength);
}

static const WattlePasswordAdvice advice = { suggest_async, suggest_finish, check_async, check_finish };

/* --- page --- */

static void
update (WattleNewPasswordPage *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "password.change",
                                 !self->changing && wattle_password_choice_get_password (self->choice) != NULL);
}

static void
on_password_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleNewPasswordPage *self = user_data;
  g_autoptr (GError) error = NULL;

  wattle_bus_device_call_change_password_finish (WATTLE_BUS_DEVICE (source), NULL, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the page has gone */
  self->changing = FALSE;
  update (self);
  if (error != NULL) {
    wattle_password_choice_set_fixed (self->choice, FALSE);
    wattle_password_choice_say (self->choice, NULL, error);
    return;
  }
  wattle_window_say (self, _ ("The device has its new password. The old one opens nothing any more."));
  wattle_nav_page_leave (WATTLE_NAV_PAGE (self));
}

static void
on_change (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleNewPasswordPage *self = WATTLE_NEW_PASSWORD_PAGE (widget);
  WattlePartPage *part = WATTLE_PART_PAGE (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) list = NULL;
  GVariant *handle = wattle_secret_to_handle (wattle_password_choice_get_password (self->choice), &list, &error);

  if (handle == NULL) {
    wattle_password_choice_say (self->choice, NULL, error);
    return;
  }
  self->changing = TRUE;
  update (self);
  wattle_password_choice_set_fixed (self->choice, TRUE);
  wattle_password_choice_say (self->choice, _ ("Telling the device…"), NULL);
  wattle_bus_device_call_change_password (wattle_part_page_get_device (part), handle, list,
                                          wattle_part_page_get_cancellable (part), on_password_changed, self);
}

static void
on_activated (WattleNewPasswordPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "password.change", NULL);
}

static void
wattle_new_password_page_load (WattlePartPage *part)
{
  wattle_password_choice_begin (WATTLE_NEW_PASSWORD_PAGE (part)->choice, &advice, wattle_part_page_get_device (part),
                                NULL);
}

static void
wattle_new_password_page_class_init (WattleNewPasswordPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  WATTLE_PART_PAGE_CLASS (klass)->load = wattle_new_password_page_load;
  g_type_ensure (WATTLE_TYPE_PASSWORD_CHOICE);
  gtk_widget_class_install_action (widget_class, "password.change", NULL, on_change);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/new-password-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleNewPasswordPage, choice);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
}

static void
wattle_new_password_page_init (WattleNewPasswordPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_new_password_page_new (WattleService *service, WattleBusObject *device)
{
  return wattle_part_page_new (WATTLE_TYPE_NEW_PASSWORD_PAGE, service, device);
}
