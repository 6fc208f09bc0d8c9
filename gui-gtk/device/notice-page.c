/* SPDX-License-Identifier: Apache-2.0 */
/* The whole notice. */
#include "gui-gtk/device/notice-page.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "gui-gtk/device/say.h"
#include "gui-gtk/widgets/message.h"
#include "gui-gtk/widgets/notice-group.h"

struct _WattleNoticePage {
  WattlePartPage parent_instance;
  AdwPreferencesGroup *product;
  WattleMessage *message;
  WattleNoticeGroup *sections;
};

G_DEFINE_FINAL_TYPE (WattleNoticePage, wattle_notice_page, WATTLE_TYPE_PART_PAGE)

static void
on_notice (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleNoticePage *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) sections = NULL;

  wattle_bus_passport_call_get_notice_finish (WATTLE_BUS_PASSPORT (source), &sections, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (sections != NULL)
    wattle_notice_group_add_sections (self->sections, sections);
  else
    wattle_message_set_error (self->message, error);
}

static void
wattle_notice_page_load (WattlePartPage *part)
{
  WattleNoticePage *self = WATTLE_NOTICE_PAGE (part);
  WattleBusPassport *passport = wattle_part_page_get_passport (part);
  g_autofree char *language = wattle_say_language ();
  g_autofree char *name = NULL;
  g_autofree char *markup = NULL;

  if (passport == NULL) {
    wattle_message_set (self->message, "dialog-warning-symbolic", _ ("The maker's notice is not here now."));
    return;
  }
  name = wattle_text_clean (wattle_bus_passport_get_product_name (passport));
  markup = g_markup_escape_text (name, -1); /* which a group reads its title as */
  adw_preferences_group_set_title (self->product, markup);
  wattle_bus_passport_call_get_notice (passport, language, wattle_part_page_get_cancellable (part), on_notice, self);
}

static void
wattle_notice_page_class_init (WattleNoticePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  WATTLE_PART_PAGE_CLASS (klass)->load = wattle_notice_page_load;
  g_type_ensure (WATTLE_TYPE_MESSAGE);
  g_type_ensure (WATTLE_TYPE_NOTICE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/notice-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleNoticePage, product);
  gtk_widget_class_bind_template_child (widget_class, WattleNoticePage, message);
  gtk_widget_class_bind_template_child (widget_class, WattleNoticePage, sections);
}

static void
wattle_notice_page_init (WattleNoticePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_notice_page_new (WattleService *service, WattleBusObject *device)
{
  return wattle_part_page_new (WATTLE_TYPE_NOTICE_PAGE, service, device);
}
