/* SPDX-License-Identifier: Apache-2.0 */
/* What a page shows while the service cannot be used. */
#include "gui-gtk/trouble/trouble-view.h"

#include <glib/gi18n.h>

struct _WattleTroubleView {
  AdwBin parent_instance;
  AdwStatusPage *page;
  GtkButton *button;
};

G_DEFINE_FINAL_TYPE (WattleTroubleView, wattle_trouble_view, ADW_TYPE_BIN)

static const struct {
  WattleServiceState state;
  const char *title;
  const char *description;
  const char *button;
  const char *action;
} troubles[] = {
  { WATTLE_SERVICE_GONE, N_ ("Wattle's service is not running"),
    N_ ("Your devices go on by themselves, and nothing is lost. Wattle only cannot show them now."), N_ ("Try again"),
    "win.retry" },
  { WATTLE_SERVICE_OLD, N_ ("Wattle's service is too old"),
    N_ ("Wattle was updated, but its service still runs in the old version. Start it again."), N_ ("Start it again"),
    "win.restart-service" },
};

static void
on_state (WattleService *service, GParamSpec *pspec, WattleTroubleView *self)
{
  WattleServiceState state = wattle_service_get_state (service);

  for (gsize i = 0; i < G_N_ELEMENTS (troubles); i++) {
    if (troubles[i].state != state)
      continue;
    adw_status_page_set_title (self->page, _ (troubles[i].title));
    adw_status_page_set_description (self->page, _ (troubles[i].description));
    gtk_button_set_label (self->button, _ (troubles[i].button));
    gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (self->button)), TRUE); /* for large text */
    gtk_label_set_justify (GTK_LABEL (gtk_button_get_child (self->button)), GTK_JUSTIFY_CENTER);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), troubles[i].action);
  }
}

static void
wattle_trouble_view_class_init (WattleTroubleViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/trouble/trouble-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleTroubleView, page);
  gtk_widget_class_bind_template_child (widget_class, WattleTroubleView, button);
}

static void
wattle_trouble_view_init (WattleTroubleView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wattle_trouble_view_new (WattleService *service)
{
  WattleTroubleView *self = g_object_new (WATTLE_TYPE_TROUBLE_VIEW, NULL);

  g_signal_connect_object (service, "notify::state", G_CALLBACK (on_state), self, 0);
  on_state (service, NULL, self);
  return GTK_WIDGET (self);
}
