/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to the data, and the decisions about it. */
#include "gui-gtk/setup/data-page.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "gui-gtk/setup/decision.h"
#include "gui-gtk/setup/wizard.h"
#include "gui-gtk/widgets/data-flow.h"
#include "gui-gtk/widgets/message.h"
#include "gui-gtk/widgets/notice-group.h"
#include "gui-gtk/widgets/rows.h"

struct _WattleDataPage {
  WattleSetupPage parent_instance;
  WattleDataFlow *flow;
  GtkLabel *in_words;
  GtkWidget *decisions_title;
  GtkLabel *decisions_note;
  GtkBox *decisions;
  AdwPreferencesGroup *needed;
  WattleNoticeGroup *notice;
  WattleMessage *message;
  GPtrArray *purposes;
};

G_DEFINE_FINAL_TYPE (WattleDataPage, wattle_data_page, WATTLE_TYPE_SETUP_PAGE)

static WattleSetup *
get_setup (WattleDataPage *self)
{
  return wattle_setup_page_get_setup (WATTLE_SETUP_PAGE (self));
}

static void
sync_picture (WattleDataPage *self)
{
  g_autoptr (GVariant) decisions = g_variant_ref_sink (wattle_setup_dup_decisions (get_setup (self)));

  wattle_data_flow_set_decisions (self->flow, decisions);
  gtk_label_set_text (self->in_words, wattle_data_flow_get_words (self->flow));
}

static void
on_decided (WattleDataPage *self, WattleDecision *decision)
{
  gboolean yes;

  if (wattle_decision_get (decision, &yes))
    wattle_setup_decide (get_setup (self), wattle_decision_get_purpose (decision), yes);
  sync_picture (self);
}

static void
add_decision (WattleDataPage *self, const WattlePurpose *purpose)
{
  GtkWidget *decision = wattle_decision_new (purpose);
  gboolean yes;

  if (wattle_setup_get_decision (get_setup (self), purpose->id, &yes))
    wattle_decision_set (WATTLE_DECISION (decision), yes);
  g_signal_connect_object (decision, "decided", G_CALLBACK (on_decided), self, G_CONNECT_SWAPPED);
  gtk_box_append (self->decisions, decision);
}

static void
add_needed (WattleDataPage *self, const WattlePurpose *purpose)
{
  g_autofree char *title = wattle_text_clean (purpose->title);
  g_autofree char *sentence = wattle_text_clean (purpose->sentence);
  GtkWidget *row = wattle_text_row_new (NULL, title);

  wattle_row_set_subtitle (row, sentence);
  adw_preferences_group_add (self->needed, row);
}

static void
add_purposes (WattleDataPage *self)
{
  guint decisions = 0;

  for (guint i = 0; i < self->purposes->len; i++) {
    const WattlePurpose *purpose = self->purposes->pdata[i];

    if (purpose->consent)
      add_decision (self, purpose);
    else
      add_needed (self, purpose);
    decisions += purpose->consent ? 1 : 0;
  }
  gtk_widget_set_visible (self->decisions_title, decisions > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->needed), decisions < self->purposes->len);
  if (decisions == 0)
    gtk_label_set_text (self->decisions_note, _ ("The device asks for nothing more than it needs to work."));
}

static void
on_notice (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleDataPage) self = user_data;
  g_autoptr (GVariant) sections = NULL;
  g_autoptr (GError) error = NULL;
  gboolean good = wattle_bus_passport_call_get_notice_finish (WATTLE_BUS_PASSPORT (source), &sections, result, &error);

  if (get_setup (self) == NULL) /* the page has gone */
    return;
  if (good)
    wattle_notice_group_add_sections (self->notice, sections);
  else
    wattle_message_set_error (self->message, error);
}

static void
wattle_data_page_ready (WattleSetupPage *page)
{
  WattleDataPage *self = WATTLE_DATA_PAGE (page);
  WattleBusPassport *passport = wattle_setup_get_passport (get_setup (self));
  GVariant *purposes = wattle_bus_passport_get_purposes (passport);
  const char *language = g_get_language_names ()[0];

  self->purposes = wattle_purposes_read (purposes);
  wattle_data_flow_set_purposes (self->flow, purposes);
  sync_picture (self);
  add_purposes (self);
  wattle_bus_passport_call_get_notice (passport, g_str_equal (language, "C") ? "en" : language,
                                       wattle_setup_page_get_cancellable (page), on_notice, g_object_ref (self));
}

static void
wattle_data_page_dispose (GObject *object)
{
  g_clear_pointer (&WATTLE_DATA_PAGE (object)->purposes, g_ptr_array_unref);
  G_OBJECT_CLASS (wattle_data_page_parent_class)->dispose (object);
}

static void
wattle_data_page_class_init (WattleDataPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_data_page_dispose;
  WATTLE_SETUP_PAGE_CLASS (klass)->ready = wattle_data_page_ready;
  WATTLE_SETUP_PAGE_CLASS (klass)->next = wattle_wizard_go_on;
  g_type_ensure (WATTLE_TYPE_DATA_FLOW);
  g_type_ensure (WATTLE_TYPE_NOTICE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/setup/data-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleDataPage, flow);
  gtk_widget_class_bind_template_child (widget_class, WattleDataPage, in_words);
  gtk_widget_class_bind_template_child (widget_class, WattleDataPage, decisions_title);
  gtk_widget_class_bind_template_child (widget_class, WattleDataPage, decisions_note);
  gtk_widget_class_bind_template_child (widget_class, WattleDataPage, decisions);
  gtk_widget_class_bind_template_child (widget_class, WattleDataPage, needed);
  gtk_widget_class_bind_template_child (widget_class, WattleDataPage, notice);
  gtk_widget_class_bind_template_child (widget_class, WattleDataPage, message);
}

static void
wattle_data_page_init (WattleDataPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
