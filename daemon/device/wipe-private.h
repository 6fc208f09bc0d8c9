/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the wipe job and the files that wipe one place each.
 */
#pragma once

#include "daemon/device/device-private.h"
#include "daemon/device/wipe.h"
#include "privacy/wipe-plan.h"

G_BEGIN_DECLS

struct _WattleWipeJob {
  WattleJob parent_instance;

  WattleServices *services;
  WattleDevice *device; /* NULL where its row has gone */
  char *device_id;
  char *product_name;
  char *passport_sha256;
  char *about; /* JSON, for the certificate */
  guint32 product;
  WattleWipePlan *plan;
  WattleWipeJournal journal;
  gboolean started;
  gboolean stopped;
  gboolean busy[WATTLE_WIPE_N_PLACES];  /* something is under way there */
  GError *errors[WATTLE_WIPE_N_PLACES]; /* why it waits */
  guint tries[WATTLE_WIPE_N_PLACES];    /* that ended in waiting, since the service started */
  guint retry_id;                       /* of the cloud and the records */
  guint failures;
  GBytes *certificate_key; /* until the keyring has it; NULL = ask the keyring */
  gboolean certifying;
  gboolean interim_kept; /* a certificate of what is wiped while the device is lost */

  /* The device. */
  WattleConversation *conversation; /* of the fresh code */
  GPtrArray *peers;                 /* in sight, any of which may be the device after its wipe */
  WattlePeer *wiped_peer;           /* the one of them that is being tried; NULL = none */
  GHashTable *strangers;            /* tags that the fresh code does not open */
  guint peer_retry_id;
};

/* --- the job, for the places --- */

/* The place is done; takes @evidence. */
void wattle_wipe_place_done (WattleWipeJob *self, WattleWipePlace place, WattleEvidence *evidence);
/* It waits, because of @error; @retry: the clock tries again. */
void wattle_wipe_place_waits (WattleWipeJob *self, WattleWipePlace place, const GError *error, gboolean retry);
/* Journals that what follows cannot be taken back.  FALSE: it waits. */
gboolean wattle_wipe_place_start (WattleWipeJob *self, WattleWipePlace place);
/* Turned out not to be needed. */
void wattle_wipe_place_skip (WattleWipeJob *self, WattleWipePlace place);
/* Does what can be done now. */
void wattle_wipe_advance (WattleWipeJob *self);

/* --- the places, for the job --- */

void wattle_wipe_cloud_data (WattleWipeJob *self);
void wattle_wipe_cloud_account (WattleWipeJob *self);
void wattle_wipe_device (WattleWipeJob *self);
void wattle_wipe_keyring (WattleWipeJob *self);
void wattle_wipe_records (WattleWipeJob *self);
void wattle_wipe_traces (WattleWipeJob *self);
void wattle_wipe_spare_keys (WattleWipeJob *self);

/* Readings of the device that this computer has. */
guint wattle_wipe_count_readings (WattleWipeJob *self);

/* --- the certificate --- */

/* What it will say of the product and of what the wipe cannot reach: JSON for
 * the journal.  @account: whether there is one at the cloud. */
char *wattle_wipe_about (WattlePassport *passport, const char *language, gboolean account);
/* A key for the certificate of @plan, which gets the id that goes with it. */
GBytes *wattle_wipe_certificate_key_new (WattleWipePlan *plan);
/* Keeps self->certificate_key in the keyring, then calls @then; where that is
 * not possible now the job goes on with it in memory. */
void wattle_wipe_keep_certificate_key (WattleWipeJob *self, void (*then) (WattleWipeJob *self));
/* The signed certificate of the plan as it is; canonical JSON. */
void wattle_wipe_certify_async (WattleWipeJob *self, GAsyncReadyCallback callback, gpointer user_data);
char *wattle_wipe_certify_finish (WattleWipeJob *self, GAsyncResult *result, GError **error);
/* The key has done its work. */
void wattle_wipe_forget_certificate_key (WattleWipeJob *self);

G_END_DECLS
