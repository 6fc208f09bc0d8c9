/* SPDX-License-Identifier: Apache-2.0 */
/* All receipts. */
#include "gui-gtk/receipts/receipts-page.h"

#include <glib/gi18n.h>

#include "client/receipt.h"
#include "client/text.h"
#include "client/words.h"
#include "gui-gtk/navigation/in-sight.h"
#include "gui-gtk/navigation/nav-view.h"
#include "gui-gtk/receipts/receipt-page.h"
#include "gui-gtk/window.h"

#define ID_KEY "wattle-receipt-id" /* of a row */

struct _WattleReceiptsPage {
  WattleNavPage parent_instance;
  GtkStack *stack;
  GtkListBox *list;
  WattleService *service;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (WattleReceiptsPage, wattle_receipts_page, WATTLE_TYPE_NAV_PAGE)

/* The places that have not confirmed yet, in words; "" = all have. */
static char *
outstanding (const WattleReceipt *receipt)
{
  GString *words = g_string_new (NULL);

  for (const char *const *place = wattle_receipt_places; *place != NULL; place++) {
    if (g_strcmp0 (wattle_receipt_get_place (receipt, *place), "outstanding") != 0)
      continue;
    if (words->len > 0)
      g_string_append (words, _ (", "));
    g_string_append (words, wattle_words (WATTLE_WORDS_PLACE, *place));
  }
  return g_string_free (words, FALSE);
}

static char *
describe (const WattleReceipt *receipt)
{
  g_autofree char *time = wattle_words_time (receipt->time);
  g_autofree char *open = outstanding (receipt);
  g_autofree char *what = g_str_equal (receipt->kind, "wipe")
                              /* Translators: %s is a date with time */
                              ? g_strdup_printf (_ ("Wipe of %s."), time)
                              /* Translators: what a person allowed or forbade; %s is a date with time */
                              : g_strdup_printf (_ ("Decision of %s."), time);
  g_autofree char *waits = NULL;

  if (receipt->complete)
    return g_strdup_printf ("%s %s", what,
                            wattle_receipt_has_given_up (receipt) ? _ ("It is over, but not all of it is confirmed.")
                                                                  : _ ("All is done."));
  /* Translators: %s is places, such as "On the device, Data in the cloud" */
  waits = g_strdup_printf (_ ("Not confirmed yet: %s"), open);
  return g_strdup_printf ("%s %s", what, waits);
}

static GtkWidget *
make_row (const WattleReceipt *receipt)
{
  AdwActionRow *row = ADW_ACTION_ROW (adw_action_row_new ());
  g_autofree char *device = wattle_text_clean (receipt->device);
  g_autofree char *subtitle = describe (receipt);
  gboolean good = receipt->complete && !wattle_receipt_has_given_up (receipt);
  GtkWidget *icon = gtk_image_new_from_icon_name (good ? "emblem-ok-symbolic" : "content-loading-symbolic");
  GtkWidget *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), device);
  adw_action_row_set_title_lines (row, 0);
  adw_action_row_set_subtitle (row, subtitle);
  adw_action_row_set_subtitle_lines (row, 0);
  adw_action_row_add_prefix (row, icon);
  adw_action_row_add_suffix (row, arrow);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle, -1);
  g_object_set_data_full (G_OBJECT (row), ID_KEY, g_strdup (receipt->id), g_free);
  return GTK_WIDGET (row);
}

static void
on_receipts (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleReceiptsPage *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GPtrArray) receipts = NULL;
  GtkWidget *row;

  if (!wattle_bus_manager_call_list_receipts_finish (WATTLE_BUS_MANAGER (source), &list, result, &error)) {
    wattle_window_say_error (self, error);
    return;
  }
  receipts = wattle_receipts_read (list);
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  for (guint i = 0; i < receipts->len; i++)
    gtk_list_box_append (self->list, make_row (receipts->pdata[i]));
  gtk_stack_set_visible_child_name (self->stack, receipts->len > 0 ? "list" : "none");
  wattle_nav_page_content_came (WATTLE_NAV_PAGE (self));
}

static void
refresh (WattleReceiptsPage *self)
{
  if (wattle_service_get_state (self->service) == WATTLE_SERVICE_READY)
    wattle_bus_manager_call_list_receipts (wattle_service_get_manager (self->service), self->cancellable, on_receipts,
                                           self);
}

static void
on_row_activated (WattleReceiptsPage *self, GtkListBoxRow *row)
{
  const char *id = g_object_get_data (G_OBJECT (row), ID_KEY);

  wattle_nav_view_push (wattle_nav_view_of (self), wattle_receipt_page_new (self->service, id));
}

static void
wattle_receipts_page_shown (WattleNavPage *page)
{
  refresh (WATTLE_RECEIPTS_PAGE (page));
}

static void
wattle_receipts_page_dispose (GObject *object)
{
  WattleReceiptsPage *self = WATTLE_RECEIPTS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (wattle_receipts_page_parent_class)->dispose (object);
}

static void
wattle_receipts_page_class_init (WattleReceiptsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_receipts_page_dispose;
  WATTLE_NAV_PAGE_CLASS (klass)->shown = wattle_receipts_page_shown;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/receipts/receipts-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptsPage, list);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
wattle_receipts_page_init (WattleReceiptsPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_follow_stack (self->stack);
}

WattleNavPage *
wattle_receipts_page_new (WattleService *service)
{
  WattleReceiptsPage *self = g_object_new (WATTLE_TYPE_RECEIPTS_PAGE, NULL);

  self->service = g_object_ref (service);
  /* A wipe that ends changes a receipt. */
  g_signal_connect_object (wattle_service_get_jobs (service), "items-changed", G_CALLBACK (refresh), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "notify::state", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  return WATTLE_NAV_PAGE (self);
}
