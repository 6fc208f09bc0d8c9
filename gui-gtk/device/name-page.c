/* SPDX-License-Identifier: Apache-2.0 */
/* What the person calls the device. */
#include "gui-gtk/device/name-page.h"

#include "gui-gtk/device/say.h"
#include "gui-gtk/widgets/message.h"

struct _WattleNamePage {
  WattlePartPage parent_instance;
  GtkEditable *name;
  WattleMessage *message;
  GtkWidget *save;
};

G_DEFINE_FINAL_TYPE (WattleNamePage, wattle_name_page, WATTLE_TYPE_PART_PAGE)

static char *
dup_name (WattleNamePage *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (self->name)));
}

static void
on_changed (WattleNamePage *self)
{
  g_autofree char *name = dup_name (self);

  gtk_widget_set_sensitive (self->save, *name != '\0');
}

static void
on_renamed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleNamePage *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (reply != NULL) {
    wattle_nav_page_leave (WATTLE_NAV_PAGE (self));
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    on_changed (self);
    wattle_message_set_error (self->message, error);
  }
}

static void
on_save (WattleNamePage *self)
{
  g_autofree char *name = dup_name (self);

  if (*name == '\0' || !gtk_widget_get_sensitive (self->save))
    return;
  gtk_widget_set_sensitive (self->save, FALSE);
  wattle_message_set (self->message, NULL, NULL);
  wattle_part_page_set (WATTLE_PART_PAGE (self), "Name", g_variant_new_string (name), on_renamed, self);
}

static void
wattle_name_page_load (WattlePartPage *part)
{
  g_autofree char *name = wattle_say_name (wattle_part_page_get_device (part));

  gtk_editable_set_text (WATTLE_NAME_PAGE (part)->name, name);
}

static void
wattle_name_page_class_init (WattleNamePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  WATTLE_PART_PAGE_CLASS (klass)->load = wattle_name_page_load;
  g_type_ensure (WATTLE_TYPE_MESSAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/name-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleNamePage, name);
  gtk_widget_class_bind_template_child (widget_class, WattleNamePage, message);
  gtk_widget_class_bind_template_child (widget_class, WattleNamePage, save);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
wattle_name_page_init (WattleNamePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_name_page_new (WattleService *service, WattleBusObject *device)
{
  return wattle_part_page_new (WATTLE_TYPE_NAME_PAGE, service, device);
}
