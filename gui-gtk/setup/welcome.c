/* SPDX-License-Identifier: Apache-2.0 */
/* What the person sees first. */
#include "gui-gtk/setup/welcome.h"

#include "gui-gtk/setup/near-list.h"

struct _WattleWelcome {
  AdwBin parent_instance;
  GtkBox *box;
};

G_DEFINE_FINAL_TYPE (WattleWelcome, wattle_welcome, ADW_TYPE_BIN)

static void
wattle_welcome_class_init (WattleWelcomeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/setup/welcome.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleWelcome, box);
}

static void
wattle_welcome_init (WattleWelcome *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wattle_welcome_new (WattleService *service)
{
  WattleWelcome *self = g_object_new (WATTLE_TYPE_WELCOME, NULL);

  gtk_box_append (self->box, wattle_near_list_new (service));
  return GTK_WIDGET (self);
}
