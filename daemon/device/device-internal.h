/* SPDX-License-Identifier: Apache-2.0 */
/* The insides of WattleDevice, for device.c and device-calls.c alone. */
#pragma once

#include "daemon/device/device-private.h"
#include "pairing/advert.h"

G_BEGIN_DECLS

struct _WattleDevice {
  GObject parent_instance;

  WattleServices *services;
  WattleDeviceRecord *record;
  WattlePassport *passport;
  WattleConsent *consent;
  WattleSession *session;
  WattleSync *sync;
  WattleCloud *cloud;
  WattleSupport *support;
  WattleIntegrity *integrity;
  WattleJob *wipe_job;   /* NULL = none */
  WattleJob *update_job; /* NULL = none */

  guint8 advert_key[WTL_ADVERT_KEY_SIZE];
  gboolean has_advert_key;
  GError *key_error; /* why not */
  GCancellable *cancellable;
  WattleReading last; /* sequence 0 = none */
  char *others;       /* NULL = nobody noted */
};

G_END_DECLS
