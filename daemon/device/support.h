/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The support of one device: how long it lasts, what the person has been told
 * of it, and their switch that stops all that would go to the cloud.
 *
 * Signal "changed": stage, snooze or switch is another.
 */
#pragma once

#include "daemon/device/services.h"
#include "daemon/store/devices.h"
#include "privacy/passport.h"
#include "privacy/support-calendar.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SUPPORT (wattle_support_get_type ())
G_DECLARE_FINAL_TYPE (WattleSupport, wattle_support, WATTLE, SUPPORT, GObject)

/* Loads what is kept.  Where that cannot be read, the switch stands on stop. */
WattleSupport *wattle_support_new (WattleServices *services, const char *device, WattlePassport *passport);

/* Looks what time it is: the state at @now (seconds since 1970). */
const WattleSupportState *wattle_support_look (WattleSupport *self, gint64 now);
/* As it was when last looked. */
WattleSupportStage wattle_support_get_stage (WattleSupport *self);

/* The person has been told of @stage, with @sentence for the log. */
gboolean wattle_support_told (WattleSupport *self, WattleSupportStage stage, const char *sentence, gint64 now,
                              GError **error);

/* Warns once more after @days (1..WATTLE_SUPPORT_SNOOZE_MAX), or earlier where a
 * mark comes before that.  @until: when.  INVALID_ARGUMENT for other numbers;
 * NOT_ALLOWED where there is no warning yet. */
gboolean wattle_support_snooze (WattleSupport *self, guint days, gint64 now, gint64 *until, GError **error);

/* Whether anything about the device may be sent to its cloud. */
gboolean wattle_support_get_relays (WattleSupport *self);
gboolean wattle_support_set_relays (WattleSupport *self, gboolean relays, gint64 now, GError **error);

/* a{sv} as GetSupport of data/dbus gives it; floating.  @name: the device's. */
GVariant *wattle_support_describe (WattleSupport *self, const char *name, const char *language, gint64 now);
/* The headline and the sentence of a warning, in the service's language. */
void wattle_support_get_warning (WattleSupport *self, const char *name, char **headline, char **sentence);
/* See privacy/support-ics.h. */
char *wattle_support_get_calendar (WattleSupport *self, const char *name, const char *language, gint64 now,
                                   GError **error);

G_END_DECLS
