/* SPDX-License-Identifier: Apache-2.0 */
/* How another computer gets to the device. */
#include "gui-gtk/device/household-page.h"

#include "gui-gtk/device/new-password-page.h"

struct _WattleHouseholdPage {
  WattlePartPage parent_instance;
};

G_DEFINE_FINAL_TYPE (WattleHouseholdPage, wattle_household_page, WATTLE_TYPE_PART_PAGE)

static void
on_new_password (WattleHouseholdPage *self)
{
  wattle_part_page_open (WATTLE_PART_PAGE (self), wattle_new_password_page_new);
}

static void
wattle_household_page_class_init (WattleHouseholdPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/household-page.ui");
  gtk_widget_class_bind_template_callback (widget_class, on_new_password);
}

static void
wattle_household_page_init (WattleHouseholdPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_household_page_new (WattleService *service, WattleBusObject *device)
{
  return wattle_part_page_new (WATTLE_TYPE_HOUSEHOLD_PAGE, service, device);
}
