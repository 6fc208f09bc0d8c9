/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notices that a newer version of a device's passport has been installed.
 *
 * A maker publishes a passport anew when something changes; it reaches the computer
 * as a file beside the others, for the same product and with a higher version.  The
 * files are looked at when the service starts and whenever a device connects, and
 * read only where they have changed since.
 *
 * A version that takes a promise back is refused: the device keeps its passport, the
 * person is told, once in the log and among the problems for as long as it is there.
 */
#pragma once

#include "daemon/device/device-private.h"

G_BEGIN_DECLS

typedef struct _WattlePassportWatch WattlePassportWatch;

/* The device's passport has another one in its place, in the store: the object is to
 * be made anew. */
typedef void (*WattlePassportWatchFunc) (gpointer user_data, WattleDevice *device);

/* @devices (of WattleDevice) and @jobs (of WattleJob) are the registry's and outlive the
 * watch.  @problems is called with @user_data when there may be other ones. */
WattlePassportWatch *wattle_passport_watch_new (WattleServices *services, GPtrArray *devices, GPtrArray *jobs,
                                                WattlePassportWatchFunc func, GDestroyNotify problems,
                                                gpointer user_data);
void wattle_passport_watch_free (WattlePassportWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattlePassportWatch, wattle_passport_watch_free)

/* Looks at the files if they may have changed, and gives the devices what is new, but
 * those that a job goes on with. */
void wattle_passport_watch_look (WattlePassportWatch *self);
/* The same when the main loop is idle, or not any more. */
void wattle_passport_watch_look_soon (WattlePassportWatch *self);
void wattle_passport_watch_stop (WattlePassportWatch *self);

/* Passports that are refused; (element-type GError).  Belongs to the watch. */
GPtrArray *wattle_passport_watch_get_problems (WattlePassportWatch *self);

G_END_DECLS
