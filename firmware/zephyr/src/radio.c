/* SPDX-License-Identifier: Apache-2.0 */
/* The advertisement. */
#include "radio.h"

#include <string.h>
#include <zephyr/bluetooth/bluetooth.h>
#include <zephyr/bluetooth/conn.h>
#include <zephyr/kernel.h>

#include "pairing/gatt.h"

/* Units of 0.625 ms.  A new device is waited for by somebody; an owned one has time. */
#define NEW_INTERVAL_MIN 160    /* 100 ms */
#define NEW_INTERVAL_MAX 240    /* 150 ms */
#define OWNED_INTERVAL_MIN 800  /* 500 ms */
#define OWNED_INTERVAL_MAX 1000 /* 625 ms */

static K_MUTEX_DEFINE (mutex);
static uint8_t service_data[WTL_GATT_UUID_SIZE + WTL_ADVERT_SIZE] = WTL_GATT_SERVICE_UUID_BYTES;
static bool wanted;
static bool on_air;

static const struct bt_data advertisement[] = {
  BT_DATA_BYTES (WTL_GATT_AD_FLAGS, WTL_GATT_FLAGS),
  BT_DATA (WTL_GATT_AD_SERVICE_DATA128, service_data, sizeof service_data),
};
static const uint8_t service_uuid[] = WTL_GATT_SERVICE_UUID_BYTES;
static const struct bt_data scan_response[] = {
  BT_DATA (WTL_GATT_AD_UUIDS128_COMPLETE, service_uuid, sizeof service_uuid),
};

static int
start (void)
{
  bool owned = (service_data[WTL_GATT_UUID_SIZE] & WTL_ADVERT_OWNED) != 0;
  const struct bt_le_adv_param parameters
      = BT_LE_ADV_PARAM_INIT (BT_LE_ADV_OPT_CONN, owned ? OWNED_INTERVAL_MIN : NEW_INTERVAL_MIN,
                              owned ? OWNED_INTERVAL_MAX : NEW_INTERVAL_MAX, NULL);

  int error = bt_le_adv_start (&parameters, advertisement, ARRAY_SIZE (advertisement), scan_response,
                               ARRAY_SIZE (scan_response));

  on_air = error == 0;
  return error;
}

/* What follows the flags, which change without a new tag. */
static bool
has_new_tag (const uint8_t *advert)
{
  return memcmp (service_data + WTL_GATT_UUID_SIZE + 1, advert + 1, WTL_ADVERT_SIZE - 1) != 0;
}

int
radio_advertise (const uint8_t advert[WTL_ADVERT_SIZE])
{
  struct bt_le_oob fresh;
  bool renew;
  int error;

  k_mutex_lock (&mutex, K_FOREVER);
  if (on_air)
    bt_le_adv_stop ();
  on_air = false;
  wanted = advert != NULL;
  renew = wanted && has_new_tag (advert);
  if (wanted)
    memcpy (service_data + WTL_GATT_UUID_SIZE, advert, WTL_ADVERT_SIZE);
  /* Asking for what to tell out of band makes a new address. */
  error = renew ? bt_le_oob_get_local (BT_ID_DEFAULT, &fresh) : 0;
  if (error == 0 && wanted)
    error = start ();
  k_mutex_unlock (&mutex);
  /* Somebody is connected: it goes on when he is gone. */
  return error == -ENOMEM || error == -EALREADY ? 0 : error;
}

void
radio_pause (void)
{
  k_mutex_lock (&mutex, K_FOREVER);
  on_air = false;
  k_mutex_unlock (&mutex);
}

void
radio_resume (void)
{
  k_mutex_lock (&mutex, K_FOREVER);
  if (wanted && !on_air)
    start ();
  k_mutex_unlock (&mutex);
}

int
radio_start (void)
{
  return bt_enable (NULL);
}
