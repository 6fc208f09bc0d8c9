/* SPDX-License-Identifier: Apache-2.0 */
/* The service and its objects, found by what a person calls them. */
#pragma once

#include "cli/command.h"

G_BEGIN_DECLS

/* Connects to the session bus and the service, which D-Bus starts if need be. */
gboolean wattle_client_connect (WattleCli *cli, GError **error);

/* Lets go of everything that connecting made. */
void wattle_client_disconnect (WattleCli *cli);

/* One of several things with up to three names. */
typedef struct {
  const char *id;
  const char *name;
  const char *unit; /* serial number */
} WattleNames;

/* The index of the one that @text means: its id, name or serial number in
 * full, or the beginning of one that fits no other.  Upper and lower case are
 * the same.  -1 with @error set if there is none or more than one. */
int wattle_client_match (const char *text, const WattleNames *names, guint count, GError **error);

/* All devices of ours, by name; of WattleBusObject. */
GPtrArray *wattle_client_list_devices (WattleCli *cli);

/* The device that @text names.  NULL for @text means the only one there is, or
 * the one the person chooses. */
WattleBusObject *wattle_client_find_device (WattleCli *cli, const char *text, GError **error);

/* What most commands begin with: checks the number of @arguments, of which the
 * first names the device, connects, and finds it. */
WattleBusObject *wattle_client_open_device (WattleCli *cli, char **arguments, guint least, guint most, GError **error);

/* The object at @path as it is known now; NULL if it is not. */
WattleBusObject *wattle_client_get_object (WattleCli *cli, const char *path);

/* The property @name of @proxy as it is this moment: news of a change may come
 * after the reply to the call that made it.  NULL if it cannot be had. */
GVariant *wattle_client_get_property (WattleCli *cli, gpointer proxy, const char *name);

/* The passport at @path.  NULL with @error set where there is none. */
WattleBusPassport *wattle_client_get_passport (WattleCli *cli, const char *path, GError **error);

/* The language to ask a notice in: @wanted, or the person's where NULL. */
char *wattle_client_notice_language (const char *wanted);

/* Its sections in the person's language: a(sas). */
GVariant *wattle_client_get_notice (WattleCli *cli, WattleBusPassport *passport, const char *language, GError **error);

G_END_DECLS
