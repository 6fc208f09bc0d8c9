/* SPDX-License-Identifier: Apache-2.0 */
/* What the person sees first: what Wattle is, and the devices near. */
#pragma once

#include <adwaita.h>

#include "gui-gtk/service/service.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_WELCOME (wattle_welcome_get_type ())
G_DECLARE_FINAL_TYPE (WattleWelcome, wattle_welcome, WATTLE, WELCOME, AdwBin)

GtkWidget *wattle_welcome_new (WattleService *service);

G_END_DECLS
