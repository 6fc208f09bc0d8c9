/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a set-up when its window is closed. */
#include "gui-gtk/setup/keeper.h"

#include <glib/gi18n.h>

#include "gui-gtk/setup/progress-page.h"
#include "gui-gtk/setup/setup-page.h"

#define MINUTES 5
#define NOTIFICATION "setup"
#define DATA_KEY "wattle-keeper"

/* --- keeping --- */

typedef struct {
  GtkWindow *window; /* which has this */
  guint timer_id;
} Kept;

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  g_clear_handle_id (&kept->timer_id, g_source_remove);
  g_free (kept);
}

static void
end (Kept *kept)
{
  GtkWindow *window = kept->window;

  g_application_withdraw_notification (g_application_get_default (), NOTIFICATION);
  g_signal_handlers_disconnect_by_data (window, kept);
  g_object_set_data (G_OBJECT (window), DATA_KEY, NULL);
}

static gboolean
on_time_is_over (gpointer user_data)
{
  Kept *kept = user_data;
  GtkWindow *window = kept->window;

  kept->timer_id = 0;
  end (kept);
  gtk_window_destroy (window); /* the set-up goes with its pages */
  return G_SOURCE_REMOVE;
}

static void
notify (const char *product)
{
  g_autofree char *title = g_strdup_printf (_ ("%s is not set up yet"), product);
  g_autofree char *body = g_strdup_printf (ngettext ("Go on within %u minute. After that the device is as it was "
                                                     "before.",
                                                     "Go on within %u minutes. After that the device is as it was "
                                                     "before.",
                                                     MINUTES),
                                           MINUTES);
  g_autoptr (GNotification) notification = g_notification_new (title);

  g_notification_set_body (notification, body);
  g_application_send_notification (g_application_get_default (), NOTIFICATION, notification);
}

gboolean
wattle_keeper_keep (GtkWindow *window, WattleNavView *view)
{
  WattleNavPage *page = wattle_nav_view_find (view, WATTLE_TYPE_SETUP_PAGE);
  WattleSetup *setup = page != NULL ? wattle_setup_page_get_setup (WATTLE_SETUP_PAGE (page)) : NULL;
  Kept *kept;

  /* Before the device is open there is nothing to lose, and what the service
   * is finishing goes on without us. */
  if (setup == NULL || wattle_setup_get_passport (setup) == NULL
      || wattle_nav_view_find (view, WATTLE_TYPE_PROGRESS_PAGE) != NULL)
    return FALSE;
  kept = g_new0 (Kept, 1);
  kept->window = window;
  kept->timer_id = g_timeout_add_seconds (MINUTES * 60, on_time_is_over, kept);
  g_object_set_data_full (G_OBJECT (window), DATA_KEY, kept, kept_free);
  gtk_widget_hide (GTK_WIDGET (window));
  g_signal_connect_swapped (window, "show", G_CALLBACK (end), kept);
  notify (wattle_setup_get_product (setup));
  return TRUE;
}

/* --- resuming --- */

static WattleBusJob *
find_running (WattleService *service)
{
  GListModel *jobs = wattle_service_get_jobs (service);

  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++) {
    g_autoptr (WattleBusObject) object = g_list_model_get_item (jobs, i);
    WattleBusJob *job = wattle_bus_object_peek_job (object);

    if (job != NULL && g_strcmp0 (wattle_bus_job_get_kind (job), "setup") == 0
        && g_strcmp0 (wattle_bus_job_get_state (job), "running") == 0)
      return g_object_ref (job);
  }
  return NULL;
}

static void
on_service (WattleService *service, GParamSpec *pspec, WattleNavView *view)
{
  g_autoptr (WattleBusJob) job = NULL;

  if (wattle_service_get_state (service) != WATTLE_SERVICE_READY)
    return;
  g_signal_handlers_disconnect_by_func (service, on_service, view);
  job = find_running (service);
  if (job != NULL)
    wattle_nav_view_push (view, wattle_progress_page_new (service, job));
}

void
wattle_keeper_resume (WattleNavView *view, WattleService *service)
{
  g_signal_connect_object (service, "notify::state", G_CALLBACK (on_service), view, 0);
  on_service (service, NULL, view);
}
