/* SPDX-License-Identifier: Apache-2.0 */
/* How another computer gets to the device, and its password. */
#include "gui-gtk/device/household-page.h"

#include <glib/gi18n.h>

#include "client/secret-handle.h"
#include "gui-gtk/widgets/message.h"

struct _WattleHouseholdPage {
  WattlePartPage parent_instance;
  GtkEditable *password;
  WattleMessage *message;
  GtkWidget *change;
  gboolean changing;
};

G_DEFINE_FINAL_TYPE (WattleHouseholdPage, wattle_household_page, WATTLE_TYPE_PART_PAGE)

static void
on_changed (WattleHouseholdPage *self)
{
  gtk_widget_set_sensitive (self->change, !self->changing && *gtk_editable_get_text (self->password) != '\0');
}

static void
on_password_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleHouseholdPage *self = user_data;
  g_autoptr (GError) error = NULL;

  wattle_bus_device_call_change_password_finish (WATTLE_BUS_DEVICE (source), NULL, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->changing = FALSE;
  if (error != NULL) {
    wattle_message_set_error (self->message, error); /* says what would make it strong enough */
  } else {
    gtk_editable_set_text (self->password, "");
    wattle_message_set (self->message, "emblem-ok-symbolic",
                        _ ("The device has its new password. The old one opens nothing any more."));
  }
  on_changed (self);
}

static void
on_change (WattleHouseholdPage *self)
{
  WattlePartPage *part = WATTLE_PART_PAGE (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) list = NULL;
  GVariant *handle;

  if (!gtk_widget_get_sensitive (self->change))
    return;
  handle = wattle_secret_to_handle (gtk_editable_get_text (self->password), &list, &error);
  if (handle == NULL) {
    wattle_message_set_error (self->message, error);
    return;
  }
  self->changing = TRUE;
  on_changed (self);
  wattle_message_set (self->message, "content-loading-symbolic", _ ("Telling the device…"));
  wattle_bus_device_call_change_password (wattle_part_page_get_device (part), handle, list,
                                          wattle_part_page_get_cancellable (part), on_password_changed, self);
}

static void
wattle_household_page_class_init (WattleHouseholdPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (WATTLE_TYPE_MESSAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/household-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleHouseholdPage, password);
  gtk_widget_class_bind_template_child (widget_class, WattleHouseholdPage, message);
  gtk_widget_class_bind_template_child (widget_class, WattleHouseholdPage, change);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_change);
}

static void
wattle_household_page_init (WattleHouseholdPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_household_page_new (WattleService *service, WattleBusObject *device)
{
  return wattle_part_page_new (WATTLE_TYPE_HOUSEHOLD_PAGE, service, device);
}
