/* SPDX-License-Identifier: Apache-2.0 */
/* The most serious of the service's problems. */
#include "gui-gtk/trouble/trouble-banner.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "gui-gtk/trouble/banner-layout.h"
#include "gui-gtk/trouble/bluetooth.h"
#include "gui-gtk/window.h"

struct _WattleTroubleBanner {
  AdwBin parent_instance;
  GtkRevealer *revealer;
  GtkWidget *box;
  GtkLabel *sentence;
  GtkButton *button;
  WattleService *service;
  GCancellable *cancellable;
  char *problem; /* the name of what is shown; NULL = nothing */
};

G_DEFINE_FINAL_TYPE (WattleTroubleBanner, wattle_trouble_banner, ADW_TYPE_BIN)

/* --- what can be done --- */

/* The button can be pressed again; whether it has helped, the service tells by
 * its problems.  A cancelled call's banner is gone. */
static void
finish (WattleTroubleBanner *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_sensitive (GTK_WIDGET (self->button), TRUE);
  if (error != NULL)
    wattle_window_say_error (self, error);
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  wattle_bus_manager_call_unlock_keyring_finish (WATTLE_BUS_MANAGER (source), result, &error);
  finish (user_data, error);
}

static void
unlock_keyring (WattleTroubleBanner *self)
{
  wattle_bus_manager_call_unlock_keyring (wattle_service_get_manager (self->service), self->cancellable, on_unlocked,
                                          self);
}

static void
on_restarted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  wattle_service_restart_finish (WATTLE_SERVICE (source), result, &error);
  finish (user_data, error);
}

/* Records are opened when the service starts, and then only. */
static void
restart_service (WattleTroubleBanner *self)
{
  wattle_service_restart (self->service, self->cancellable, on_restarted, self);
}

static void
on_switched_on (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  wattle_bluetooth_switch_on_finish (result, &error);
  finish (user_data, error);
}

static void
switch_bluetooth_on (WattleTroubleBanner *self)
{
  wattle_bluetooth_switch_on (self->cancellable, on_switched_on, self);
}

/* The one thing to do; what is not here the person alone can do, and the
 * sentence says how. */
static const struct {
  const char *problem;
  const char *label;
  void (*act) (WattleTroubleBanner *self);
} remedies[] = {
  { "KeyringLocked", N_ ("Unlock"), unlock_keyring },    { "Store", N_ ("Try again"), restart_service },
  { "StoreCorrupt", N_ ("Try again"), restart_service }, { "Busy", N_ ("Try again"), restart_service },
  { "RadioOff", N_ ("Switch on"), switch_bluetooth_on },
};

static void
on_clicked (WattleTroubleBanner *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (remedies); i++)
    if (g_strcmp0 (self->problem, remedies[i].problem) == 0) {
      gtk_widget_set_sensitive (GTK_WIDGET (self->button), FALSE);
      remedies[i].act (self);
      return;
    }
}

/* --- what is wrong --- */

static void
show_remedy (WattleTroubleBanner *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->button), FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (remedies); i++)
    if (g_strcmp0 (self->problem, remedies[i].problem) == 0) {
      gtk_button_set_label (self->button, _ (remedies[i].label));
      gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (self->button)), TRUE); /* for large text */
      gtk_label_set_justify (GTK_LABEL (gtk_button_get_child (self->button)), GTK_JUSTIFY_CENTER);
      gtk_widget_set_visible (GTK_WIDGET (self->button), TRUE);
    }
}

static void
on_problems (WattleTroubleBanner *self)
{
  GVariant *problems = wattle_service_get_problems (self->service);
  gboolean any = wattle_service_get_state (self->service) == WATTLE_SERVICE_READY && problems != NULL
                 && g_variant_n_children (problems) > 0;
  g_autofree char *clean = NULL;
  const char *name, *sentence;

  gtk_revealer_set_reveal_child (self->revealer, any);
  gtk_widget_set_visible (GTK_WIDGET (self), any || gtk_revealer_get_child_revealed (self->revealer));
  g_clear_pointer (&self->problem, g_free);
  if (!any)
    return;
  g_variant_get_child (problems, 0, "(&s&s)", &name, &sentence);
  self->problem = g_strdup (name);
  clean = wattle_text_clean (sentence);
  gtk_label_set_label (self->sentence, clean);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->box), GTK_ACCESSIBLE_PROPERTY_LABEL, clean, -1);
  show_remedy (self);
}

/* Hidden for good only after it has slid away. */
static void
on_child_revealed (WattleTroubleBanner *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), gtk_revealer_get_reveal_child (self->revealer)
                                                 || gtk_revealer_get_child_revealed (self->revealer));
}

static void
wattle_trouble_banner_dispose (GObject *object)
{
  WattleTroubleBanner *self = WATTLE_TROUBLE_BANNER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->service);
  g_clear_pointer (&self->problem, g_free);
  G_OBJECT_CLASS (wattle_trouble_banner_parent_class)->dispose (object);
}

static void
wattle_trouble_banner_class_init (WattleTroubleBannerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_trouble_banner_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/trouble/trouble-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleTroubleBanner, revealer);
  gtk_widget_class_bind_template_child (widget_class, WattleTroubleBanner, box);
  gtk_widget_class_bind_template_child (widget_class, WattleTroubleBanner, sentence);
  gtk_widget_class_bind_template_child (widget_class, WattleTroubleBanner, button);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
wattle_trouble_banner_init (WattleTroubleBanner *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_layout_manager (self->box, wattle_banner_layout_new ());
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_connect_object (self->revealer, "notify::child-revealed", G_CALLBACK (on_child_revealed), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
wattle_trouble_banner_new (WattleService *service)
{
  WattleTroubleBanner *self = g_object_new (WATTLE_TYPE_TROUBLE_BANNER, NULL);

  self->service = g_object_ref (service);
  g_signal_connect_object (service, "notify::problems", G_CALLBACK (on_problems), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "notify::state", G_CALLBACK (on_problems), self, G_CONNECT_SWAPPED);
  on_problems (self);
  return GTK_WIDGET (self);
}
