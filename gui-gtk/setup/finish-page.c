/* SPDX-License-Identifier: Apache-2.0 */
/* The last questions: how long it is supported, what it is called. */
#include "gui-gtk/setup/finish-page.h"

#include <glib/gi18n.h>

#include "client/words.h"
#include "common/error.h"
#include "gui-gtk/navigation/nav-view.h"
#include "gui-gtk/setup/password-page.h"
#include "gui-gtk/setup/progress-page.h"
#include "gui-gtk/setup/wizard.h"
#include "gui-gtk/widgets/message.h"
#include "gui-gtk/widgets/notice-group.h"
#include "gui-gtk/widgets/support-timeline.h"

struct _WattleFinishPage {
  WattleSetupPage parent_instance;
  GtkLabel *support;
  WattleSupportTimeline *timeline;
  WattleNoticeGroup *omissions;
  GtkEditable *name;
  WattleMessage *message;
  GtkWidget *other_password;
  GtkSpinner *spinner;
  gboolean finishing;
};

G_DEFINE_FINAL_TYPE (WattleFinishPage, wattle_finish_page, WATTLE_TYPE_SETUP_PAGE)

static WattleSetup *
get_setup (WattleFinishPage *self)
{
  return wattle_setup_page_get_setup (WATTLE_SETUP_PAGE (self));
}

static void
set_finishing (WattleFinishPage *self, gboolean finishing)
{
  self->finishing = finishing;
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), finishing);
  gtk_spinner_set_spinning (self->spinner, finishing);
  wattle_setup_page_set_can_go_on (WATTLE_SETUP_PAGE (self), !finishing);
}

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleFinishPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = wattle_setup_finish_finish (WATTLE_SETUP (source), result, &error);
  WattleService *service = wattle_setup_get_service (WATTLE_SETUP (source));
  g_autoptr (WattleBusObject) object = path != NULL ? wattle_service_dup_object (service, path) : NULL;
  WattleBusJob *job = object != NULL ? wattle_bus_object_peek_job (object) : NULL;

  if (get_setup (self) == NULL) /* the page has gone; a job goes on by itself */
    return;
  set_finishing (self, FALSE);
  if (job == NULL && error == NULL)
    g_set_error_literal (&error, WATTLE_ERROR, WATTLE_ERROR_FAILED,
                         _ ("Wattle’s service has stopped. Nothing is lost. Please try again."));
  if (error != NULL) {
    wattle_message_set_error (self->message, error);
    gtk_widget_set_visible (self->other_password, g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_WEAK_PASSWORD));
    return;
  }
  wattle_nav_view_push (wattle_nav_view_of (self), wattle_progress_page_new (service, job));
}

static void
wattle_finish_page_next (WattleSetupPage *page)
{
  WattleFinishPage *self = WATTLE_FINISH_PAGE (page);

  if (self->finishing)
    return;
  wattle_message_set (self->message, NULL, NULL);
  gtk_widget_set_visible (self->other_password, FALSE);
  set_finishing (self, TRUE);
  wattle_setup_finish_async (get_setup (self), wattle_setup_page_get_cancellable (page), on_finished,
                             g_object_ref (self));
}

static void
on_name_changed (WattleFinishPage *self)
{
  wattle_setup_set_name (get_setup (self), gtk_editable_get_text (self->name));
}

static void
on_name_activated (WattleFinishPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "setup.next", NULL);
}

static void
on_other_password (WattleFinishPage *self)
{
  wattle_wizard_go_back_to (WATTLE_SETUP_PAGE (self), WATTLE_TYPE_PASSWORD_PAGE);
}

static void
wattle_finish_page_ready (WattleSetupPage *page)
{
  WattleFinishPage *self = WATTLE_FINISH_PAGE (page);
  WattleSetup *setup = get_setup (self);
  WattleBusPassport *passport = wattle_setup_get_passport (setup);
  const char *const *omissions = wattle_bus_passport_get_omissions (passport);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *support = wattle_words_support_end (wattle_bus_passport_get_support_end (passport), now);
  g_autofree char *name = g_strdup (wattle_setup_get_name (setup));

  gtk_label_set_text (self->support, support);
  wattle_support_timeline_set_dates (self->timeline, NULL, wattle_bus_passport_get_support_end (passport));
  if (omissions != NULL && omissions[0] != NULL)
    wattle_notice_group_add (self->omissions, _ ("What the manufacturer does not say"), omissions);
  gtk_editable_set_text (self->name, *name != '\0' ? name : wattle_setup_get_product (setup));
  on_name_changed (self);
}

static void
wattle_finish_page_class_init (WattleFinishPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  WATTLE_SETUP_PAGE_CLASS (klass)->ready = wattle_finish_page_ready;
  WATTLE_SETUP_PAGE_CLASS (klass)->next = wattle_finish_page_next;
  g_type_ensure (WATTLE_TYPE_NOTICE_GROUP);
  g_type_ensure (WATTLE_TYPE_SUPPORT_TIMELINE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/setup/finish-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleFinishPage, support);
  gtk_widget_class_bind_template_child (widget_class, WattleFinishPage, timeline);
  gtk_widget_class_bind_template_child (widget_class, WattleFinishPage, omissions);
  gtk_widget_class_bind_template_child (widget_class, WattleFinishPage, name);
  gtk_widget_class_bind_template_child (widget_class, WattleFinishPage, message);
  gtk_widget_class_bind_template_child (widget_class, WattleFinishPage, other_password);
  gtk_widget_class_bind_template_child (widget_class, WattleFinishPage, spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_name_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_name_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_other_password);
}

static void
wattle_finish_page_init (WattleFinishPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
