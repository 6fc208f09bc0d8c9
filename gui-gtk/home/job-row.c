/* SPDX-License-Identifier: Apache-2.0 */
/* Something long that goes on. */
#include "gui-gtk/home/job-row.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "gui-gtk/device/say.h"

struct _WattleJobRow {
  AdwPreferencesRow parent_instance;
  GtkLabel *what;
  GtkProgressBar *progress;
  GtkLabel *why;
  WattleBusJob *job;
};

G_DEFINE_FINAL_TYPE (WattleJobRow, wattle_job_row, ADW_TYPE_PREFERENCES_ROW)

static void
update (WattleJobRow *self)
{
  g_autofree char *title = wattle_text_clean (wattle_bus_job_get_title (self->job));
  g_autofree char *why = wattle_say_job (self->job);
  double progress = wattle_bus_job_get_progress (self->job);
  /* Translators: how far something is, in percent */
  g_autofree char *percent = g_strdup_printf (_ ("%.0f %% done"), 100 * CLAMP (progress, 0, 1));

  gtk_label_set_text (self->what, title);
  gtk_label_set_text (self->why, why);
  gtk_widget_set_visible (GTK_WIDGET (self->why), *why != '\0');
  gtk_progress_bar_set_fraction (self->progress, CLAMP (progress, 0, 1));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, percent, -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, *why != '\0' ? why : percent, -1);
}

WattleBusJob *
wattle_job_row_get_job (WattleJobRow *self)
{
  return self->job;
}

static void
wattle_job_row_dispose (GObject *object)
{
  g_clear_object (&WATTLE_JOB_ROW (object)->job);
  G_OBJECT_CLASS (wattle_job_row_parent_class)->dispose (object);
}

static void
wattle_job_row_class_init (WattleJobRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_job_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/home/job-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleJobRow, what);
  gtk_widget_class_bind_template_child (widget_class, WattleJobRow, progress);
  gtk_widget_class_bind_template_child (widget_class, WattleJobRow, why);
}

static void
wattle_job_row_init (WattleJobRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
}

GtkWidget *
wattle_job_row_new (WattleBusObject *object)
{
  WattleJobRow *self = g_object_new (WATTLE_TYPE_JOB_ROW, NULL);

  self->job = wattle_bus_object_get_job (object);
  g_signal_connect_object (self->job, "g-properties-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
