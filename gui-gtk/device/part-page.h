/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page about a device of ours.  Follows the device's properties, and leaves
 * when the device or the service is gone, so that a subclass can rely on both.
 */
#pragma once

#include "gui-gtk/device/facts.h"
#include "gui-gtk/navigation/nav-page.h"
#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PART_PAGE (wattle_part_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (WattlePartPage, wattle_part_page, WATTLE, PART_PAGE, WattleNavPage)

struct _WattlePartPageClass {
  WattleNavPageClass parent_class;

  /* The page has its device: fetch what properties do not tell.  Called once,
   * before sync.  May be NULL. */
  void (*load) (WattlePartPage *self);
  /* Shows the properties as they are; called again whenever they change.  May be NULL. */
  void (*sync) (WattlePartPage *self);
};

/* A page of @type for @device. */
WattleNavPage *wattle_part_page_new (GType type, WattleService *service, WattleBusObject *device);

/* What every page of a device is made by. */
typedef WattleNavPage *(*WattlePartPageNew) (WattleService *service, WattleBusObject *device);

/* All belong to the page.  The passport is NULL where the service has none. */
WattleService *wattle_part_page_get_service (WattlePartPage *self);
WattleBusObject *wattle_part_page_get_object (WattlePartPage *self);
WattleBusDevice *wattle_part_page_get_device (WattlePartPage *self);
WattleBusConsent *wattle_part_page_get_consent (WattlePartPage *self);
WattleBusPassport *wattle_part_page_get_passport (WattlePartPage *self);
WattleFacts *wattle_part_page_get_facts (WattlePartPage *self);

/* Of calls that the page makes; cancelled when it goes. */
GCancellable *wattle_part_page_get_cancellable (WattlePartPage *self);

/* Sets a property of Device, and tells @callback when the service has taken it or
 * why it has not: g_dbus_proxy_call_finish(). */
void wattle_part_page_set (WattlePartPage *self, const char *property, GVariant *value, GAsyncReadyCallback callback,
                           gpointer user_data);

/* Shows another page about the same device above @self. */
void wattle_part_page_open (WattlePartPage *self, WattlePartPageNew new_page);

G_END_DECLS
