/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The app: one instance, one window, one view of the service.
 * Actions: "app.show-device" (s: the device's Id, activated by notifications),
 * "app.show-receipt" (s: its id) and
 * "app.show-question" (likewise), "app.about", "app.quit".
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_APPLICATION (wattle_application_get_type ())
G_DECLARE_FINAL_TYPE (WattleApplication, wattle_application, WATTLE, APPLICATION, AdwApplication)

WattleApplication *wattle_application_new (void);

G_END_DECLS
