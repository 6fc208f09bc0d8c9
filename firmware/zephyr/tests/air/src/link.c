/* SPDX-License-Identifier: Apache-2.0 */
/* The companion's end of the air. */
#include "link.h"

#include <string.h>
#include <zephyr/bluetooth/bluetooth.h>
#include <zephyr/bluetooth/gatt.h>
#include <zephyr/ztest.h>

#include "pairing/gatt.h"

#define PATIENCE K_SECONDS (20)

static const struct bt_uuid_128 in_uuid = { { BT_UUID_TYPE_128 }, WTL_GATT_IN_UUID_BYTES };
static const struct bt_uuid_128 out_uuid = { { BT_UUID_TYPE_128 }, WTL_GATT_OUT_UUID_BYTES };
static const uint8_t service_uuid[] = WTL_GATT_SERVICE_UUID_BYTES;

static K_SEM_DEFINE (done, 0, 1);
K_MSGQ_DEFINE (packets, sizeof (struct link_packet), 32, 4);
static struct bt_conn *connection;
static struct wtl_advert heard;
static bt_addr_le_t heard_from;
static uint16_t in_handle, out_handle;

static void
wait_done (const char *what)
{
  zassert_ok (k_sem_take (&done, PATIENCE), "%s: nothing within 20 s", what);
}

/* --- advertisements --- */

static bool
on_field (struct bt_data *data, void *user_data)
{
  bool *is_ours = user_data;

  if (data->type == WTL_GATT_AD_SERVICE_DATA128 && data->data_len == sizeof service_uuid + WTL_ADVERT_SIZE
      && memcmp (data->data, service_uuid, sizeof service_uuid) == 0)
    *is_ours = wtl_advert_parse (data->data + sizeof service_uuid, WTL_ADVERT_SIZE, &heard) == WTL_OK;
  return !*is_ours;
}

static void
on_advertisement (const bt_addr_le_t *from, int8_t rssi, uint8_t type, struct net_buf_simple *data)
{
  bool is_ours = false;

  if (type != BT_GAP_ADV_TYPE_ADV_IND)
    return;
  bt_data_parse (data, on_field, &is_ours);
  if (!is_ours)
    return;
  heard_from = *from;
  k_sem_give (&done);
}

void
link_hear (struct wtl_advert *advert, bt_addr_le_t *from)
{
  static const struct bt_le_scan_param passively
      = { .type = BT_LE_SCAN_TYPE_PASSIVE, .interval = BT_GAP_SCAN_FAST_INTERVAL, .window = BT_GAP_SCAN_FAST_WINDOW };

  k_sem_reset (&done);
  zassert_ok (bt_le_scan_start (&passively, on_advertisement));
  wait_done ("an advertisement");
  zassert_ok (bt_le_scan_stop ());
  *advert = heard;
  *from = heard_from;
}

/* --- the connection --- */

static void
on_connected (struct bt_conn *conn, uint8_t error)
{
  zassert_equal (error, 0);
  k_sem_give (&done);
}

static void
on_disconnected (struct bt_conn *conn, uint8_t reason)
{
  bt_conn_unref (connection);
  connection = NULL;
}

static void
on_recycled (void)
{
  k_sem_give (&done);
}

BT_CONN_CB_DEFINE (callbacks) = { .connected = on_connected, .disconnected = on_disconnected, .recycled = on_recycled };

static void
on_mtu (struct bt_conn *conn, uint8_t error, struct bt_gatt_exchange_params *params)
{
  zassert_equal (error, 0);
  k_sem_give (&done);
}

static uint8_t
on_characteristic (struct bt_conn *conn, const struct bt_gatt_attr *attr, struct bt_gatt_discover_params *params)
{
  const struct bt_gatt_chrc *found = attr != NULL ? attr->user_data : NULL;

  if (found == NULL) {
    k_sem_give (&done);
    return BT_GATT_ITER_STOP;
  }
  if (bt_uuid_cmp (found->uuid, &in_uuid.uuid) == 0)
    in_handle = found->value_handle;
  if (bt_uuid_cmp (found->uuid, &out_uuid.uuid) == 0)
    out_handle = found->value_handle;
  return BT_GATT_ITER_CONTINUE;
}

static uint8_t
on_packet (struct bt_conn *conn, struct bt_gatt_subscribe_params *params, const void *data, uint16_t len)
{
  struct link_packet packet = { .len = len };

  if (data == NULL)
    return BT_GATT_ITER_STOP;
  zassert_true (len <= sizeof packet.bytes);
  memcpy (packet.bytes, data, len);
  zassert_ok (k_msgq_put (&packets, &packet, K_NO_WAIT));
  return BT_GATT_ITER_CONTINUE;
}

static void
on_subscribed (struct bt_conn *conn, uint8_t error, struct bt_gatt_subscribe_params *params)
{
  zassert_equal (error, 0);
  k_sem_give (&done);
}

static void
discover (void)
{
  static struct bt_gatt_discover_params params;

  params = (struct bt_gatt_discover_params){ .func = on_characteristic,
                                             .start_handle = BT_ATT_FIRST_ATTRIBUTE_HANDLE,
                                             .end_handle = BT_ATT_LAST_ATTRIBUTE_HANDLE,
                                             .type = BT_GATT_DISCOVER_CHARACTERISTIC };
  in_handle = out_handle = 0;
  zassert_ok (bt_gatt_discover (connection, &params));
  wait_done ("what the device has");
  zassert_true (in_handle != 0 && out_handle != 0);
}

void
link_open (void)
{
  static struct bt_gatt_exchange_params mtu = { .func = on_mtu };
  static struct bt_gatt_subscribe_params subscription;

  k_sem_reset (&done);
  k_msgq_purge (&packets);
  zassert_ok (bt_conn_le_create (&heard_from, BT_CONN_LE_CREATE_CONN, BT_LE_CONN_PARAM_DEFAULT, &connection));
  wait_done ("a connection");
  zassert_ok (bt_gatt_exchange_mtu (connection, &mtu));
  wait_done ("the MTU");
  discover ();
  subscription = (struct bt_gatt_subscribe_params){ .notify = on_packet,
                                                    .subscribe = on_subscribed,
                                                    .value_handle = out_handle,
                                                    .ccc_handle = out_handle + 1,
                                                    .value = BT_GATT_CCC_NOTIFY };
  atomic_set_bit (subscription.flags, BT_GATT_SUBSCRIBE_FLAG_VOLATILE);
  zassert_ok (bt_gatt_subscribe (connection, &subscription));
  wait_done ("the subscription");
}

void
link_close (void)
{
  if (connection == NULL)
    return;
  k_sem_reset (&done);
  zassert_ok (bt_conn_disconnect (connection, BT_HCI_ERR_REMOTE_USER_TERM_CONN));
  wait_done ("the end of the connection");
}

int
link_send (const uint8_t *packet, size_t len)
{
  return connection == NULL ? -ENOTCONN
                            : bt_gatt_write_without_response (connection, in_handle, packet, (uint16_t)len, false);
}

bool
link_take (struct link_packet *packet, k_timeout_t timeout)
{
  return k_msgq_get (&packets, packet, timeout) == 0;
}

static struct bt_conn_info
tell (void)
{
  struct bt_conn_info info;

  zassert_not_null (connection);
  zassert_ok (bt_conn_get_info (connection, &info));
  return info;
}

uint8_t
link_phy (void)
{
  const struct bt_conn_le_phy_info *phy = tell ().le.phy;

  return phy->tx_phy == phy->rx_phy ? phy->tx_phy : 0;
}

size_t
link_mtu (void)
{
  return MIN (bt_gatt_get_mtu (connection) - WTL_GATT_HEADER_SIZE, LINK_PACKET_MAX);
}

uint16_t
link_interval (void)
{
  return tell ().le.interval;
}
