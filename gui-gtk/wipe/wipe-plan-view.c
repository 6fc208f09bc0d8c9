/* SPDX-License-Identifier: Apache-2.0 */
/* What a wipe would do, and the decision. */
#include "gui-gtk/wipe/wipe-plan-view.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "client/words.h"
#include "gui-gtk/files/export-row.h"
#include "gui-gtk/widgets/question.h"
#include "gui-gtk/wipe/place-row.h"

struct _WattleWipePlanView {
  AdwBin parent_instance;
  GtkLabel *heading;
  AdwPreferencesGroup *places;
  AdwPreferencesGroup *remains;
  AdwPreferencesGroup *keep;
  GtkSwitch *lost;
  GtkSwitch *read;
  GtkWidget *wipe;
  WattleBusObject *device;
  GCancellable *cancellable;
  gboolean known; /* what will go is on the page */
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (WattleWipePlanView, wattle_wipe_plan_view, ADW_TYPE_BIN)

enum { SIGNAL_DECIDED, N_SIGNALS };
static guint signals[N_SIGNALS];

static char *
dup_name (WattleWipePlanView *self)
{
  return wattle_text_clean (wattle_bus_device_get_name (wattle_bus_object_peek_device (self->device)));
}

/* --- the plan --- */

static void
sync_wipe (WattleWipePlanView *self)
{
  gtk_widget_set_sensitive (self->wipe, self->known && !self->busy && gtk_switch_get_active (self->read));
}

static void
show_plan (WattleWipePlanView *self, GVariant *places, char **remains)
{
  const char *place, *sentence;
  GVariantIter iter;

  g_variant_iter_init (&iter, places);
  while (g_variant_iter_next (&iter, "(&s&s)", &place, &sentence))
    adw_preferences_group_add (self->places, wattle_place_row_new (place, sentence));
  for (char **line = remains; *line != NULL; line++)
    adw_preferences_group_add (self->remains, wattle_place_row_new (NULL, *line));
  gtk_widget_set_visible (GTK_WIDGET (self->remains), remains[0] != NULL);
}

static void
on_plan (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleWipePlanView *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) places = NULL;
  g_auto (GStrv) remains = NULL;

  if (wattle_bus_wipe_call_get_plan_finish (WATTLE_BUS_WIPE (source), &places, &remains, result, &error)) {
    show_plan (self, places, remains);
    self->known = TRUE;
    sync_wipe (self);
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_autofree char *sentence = wattle_service_error_sentence (error);

    g_autofree char *markup = g_markup_escape_text (sentence, -1);

    adw_preferences_group_set_description (self->places, markup);
  }
}

/* --- the decision --- */

static void
on_yes (gpointer data)
{
  WattleWipePlanView *self = data;

  /* Read again: what was agreed to is what is on the page now. */
  if (self->known && !self->busy && gtk_switch_get_active (self->read))
    g_signal_emit (self, signals[SIGNAL_DECIDED], 0, gtk_switch_get_active (self->lost));
}

static void
on_wipe (WattleWipePlanView *self)
{
  g_autofree char *name = dup_name (self);
  /* Translators: %s is what a person calls their device */
  g_autofree char *heading = g_strdup_printf (_ ("Wipe “%s”?"), name);
  WattleQuestion question = {
    .heading = heading,
    .body = gtk_switch_get_active (self->lost)
                ? _ ("Your data in the cloud and on this computer is deleted now, and the device when it is found. "
                     "This cannot be undone.")
                : _ ("Your data in the cloud, on the device and on this computer is deleted. This cannot be undone."),
    .no = _ ("Keep it"),
    .yes = _ ("Wipe it"),
  };

  wattle_question_ask (self, &question, on_yes);
}

void
wattle_wipe_plan_view_set_busy (WattleWipePlanView *self, gboolean busy)
{
  self->busy = busy;
  sync_wipe (self);
}

static void
wattle_wipe_plan_view_dispose (GObject *object)
{
  WattleWipePlanView *self = WATTLE_WIPE_PLAN_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->device);
  G_OBJECT_CLASS (wattle_wipe_plan_view_parent_class)->dispose (object);
}

static void
wattle_wipe_plan_view_class_init (WattleWipePlanViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_wipe_plan_view_dispose;
  signals[SIGNAL_DECIDED] = g_signal_new ("decided", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/wipe/wipe-plan-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleWipePlanView, heading);
  gtk_widget_class_bind_template_child (widget_class, WattleWipePlanView, places);
  gtk_widget_class_bind_template_child (widget_class, WattleWipePlanView, remains);
  gtk_widget_class_bind_template_child (widget_class, WattleWipePlanView, keep);
  gtk_widget_class_bind_template_child (widget_class, WattleWipePlanView, lost);
  gtk_widget_class_bind_template_child (widget_class, WattleWipePlanView, read);
  gtk_widget_class_bind_template_child (widget_class, WattleWipePlanView, wipe);
  gtk_widget_class_bind_template_callback (widget_class, on_wipe);
}

static void
wattle_wipe_plan_view_init (WattleWipePlanView *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->read, "notify::active", G_CALLBACK (sync_wipe), self, G_CONNECT_SWAPPED);
}

GtkWidget *
wattle_wipe_plan_view_new (WattleService *service, WattleBusObject *device)
{
  WattleWipePlanView *self = g_object_new (WATTLE_TYPE_WIPE_PLAN_VIEW, NULL);
  g_autofree char *name = NULL;
  g_autofree char *heading = NULL;

  self->device = g_object_ref (device);
  name = dup_name (self);
  /* Translators: %s is what a person calls their device */
  heading = g_strdup_printf (_ ("Part with “%s”"), name);
  gtk_label_set_label (self->heading, heading);
  adw_preferences_group_add (self->keep, wattle_export_row_new (service, device));
  wattle_bus_wipe_call_get_plan (wattle_bus_object_peek_wipe (device), self->cancellable, on_plan, self);
  return GTK_WIDGET (self);
}
