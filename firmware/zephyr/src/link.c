/* SPDX-License-Identifier: Apache-2.0 */
/* The one connection. */
#include "link.h"

#include <zephyr/bluetooth/bluetooth.h>
#include <zephyr/bluetooth/conn.h>
#include <zephyr/bluetooth/gatt.h>
#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>

#include "inbox.h"
#include "pairing/gatt.h"
#include "radio.h"

LOG_MODULE_REGISTER (link, LOG_LEVEL_INF);

#define SILENCE_MS 15000 /* whoever connects has to speak by then */
#define REST_MS 10000    /* without a packet: the connection slows down */
#define ATTRIBUTE_OUT 2  /* of the table below: the value of "out" */

/* Units of 1.25 ms, connection events, and 10 ms. */
static const struct bt_le_conn_param busy = BT_LE_CONN_PARAM_INIT (12, 24, 0, 400);
static const struct bt_le_conn_param resting = BT_LE_CONN_PARAM_INIT (240, 320, 4, 600);

static struct bt_conn *connection;
static bool subscribed;
static bool rests;

static void
hang_up (struct bt_conn *conn)
{
  if (conn != NULL)
    bt_conn_disconnect (conn, BT_HCI_ERR_REMOTE_USER_TERM_CONN);
}

/* Silence before the first packet frees the place, later it saves the battery. */
static void
on_silence (struct k_work *work)
{
  if (connection == NULL)
    return;
  if (!subscribed) {
    LOG_INF ("a silent companion was hung up on");
    hang_up (connection);
  } else if (!rests && bt_conn_le_param_update (connection, &resting) == 0) {
    rests = true;
  }
}
static K_WORK_DELAYABLE_DEFINE (silence, on_silence);

static void
heard (void)
{
  k_work_reschedule (&silence, K_MSEC (REST_MS));
  if (rests && bt_conn_le_param_update (connection, &busy) == 0)
    rests = false;
}

static ssize_t
on_write (struct bt_conn *conn, const struct bt_gatt_attr *attr, const void *buf, uint16_t len, uint16_t offset,
          uint8_t flags)
{
  if (offset != 0)
    return BT_GATT_ERR (BT_ATT_ERR_INVALID_OFFSET);
  if (len > INBOX_PACKET_MAX)
    return BT_GATT_ERR (BT_ATT_ERR_INVALID_ATTRIBUTE_LEN);
  if (!subscribed) /* nobody could hear the answer */
    return BT_GATT_ERR (BT_ATT_ERR_CCC_IMPROPER_CONF);
  if (!inbox_put (INBOX_PACKET, buf, len)) {
    LOG_WRN ("more than the core can take: hung up");
    hang_up (conn);
    return BT_GATT_ERR (BT_ATT_ERR_INSUFFICIENT_RESOURCES);
  }
  heard ();
  return len;
}

static void
on_subscription (const struct bt_gatt_attr *attr, uint16_t value)
{
  bool now = value == BT_GATT_CCC_NOTIFY;

  if (now == subscribed || connection == NULL)
    return;
  subscribed = now;
  if (now)
    inbox_put (INBOX_CONNECTED, NULL, MIN (bt_gatt_get_mtu (connection) - WTL_GATT_HEADER_SIZE, INBOX_PACKET_MAX));
  else
    inbox_put (INBOX_DISCONNECTED, NULL, 0);
}

static const struct bt_uuid_128 service_uuid = { { BT_UUID_TYPE_128 }, WTL_GATT_SERVICE_UUID_BYTES };
static const struct bt_uuid_128 in_uuid = { { BT_UUID_TYPE_128 }, WTL_GATT_IN_UUID_BYTES };
static const struct bt_uuid_128 out_uuid = { { BT_UUID_TYPE_128 }, WTL_GATT_OUT_UUID_BYTES };

BT_GATT_SERVICE_DEFINE (service, BT_GATT_PRIMARY_SERVICE (&service_uuid),
                        BT_GATT_CHARACTERISTIC (&out_uuid.uuid, BT_GATT_CHRC_NOTIFY, BT_GATT_PERM_NONE, NULL, NULL,
                                                NULL),
                        BT_GATT_CCC (on_subscription, BT_GATT_PERM_READ | BT_GATT_PERM_WRITE),
                        BT_GATT_CHARACTERISTIC (&in_uuid.uuid, BT_GATT_CHRC_WRITE | BT_GATT_CHRC_WRITE_WITHOUT_RESP,
                                                BT_GATT_PERM_WRITE, NULL, on_write, NULL), );

static void
on_connected (struct bt_conn *conn, uint8_t error)
{
  if (error != 0) {
    radio_resume ();
    return;
  }
  radio_pause ();
  connection = bt_conn_ref (conn);
  subscribed = rests = false;
  k_work_reschedule (&silence, K_MSEC (SILENCE_MS));
}

static void
on_disconnected (struct bt_conn *conn, uint8_t reason)
{
  if (conn != connection)
    return;
  k_work_cancel_delayable (&silence);
  if (subscribed)
    inbox_put (INBOX_DISCONNECTED, NULL, 0);
  subscribed = false;
  bt_conn_unref (connection);
  connection = NULL;
}

/* The connection's memory is free for the next one. */
static void
on_recycled (void)
{
  radio_resume ();
}

BT_CONN_CB_DEFINE (connection_callbacks) = {
  .connected = on_connected,
  .disconnected = on_disconnected,
  .recycled = on_recycled,
};

/* The session above needs no bond, and what is not kept cannot leak. */
static enum bt_security_err
refuse_pairing (struct bt_conn *conn, const struct bt_conn_pairing_feat *const features)
{
  return BT_SECURITY_ERR_PAIR_NOT_ALLOWED;
}

int
link_start (void)
{
  static const struct bt_conn_auth_cb callbacks = { .pairing_accept = refuse_pairing };

  return bt_conn_auth_cb_register (&callbacks);
}

int
link_send (const uint8_t *packet, size_t len)
{
  struct bt_conn *conn = connection;

  if (conn == NULL || !subscribed)
    return -ENOTCONN;
  return bt_gatt_notify (conn, &service.attrs[ATTRIBUTE_OUT], packet, (uint16_t)len);
}

void
link_hang_up (void)
{
  hang_up (connection);
}
