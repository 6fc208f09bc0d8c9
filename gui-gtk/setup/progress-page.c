/* SPDX-License-Identifier: Apache-2.0 */
/* How far a set-up is that the service is finishing. */
#include "gui-gtk/setup/progress-page.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "client/words.h"
#include "gui-gtk/navigation/nav-view.h"
#include "gui-gtk/setup/finish-page.h"
#include "gui-gtk/widgets/button-row.h"
#include "gui-gtk/widgets/message.h"
#include "gui-gtk/widgets/rows.h"
#include "gui-gtk/window.h"

struct _WattleProgressPage {
  WattleNavPage parent_instance;
  GtkLabel *heading;
  GtkProgressBar *bar;
  GtkListBox *steps;
  WattleMessage *message;
  GtkWidget *cancel;
  GtkButton *leave;
  WattleService *service;
  WattleBusJob *job; /* stays as it was at last when the service forgets it */
  GPtrArray *rows;   /* of the steps */
  GCancellable *cancellable;
  gboolean over;
};

G_DEFINE_FINAL_TYPE (WattleProgressPage, wattle_progress_page, WATTLE_TYPE_NAV_PAGE)

static const struct {
  const char *state;
  const char *icon;
} icons[] = {
  { "pending", "content-loading-symbolic" }, { "running", "emblem-synchronizing-symbolic" },
  { "waiting", "content-loading-symbolic" }, { "done", "object-select-symbolic" },
  { "skipped", "object-select-symbolic" },   { "failed", "dialog-warning-symbolic" },
};

static const char *
icon_of (const char *state)
{
  for (gsize i = 0; i < G_N_ELEMENTS (icons); i++)
    if (g_str_equal (icons[i].state, state))
      return icons[i].icon;
  return NULL;
}

static gboolean
is_job (WattleProgressPage *self, const char *state)
{
  return g_strcmp0 (wattle_bus_job_get_state (self->job), state) == 0;
}

static GtkWidget *
add_row (WattleProgressPage *self)
{
  GtkWidget *row = wattle_text_row_new (NULL, "");
  /* Its words say the same. */
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  g_object_set_data (G_OBJECT (row), "icon", icon);
  gtk_list_box_append (self->steps, row);
  g_ptr_array_add (self->rows, row);
  return row;
}

static void
sync_steps (WattleProgressPage *self)
{
  GVariant *steps = wattle_bus_job_get_steps (self->job);

  for (gsize i = 0; steps != NULL && i < g_variant_n_children (steps); i++) {
    GtkWidget *row = i < self->rows->len ? self->rows->pdata[i] : add_row (self);
    const char *sentence, *state;

    g_variant_get_child (steps, i, "(&s&s&s)", NULL, &sentence, &state);
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), sentence);
    wattle_row_set_subtitle (row, wattle_words (WATTLE_WORDS_STEP, state));
    gtk_image_set_from_icon_name (g_object_get_data (G_OBJECT (row), "icon"), icon_of (state));
  }
}

/* The wizard's last page, to try again from; NULL after a restart. */
static WattleNavPage *
find_wizard (WattleProgressPage *self)
{
  WattleNavView *view = wattle_nav_view_of (self);

  return view != NULL ? wattle_nav_view_find (view, WATTLE_TYPE_FINISH_PAGE) : NULL;
}

static void
sync_message (WattleProgressPage *self)
{
  GVariant *error = wattle_bus_job_get_error (self->job);
  g_autofree char *sentence = NULL;
  const char *text = "";

  if (error != NULL)
    g_variant_get (error, "(&s&s)", NULL, &text);
  sentence = is_job (self, "failed") && find_wizard (self) != NULL
                 /* Translators: %s is a sentence that says what went wrong */
                 ? g_strdup_printf (_ ("%s Nothing is lost: put it right, go back and try again."), text)
                 : wattle_text_clean (text);
  wattle_message_set (self->message, "dialog-warning-symbolic",
                      *sentence != '\0' && (is_job (self, "failed") || is_job (self, "waiting")) ? sentence : NULL);
}

static gboolean
is_in_sight (WattleProgressPage *self)
{
  WattleNavView *view = wattle_nav_view_of (self);

  return view != NULL && wattle_nav_view_get_page (view) == WATTLE_NAV_PAGE (self);
}

static void
show_device (WattleProgressPage *self)
{
  g_autofree char *path = NULL;
  g_autoptr (WattleBusObject) object = NULL;
  WattleWindow *window = wattle_window_of (self);

  g_variant_lookup (wattle_bus_job_get_result (self->job), "device", "o", &path);
  object = wattle_service_dup_object (self->service, path);
  wattle_window_say (self, _ ("The device is yours now."));
  wattle_nav_view_pop_to_root (wattle_nav_view_of (self));
  if (object != NULL && wattle_bus_object_peek_device (object) != NULL)
    wattle_window_show_device (window, wattle_bus_device_get_id (wattle_bus_object_peek_device (object)));
}

static void
on_job (WattleProgressPage *self)
{
  gboolean cancellable = wattle_bus_job_get_cancellable (self->job);
  gboolean failed = is_job (self, "failed");

  if (self->over)
    return;
  gtk_label_set_text (self->heading, wattle_bus_job_get_title (self->job));
  gtk_progress_bar_set_fraction (self->bar, CLAMP (wattle_bus_job_get_progress (self->job), 0, 1));
  sync_steps (self);
  sync_message (self);
  gtk_widget_set_visible (self->cancel, cancellable && !failed);
  gtk_widget_set_visible (GTK_WIDGET (self->leave), !cancellable || failed);
  gtk_button_set_label (self->leave, !failed              ? _ ("Let it finish by itself")
                                     : find_wizard (self) ? _ ("Back")
                                                          : _ ("Close"));
  wattle_nav_page_set_can_go_back (WATTLE_NAV_PAGE (self), failed);
  self->over = failed || is_job (self, "done") || is_job (self, "cancelled");
  if (!self->over || failed || !is_in_sight (self))
    return;
  if (is_job (self, "done"))
    show_device (self);
  else {
    wattle_window_say (self, _ ("The device is as it was before."));
    wattle_nav_view_pop_to_root (wattle_nav_view_of (self));
  }
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleProgressPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!wattle_bus_job_call_cancel_finish (WATTLE_BUS_JOB (source), result, &error) && self->service != NULL)
    wattle_message_set_error (self->message, error);
}

static void
on_cancel (WattleProgressPage *self)
{
  wattle_bus_job_call_cancel (self->job, self->cancellable, on_cancelled, g_object_ref (self));
}

static void
on_leave (WattleProgressPage *self)
{
  if (is_job (self, "failed") && find_wizard (self) != NULL)
    wattle_nav_page_leave (WATTLE_NAV_PAGE (self));
  else
    wattle_nav_view_pop_to_root (wattle_nav_view_of (self));
}

static void
wattle_progress_page_shown (WattleNavPage *page)
{
  WattleProgressPage *self = WATTLE_PROGRESS_PAGE (page);

  self->over = FALSE; /* what came while the page was out of sight is told now */
  on_job (self);
}

static void
wattle_progress_page_dispose (GObject *object)
{
  WattleProgressPage *self = WATTLE_PROGRESS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->job);
  g_clear_object (&self->service);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (wattle_progress_page_parent_class)->dispose (object);
}

static void
wattle_progress_page_class_init (WattleProgressPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_progress_page_dispose;
  WATTLE_NAV_PAGE_CLASS (klass)->shown = wattle_progress_page_shown;
  g_type_ensure (WATTLE_TYPE_BUTTON_ROW);
  g_type_ensure (WATTLE_TYPE_MESSAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/setup/progress-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleProgressPage, heading);
  gtk_widget_class_bind_template_child (widget_class, WattleProgressPage, bar);
  gtk_widget_class_bind_template_child (widget_class, WattleProgressPage, steps);
  gtk_widget_class_bind_template_child (widget_class, WattleProgressPage, message);
  gtk_widget_class_bind_template_child (widget_class, WattleProgressPage, cancel);
  gtk_widget_class_bind_template_child (widget_class, WattleProgressPage, leave);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_leave);
}

static void
wattle_progress_page_init (WattleProgressPage *self)
{
  self->rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_progress_page_new (WattleService *service, WattleBusJob *job)
{
  WattleProgressPage *self = g_object_new (WATTLE_TYPE_PROGRESS_PAGE, NULL);

  self->service = g_object_ref (service);
  self->job = g_object_ref (job);
  g_signal_connect_object (self->job, "notify", G_CALLBACK (on_job), self, G_CONNECT_SWAPPED);
  return WATTLE_NAV_PAGE (self);
}
