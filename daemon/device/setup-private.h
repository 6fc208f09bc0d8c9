/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The set-up's files among themselves: setup.c has the keys and the object,
 * setup-own.c takes ownership, setup-follow.c is what comes after the commit.
 */
#pragma once

#include "daemon/device/setup.h"

G_BEGIN_DECLS

#define WATTLE_SETUP_SLOT_UNKNOWN 255 /* enrolling: the device has not told yet */

enum {
  WATTLE_SETUP_KEYS,
  WATTLE_SETUP_OWN,
  WATTLE_SETUP_DECISIONS,
  WATTLE_SETUP_DEVICE,
  WATTLE_SETUP_CLOUD,
  WATTLE_SETUP_N_STEPS
};

struct _WattleSetupJob {
  WattleJob parent_instance;

  WattleServices *services;
  WattleDeviceRecord *record;
  WattlePassport *passport;
  GVariant *decisions;
  WattlePeer *peer;
  char *hint; /* resumed: where the device was, "LINK ADDRESS"; NULL = not known */
  WattleConversation *conversation;
  WattleOpenWith with;
  GBytes *secret;   /* to open the device again; NULL where resumed */
  GBytes *password; /* new one; NULL where enrolling or resumed */
  GBytes *owner_key;
  GBytes *advert_key;
  guint enrol_attempts;
  gboolean uncertain;    /* the device may have committed */
  gboolean resolving;    /* the owner key is being tried */
  GCancellable *looking; /* of its connection; NULL = it has one, or wants none */
  gboolean committed;
  gboolean ending;
  GError *reason; /* why it became uncertain, or is rolled back */
  WattleDevice *device;
  guint timer_id;
};

/* Over the open conversation, or a new one with the secret. */
void wattle_setup_own (WattleSetupJob *self);
/* Until the device is in sight again. */
void wattle_setup_wait_for_device (WattleSetupJob *self);
/* The device is ours: records it, and says "committed". */
void wattle_setup_record (WattleSetupJob *self);
/* Ends with @error, leaving nothing. */
void wattle_setup_roll_back (WattleSetupJob *self, const GError *error);

WattleKeyring *wattle_setup_keyring (WattleSetupJob *self);
void wattle_setup_drop_conversation (WattleSetupJob *self);

G_END_DECLS
