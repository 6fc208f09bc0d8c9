/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The most serious of the service's problems, for the top of a page: what it is
 * in a sentence, and a button for the one thing to do where the app can do it.
 */
#pragma once

#include <adwaita.h>

#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_TROUBLE_BANNER (wattle_trouble_banner_get_type ())
G_DECLARE_FINAL_TYPE (WattleTroubleBanner, wattle_trouble_banner, WATTLE, TROUBLE_BANNER, AdwBin)

GtkWidget *wattle_trouble_banner_new (WattleService *service);

G_END_DECLS
