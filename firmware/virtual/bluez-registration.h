/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One object of ours that BlueZ is to know at an adapter: a GATT application or
 * an advertisement.  Registering takes time, can fail and is undone by others;
 * this keeps trying until it is as wanted.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  const char *interface;
  const char *enter; /* method (o, a{sv}) */
  const char *leave; /* method (o) */
  const char *object;
} BluezRegistrationKind;

typedef struct _BluezRegistration BluezRegistration;

/* Calls @changed whenever bluez_registration_is_on() is another, and when BlueZ
 * has dropped the object. */
BluezRegistration *bluez_registration_new (GDBusConnection *bus, const BluezRegistrationKind *kind,
                                           void (*changed) (gpointer user_data), gpointer user_data);

/* Forgets it; BlueZ is not told. */
void bluez_registration_free (BluezRegistration *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BluezRegistration, bluez_registration_free)

/* @adapter: object path of an adapter that is on, or NULL for nowhere. */
void bluez_registration_want (BluezRegistration *self, const char *adapter);

/* Takes it back as soon as that is safe, and registers it anew; between the two
 * @changed is called. */
void bluez_registration_renew (BluezRegistration *self);

/* Whether that is still to come: until then BlueZ has it as it was. */
gboolean bluez_registration_is_leaving (const BluezRegistration *self);

/* BlueZ, the adapter or its power are gone, and with them possibly this. */
void bluez_registration_forget (BluezRegistration *self);

gboolean bluez_registration_is_on (const BluezRegistration *self);

/* Whether BlueZ is just about to read the object, or to drop it: then it is not
 * to hear of a change. */
gboolean bluez_registration_is_moving (const BluezRegistration *self);

/* BlueZ is working on the object: it is not to be taken away from it now. */
void bluez_registration_touch (BluezRegistration *self);

/* Takes it back and waits until BlueZ has, or for 2 s. */
void bluez_registration_end (BluezRegistration *self);

G_END_DECLS
