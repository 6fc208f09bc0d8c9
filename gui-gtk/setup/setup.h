/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One set-up: from a device near to one of ours.  Holds what the person has
 * answered so far; nothing is kept anywhere before wattle_setup_finish_async().
 * When the last reference goes, the device is closed: it is as it was before.
 *
 * A device that walks away closes the set-up on its side.  The answers stay,
 * and it is opened again by itself with the same secret when it is needed next.
 */
#pragma once

#include "common/secret-fd.h"
#include "gui-gtk/service/service.h"
#include "gui-gtk/widgets/password-choice.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SETUP (wattle_setup_get_type ())
G_DECLARE_FINAL_TYPE (WattleSetup, wattle_setup, WATTLE, SETUP, GObject)

/* @candidate: with a Candidate.  Property "open" (boolean): whether the device
 * is open for us. */
WattleSetup *wattle_setup_new (WattleService *service, WattleBusObject *candidate);

WattleService *wattle_setup_get_service (WattleSetup *self);

/* The device now; NULL while it is out of sight. */
WattleBusCandidate *wattle_setup_get_candidate (WattleSetup *self);

/* The product's name, cleaned. */
const char *wattle_setup_get_product (WattleSetup *self);

/* Whether it has an owner, so that the password opens it instead of the code. */
gboolean wattle_setup_is_joining (WattleSetup *self);

gboolean wattle_setup_is_open (WattleSetup *self);

/* Opens the device with @secret: what the person typed from the label or its
 * QR text, or, joining, the device's password. */
void wattle_setup_open_async (WattleSetup *self, const char *secret, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_setup_open_finish (WattleSetup *self, GAsyncResult *result, GError **error);

/* Closes the device.  The answers stay. */
void wattle_setup_close (WattleSetup *self);

/* The passport, once it has been opened. */
WattleBusPassport *wattle_setup_get_passport (WattleSetup *self);

/* Makes up a passphrase, see wattle_setup_get_suggestion(). */
void wattle_setup_suggest_async (WattleSetup *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean wattle_setup_suggest_finish (WattleSetup *self, GAsyncResult *result, GError **error);

/* The passphrase that was suggested last, which the person may have written
 * down; NULL before there is one. */
const char *wattle_setup_get_suggestion (WattleSetup *self);

/* How good @password is. */
void wattle_setup_check_async (WattleSetup *self, const char *password, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
WattleStrength *wattle_setup_check_finish (WattleSetup *self, GAsyncResult *result, GError **error);

/* The password that the device gets; NULL before one is chosen. */
const char *wattle_setup_get_password (WattleSetup *self);
void wattle_setup_set_password (WattleSetup *self, const char *password);

/* Decisions, a{sb}: purposes on which the person has decided. */
void wattle_setup_decide (WattleSetup *self, const char *purpose, gboolean yes);
gboolean wattle_setup_get_decision (WattleSetup *self, const char *purpose, gboolean *yes);
GVariant *wattle_setup_dup_decisions (WattleSetup *self); /* floating */

/* What the person calls it; "" = as the product. */
const char *wattle_setup_get_name (WattleSetup *self);
void wattle_setup_set_name (WattleSetup *self, const char *name);

/* Makes the device the person's own, as a Job: its object path, to be freed. */
void wattle_setup_finish_async (WattleSetup *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);
char *wattle_setup_finish_finish (WattleSetup *self, GAsyncResult *result, GError **error);

G_END_DECLS
