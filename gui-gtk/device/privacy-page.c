/* SPDX-License-Identifier: Apache-2.0 */
/* What the device may do with data. */
#include "gui-gtk/device/privacy-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "client/purpose.h"
#include "client/text.h"
#include "gui-gtk/device/changes-page.h"
#include "gui-gtk/device/decision-text.h"
#include "gui-gtk/device/notice-page.h"
#include "gui-gtk/device/others-page.h"
#include "gui-gtk/device/purpose-group.h"
#include "gui-gtk/files/save.h"
#include "gui-gtk/files/trouble.h"
#include "gui-gtk/widgets/data-flow.h"
#include "gui-gtk/widgets/rows.h"

struct _WattlePrivacyPage {
  WattlePartPage parent_instance;
  GtkWidget *changed;
  WattleDataFlow *flow;
  GtkLabel *in_words;
  WattlePurposeGroup *decisions;
  AdwPreferencesGroup *needed;
  GtkWidget *others;
  GtkWidget *ledger;
  GPtrArray *needed_rows;
};

G_DEFINE_FINAL_TYPE (WattlePrivacyPage, wattle_privacy_page, WATTLE_TYPE_PART_PAGE)

/* --- the ways on --- */

static void
on_changes (WattlePartPage *self)
{
  wattle_part_page_open (self, wattle_changes_page_new);
}

static void
on_notice (WattlePartPage *self)
{
  wattle_part_page_open (self, wattle_notice_page_new);
}

static void
on_others (WattlePartPage *self)
{
  wattle_part_page_open (self, wattle_others_page_new);
}

static void on_ledger (WattlePrivacyPage *self);

static void
try_ledger_again (gpointer self, gboolean elsewhere)
{
  if (gtk_widget_get_root (self) != NULL) /* the page is still there */
    on_ledger (self);
}

static void
on_ledger_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattlePrivacyPage *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  g_autoptr (GBytes) bytes = NULL;

  wattle_bus_consent_call_get_ledger_finish (WATTLE_BUS_CONSENT (source), &json, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_sensitive (self->ledger, TRUE);
  if (json == NULL) {
    wattle_file_trouble_tell (self, WATTLE_NOT_SAVED, error, try_ledger_again, g_object_ref (self), g_object_unref);
    return;
  }
  bytes = g_bytes_new (json, strlen (json));
  /* Translators: the name that is suggested for a file; keep ".json" */
  wattle_save_bytes (GTK_WIDGET (self), _ ("Save your decisions"), _ ("my decisions.json"), bytes,
                     _ ("Saved. You can check the file with “wattle consent verify”."));
}

static void
on_ledger (WattlePrivacyPage *self)
{
  WattlePartPage *part = WATTLE_PART_PAGE (self);

  gtk_widget_set_sensitive (self->ledger, FALSE);
  wattle_bus_consent_call_get_ledger (wattle_part_page_get_consent (part), wattle_part_page_get_cancellable (part),
                                      on_ledger_ready, self);
}

/* --- page --- */

static void
sync_needed (WattlePrivacyPage *self, GPtrArray *purposes)
{
  wattle_rows_clear (self->needed, self->needed_rows);
  for (guint i = 0; i < purposes->len; i++) {
    const WattlePurpose *purpose = purposes->pdata[i];
    g_autofree char *title = wattle_text_clean (purpose->title);
    g_autofree char *sentence = wattle_text_clean (purpose->sentence);
    g_autofree char *facts = wattle_decision_say_facts (purpose);
    g_autofree char *all = g_strjoin ("\n", sentence, *facts != '\0' ? facts : NULL, NULL);
    GtkWidget *row;

    if (purpose->consent)
      continue;
    row = wattle_text_row_new (NULL, title);
    wattle_row_set_subtitle (row, all);
    wattle_rows_add (self->needed, self->needed_rows, row);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->needed), self->needed_rows->len > 0);
}

static void
wattle_privacy_page_sync (WattlePartPage *part)
{
  WattlePrivacyPage *self = WATTLE_PRIVACY_PAGE (part);
  WattleBusDevice *device = wattle_part_page_get_device (part);
  GVariant *told = wattle_bus_consent_get_purposes (wattle_part_page_get_consent (part));
  g_autoptr (GPtrArray) purposes = wattle_purposes_read (told);
  g_autofree char *others = wattle_text_clean (wattle_bus_device_get_others (device));

  gtk_widget_set_visible (self->changed, wattle_bus_device_get_notice_changed (device));
  wattle_data_flow_set_purposes (self->flow, told);
  gtk_label_set_text (self->in_words, wattle_data_flow_get_words (self->flow));
  wattle_purpose_group_show (self->decisions, wattle_part_page_get_consent (part), purposes);
  sync_needed (self, purposes);
  wattle_row_set_subtitle (self->others, *others != '\0' ? others : _ ("Tell children and guests what it does"));
}

static void
wattle_privacy_page_finalize (GObject *object)
{
  WattlePrivacyPage *self = WATTLE_PRIVACY_PAGE (object);

  g_ptr_array_unref (self->needed_rows);
  G_OBJECT_CLASS (wattle_privacy_page_parent_class)->finalize (object);
}

static void
wattle_privacy_page_class_init (WattlePrivacyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_privacy_page_finalize;
  WATTLE_PART_PAGE_CLASS (klass)->sync = wattle_privacy_page_sync;
  g_type_ensure (WATTLE_TYPE_DATA_FLOW);
  g_type_ensure (WATTLE_TYPE_PURPOSE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/privacy-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePrivacyPage, changed);
  gtk_widget_class_bind_template_child (widget_class, WattlePrivacyPage, flow);
  gtk_widget_class_bind_template_child (widget_class, WattlePrivacyPage, in_words);
  gtk_widget_class_bind_template_child (widget_class, WattlePrivacyPage, decisions);
  gtk_widget_class_bind_template_child (widget_class, WattlePrivacyPage, needed);
  gtk_widget_class_bind_template_child (widget_class, WattlePrivacyPage, others);
  gtk_widget_class_bind_template_child (widget_class, WattlePrivacyPage, ledger);
  gtk_widget_class_bind_template_callback (widget_class, on_changes);
  gtk_widget_class_bind_template_callback (widget_class, on_notice);
  gtk_widget_class_bind_template_callback (widget_class, on_others);
  gtk_widget_class_bind_template_callback (widget_class, on_ledger);
}

static void
wattle_privacy_page_init (WattlePrivacyPage *self)
{
  self->needed_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_privacy_page_new (WattleService *service, WattleBusObject *device)
{
  return wattle_part_page_new (WATTLE_TYPE_PRIVACY_PAGE, service, device);
}
