/* SPDX-License-Identifier: Apache-2.0 */
/* One page of the wizard that sets up a device. */
#include "gui-gtk/setup/setup-page.h"

#include "gui-gtk/setup/wizard.h"
#include "gui-gtk/widgets/button-row.h"
#include "gui-gtk/widgets/message.h"

typedef struct {
  WattleSetup *setup;
  GCancellable *cancellable;
} WattleSetupPagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WattleSetupPage, wattle_setup_page, WATTLE_TYPE_NAV_PAGE)

static WattleSetupPagePrivate *
get_private (WattleSetupPage *self)
{
  return wattle_setup_page_get_instance_private (self);
}

static void
on_next (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WATTLE_SETUP_PAGE_GET_CLASS (widget)->next (WATTLE_SETUP_PAGE (widget));
}

static void
on_cancel (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wattle_wizard_leave (WATTLE_SETUP_PAGE (widget));
}

static void
wattle_setup_page_dispose (GObject *object)
{
  WattleSetupPagePrivate *priv = get_private (WATTLE_SETUP_PAGE (object));

  g_cancellable_cancel (priv->cancellable);
  g_clear_object (&priv->cancellable);
  g_clear_object (&priv->setup);
  G_OBJECT_CLASS (wattle_setup_page_parent_class)->dispose (object);
}

static void
wattle_setup_page_class_init (WattleSetupPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_setup_page_dispose;
  g_type_ensure (WATTLE_TYPE_BUTTON_ROW); /* in every page's template */
  g_type_ensure (WATTLE_TYPE_MESSAGE);
  gtk_widget_class_install_action (widget_class, "setup.next", NULL, on_next);
  gtk_widget_class_install_action (widget_class, "setup.cancel", NULL, on_cancel);
}

static void
wattle_setup_page_init (WattleSetupPage *self)
{
  get_private (self)->cancellable = g_cancellable_new ();
}

WattleSetupPage *
wattle_setup_page_new (GType type, WattleSetup *setup)
{
  WattleSetupPage *self = g_object_new (type, NULL);

  get_private (self)->setup = g_object_ref (setup);
  wattle_nav_page_set_subtitle (WATTLE_NAV_PAGE (self), wattle_setup_get_product (setup));
  WATTLE_SETUP_PAGE_GET_CLASS (self)->ready (self);
  return self;
}

WattleSetup *
wattle_setup_page_get_setup (WattleSetupPage *self)
{
  return get_private (self)->setup;
}

GCancellable *
wattle_setup_page_get_cancellable (WattleSetupPage *self)
{
  return get_private (self)->cancellable;
}

void
wattle_setup_page_set_can_go_on (WattleSetupPage *self, gboolean can_go_on)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "setup.next", can_go_on);
}
