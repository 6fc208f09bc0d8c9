/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device of ours.
 *
 * Properties, notified: "name", "state", "problem", "firmware-version",
 * "last-seen", "cloud-state", "last-reading", "others", "wipe-job", "support",
 * "integrity".
 * Signal "reading" (guint64 sequence, gint64 time, double value).
 */
#pragma once

#include "daemon/device/consent.h"
#include "daemon/device/device-name.h"
#include "daemon/device/integrity.h"
#include "daemon/device/job.h"
#include "daemon/device/services.h"
#include "daemon/device/support.h"
#include "daemon/password/password.h"
#include "daemon/store/readings.h"
#include "privacy/passport.h"

G_BEGIN_DECLS

typedef enum {
  WATTLE_DEVICE_AWAY,
  WATTLE_DEVICE_CONNECTING,
  WATTLE_DEVICE_CONNECTED,
  WATTLE_DEVICE_WIPING,
  WATTLE_DEVICE_PROBLEM,
} WattleDeviceState;

typedef enum {
  WATTLE_CLOUD_NONE,        /* no consent asks for it */
  WATTLE_CLOUD_ACTIVE,      /* knows everything it may */
  WATTLE_CLOUD_UNREACHABLE, /* the last attempt failed */
  WATTLE_CLOUD_OUTSTANDING, /* changes wait */
  WATTLE_CLOUD_STOPPED,     /* the person lets nothing get there */
} WattleCloudState;

const char *wattle_device_state_name (WattleDeviceState state);
const char *wattle_cloud_state_name (WattleCloudState state);

#define WATTLE_TYPE_DEVICE (wattle_device_get_type ())
G_DECLARE_FINAL_TYPE (WattleDevice, wattle_device, WATTLE, DEVICE, GObject)

const char *wattle_device_get_id (WattleDevice *self);
const char *wattle_device_get_name (WattleDevice *self);
const char *wattle_device_get_unit_id (WattleDevice *self);
guint32 wattle_device_get_product (WattleDevice *self);
WattlePassport *wattle_device_get_passport (WattleDevice *self);
WattleDeviceState wattle_device_get_state (WattleDevice *self);
/* NULL unless the state is PROBLEM, which it is, connected or not, as long as something
 * is off with the device. */
const GError *wattle_device_get_problem (WattleDevice *self);
const char *wattle_device_get_firmware_version (WattleDevice *self);
gint64 wattle_device_get_last_seen (WattleDevice *self);
gint64 wattle_device_get_set_up_at (WattleDevice *self);
WattleCloudState wattle_device_get_cloud_state (WattleDevice *self);
/* FALSE where there is none yet. */
gboolean wattle_device_get_last_reading (WattleDevice *self, gint64 *time, double *value);
/* Such as "°C"; "" where the product measures nothing. */
const char *wattle_device_get_unit (WattleDevice *self);
/* A reading's value in that unit. */
double wattle_device_scale (WattleDevice *self, gint32 value);
/* Who else in the home it measures, in the person's own words; "" = nobody noted. */
const char *wattle_device_get_others (WattleDevice *self);
/* Never NULL while the device is ours. */
WattleConsent *wattle_device_get_consent (WattleDevice *self);
/* Never NULL.  Its switch is set by wattle_device_set_relays(). */
WattleSupport *wattle_device_get_support (WattleDevice *self);
/* Never NULL.  What the person accepts of it goes through wattle_device_accept_image(). */
WattleIntegrity *wattle_device_get_integrity (WattleDevice *self);
/* NULL unless a wipe is under way. */
WattleJob *wattle_device_get_wipe_job (WattleDevice *self);

/* INVALID_ARGUMENT: empty, too long, not UTF-8 or with control characters. */
gboolean wattle_device_set_name (WattleDevice *self, const char *name, GError **error);

/* "" takes the note away.  INVALID_ARGUMENT: too long, not UTF-8 or with control
 * characters. */
gboolean wattle_device_set_others (WattleDevice *self, const char *who, GError **error);

/* The person's switch: FALSE stops at once all that would go to the cloud. */
gboolean wattle_device_set_relays (WattleDevice *self, gboolean relays, GError **error);

/* The person knows of the software @image, in hexadecimal, that runs on it now. */
gboolean wattle_device_accept_image (WattleDevice *self, const char *image, GError **error);

/* Connects now, or succeeds at once where it is connected. */
void wattle_device_connect_async (WattleDevice *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean wattle_device_connect_finish (WattleDevice *self, GAsyncResult *result, GError **error);
/* Hangs up until connect or until the device is newly in sight. */
gboolean wattle_device_disconnect (WattleDevice *self, GError **error);

/* (element-type WattleReading), oldest first, sequence above @after, at most
 * @max (0 = 1000). */
GArray *wattle_device_get_readings (WattleDevice *self, guint64 after, guint max, GError **error);

/* How good @password would be for it, as at set-up. */
void wattle_device_check_password_async (WattleDevice *self, const char *password, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);
WattlePasswordStrength *wattle_device_check_password_finish (WattleDevice *self, GAsyncResult *result, GError **error);

/* Checked as at set-up, then by the device. */
void wattle_device_change_password_async (WattleDevice *self, const char *password, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_device_change_password_finish (WattleDevice *self, GAsyncResult *result, GError **error);

/* Starts the export of everything held to @fd, which is duplicated.  The job
 * runs and is on the registry's list, which owns it. */
WattleJob *wattle_device_export (WattleDevice *self, int fd, GError **error);

/* Starts to put the image in the file @fd, which is duplicated, on the device.  The job is
 * as of an export.  BUSY: one is under way; VERSION: the device takes none. */
WattleJob *wattle_device_install (WattleDevice *self, int fd, GError **error);
gboolean wattle_device_is_updating (WattleDevice *self);

/* What a wipe would do.  @places: a(ss) place and sentence, new reference;
 * @remains: sentences, free with g_strfreev(). */
void wattle_device_get_wipe_plan (WattleDevice *self, GVariant **places, char ***remains);
/* Journalled when it returns; the same job where one is under way already.  The
 * registry's list owns it. */
WattleJob *wattle_device_wipe (WattleDevice *self, GError **error);
/* The device is lost: all but the device is wiped now, the device when it is
 * met.  Also of a wipe that is under way. */
WattleJob *wattle_device_wipe_lost (WattleDevice *self, GError **error);

/* The cloud is gone for good; only of a wipe that is under way and waits for it. */
WattleJob *wattle_device_give_up_cloud (WattleDevice *self, GError **error);

G_END_DECLS
