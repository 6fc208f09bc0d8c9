/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page of the wizard that sets up a device.  Actions for all that is
 * inside: "setup.next", for the button at the bottom, and "setup.cancel", which
 * leaves the wizard.
 */
#pragma once

#include "gui-gtk/navigation/nav-page.h"
#include "gui-gtk/setup/setup.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SETUP_PAGE (wattle_setup_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (WattleSetupPage, wattle_setup_page, WATTLE, SETUP_PAGE, WattleNavPage)

struct _WattleSetupPageClass {
  WattleNavPageClass parent_class;

  /* The page has its set-up: fill it. */
  void (*ready) (WattleSetupPage *self);
  /* "setup.next". */
  void (*next) (WattleSetupPage *self);
};

/* A page of @type, a subclass, for @setup. */
WattleSetupPage *wattle_setup_page_new (GType type, WattleSetup *setup);

WattleSetup *wattle_setup_page_get_setup (WattleSetupPage *self);

/* Cancelled when the page goes. */
GCancellable *wattle_setup_page_get_cancellable (WattleSetupPage *self);

/* Whether "setup.next" can be activated. */
void wattle_setup_page_set_can_go_on (WattleSetupPage *self, gboolean can_go_on);

G_END_DECLS
