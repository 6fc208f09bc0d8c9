/* SPDX-License-Identifier: Apache-2.0 */
/* What software runs on the device. */
#include "gui-gtk/device/update-page.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "client/words.h"
#include "gui-gtk/device/support-page.h"
#include "gui-gtk/widgets/rows.h"

struct _WattleUpdatePage {
  WattlePartPage parent_instance;
  GtkWidget *version;
  GtkWidget *until;
};

G_DEFINE_FINAL_TYPE (WattleUpdatePage, wattle_update_page, WATTLE_TYPE_PART_PAGE)

static void
on_support (WattlePartPage *self)
{
  wattle_part_page_open (self, wattle_support_page_new);
}

static void
wattle_update_page_sync (WattlePartPage *part)
{
  WattleUpdatePage *self = WATTLE_UPDATE_PAGE (part);
  WattleBusDevice *device = wattle_part_page_get_device (part);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *version = wattle_text_clean (wattle_bus_device_get_firmware_version (device));
  g_autofree char *until = wattle_words_support_end (wattle_bus_device_get_support_end (device), now);

  wattle_row_set_subtitle (self->version, *version != '\0' ? version : _ ("Not known yet"));
  wattle_row_set_subtitle (self->until, until);
}

static void
wattle_update_page_class_init (WattleUpdatePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  WATTLE_PART_PAGE_CLASS (klass)->sync = wattle_update_page_sync;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/update-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleUpdatePage, version);
  gtk_widget_class_bind_template_child (widget_class, WattleUpdatePage, until);
  gtk_widget_class_bind_template_callback (widget_class, on_support);
}

static void
wattle_update_page_init (WattleUpdatePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_update_page_new (WattleService *service, WattleBusObject *device)
{
  return wattle_part_page_new (WATTLE_TYPE_UPDATE_PAGE, service, device);
}
