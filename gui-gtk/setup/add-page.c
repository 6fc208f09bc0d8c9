/* SPDX-License-Identifier: Apache-2.0 */
/* The page that looks for devices near. */
#include "gui-gtk/setup/add-page.h"

#include "gui-gtk/setup/near-list.h"

struct _WattleAddPage {
  WattleNavPage parent_instance;
  GtkBox *box;
};

G_DEFINE_FINAL_TYPE (WattleAddPage, wattle_add_page, WATTLE_TYPE_NAV_PAGE)

static void
wattle_add_page_class_init (WattleAddPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/setup/add-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleAddPage, box);
}

static void
wattle_add_page_init (WattleAddPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_add_page_new (WattleService *service)
{
  WattleAddPage *self = g_object_new (WATTLE_TYPE_ADD_PAGE, NULL);

  gtk_box_append (self->box, wattle_near_list_new (service));
  return WATTLE_NAV_PAGE (self);
}
