/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real wattle-cloud in a folder of its own, and a device that it knows.
 */
#pragma once

#include <gio/gio.h>

#include "daemon/vendor/cloud-client.h"
#include "privacy/passport.h"

G_BEGIN_DECLS

#define REAL_CLOUD_UNIT "GL-0001"

typedef struct {
  char *folder;
  char *data; /* of the cloud */
  char *origin;
  char *port;
  char *pin;
  WattlePassport *passport; /* the sample's, with this cloud filled in */
  GPid pid;
  guint8 private_key[32]; /* the device's */
  guint8 public_key[65];
} RealCloud;

RealCloud *real_cloud_new (void);
void real_cloud_start (RealCloud *self);
void real_cloud_stop (RealCloud *self);
void real_cloud_free (RealCloud *self);

WattleCloudClient *real_cloud_client (RealCloud *self);

/* A client with an account that the device is claimed by. */
WattleCloudClient *real_cloud_claimed_client (RealCloud *self, char **account);

/* What the device signs for @account. */
void real_cloud_sign_claim (RealCloud *self, const char *account, GBytes *nonce, GBytes **statement,
                            GBytes **signature);

/* Child set-up: a test that fails leaves no process behind. */
void real_cloud_die_with_parent (gpointer user_data);

/* For tests that wait: gives the result to *@user_data; waits for it. */
void real_cloud_on_done (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *real_cloud_await (GAsyncResult **result);

G_END_DECLS
