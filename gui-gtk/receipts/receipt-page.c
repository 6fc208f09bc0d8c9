/* SPDX-License-Identifier: Apache-2.0 */
/* A page with one receipt. */
#include "gui-gtk/receipts/receipt-page.h"

#include "gui-gtk/receipts/receipt-view.h"

struct _WattleReceiptPage {
  WattleNavPage parent_instance;
  AdwBin *bin;
};

G_DEFINE_FINAL_TYPE (WattleReceiptPage, wattle_receipt_page, WATTLE_TYPE_NAV_PAGE)

static void
wattle_receipt_page_class_init (WattleReceiptPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/receipts/receipt-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleReceiptPage, bin);
}

static void
wattle_receipt_page_init (WattleReceiptPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_receipt_page_new (WattleService *service, const char *id)
{
  WattleReceiptPage *self = g_object_new (WATTLE_TYPE_RECEIPT_PAGE, NULL);
  GtkWidget *view = wattle_receipt_view_new (service);

  adw_bin_set_child (self->bin, view);
  wattle_receipt_view_set_id (WATTLE_RECEIPT_VIEW (view), id);
  return WATTLE_NAV_PAGE (self);
}
