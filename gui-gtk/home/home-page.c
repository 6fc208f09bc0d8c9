/* SPDX-License-Identifier: Apache-2.0 */
/* The first page. */
#include "gui-gtk/home/home-page.h"

#include "gui-gtk/navigation/in-sight.h"

struct _WattleHomePage {
  WattleNavPage parent_instance;
  GtkWidget *stack;
  WattleService *service;
};

G_DEFINE_FINAL_TYPE (WattleHomePage, wattle_home_page, WATTLE_TYPE_NAV_PAGE)

static void
wattle_home_page_dispose (GObject *object)
{
  WattleHomePage *self = WATTLE_HOME_PAGE (object);

  g_clear_object (&self->service);
  G_OBJECT_CLASS (wattle_home_page_parent_class)->dispose (object);
}

static void
wattle_home_page_class_init (WattleHomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_home_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/home/home-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleHomePage, stack);
}

static void
wattle_home_page_init (WattleHomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_follow_stack (GTK_STACK (self->stack));
}

WattleNavPage *
wattle_home_page_new (WattleService *service)
{
  WattleHomePage *self = g_object_new (WATTLE_TYPE_HOME_PAGE, NULL);

  self->service = g_object_ref (service);
  return WATTLE_NAV_PAGE (self);
}
