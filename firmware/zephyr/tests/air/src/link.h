/* SPDX-License-Identifier: Apache-2.0 */
/* The companion's end of the air: one device, the nearest that advertises Wattle. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <zephyr/bluetooth/conn.h>

#include "pairing/advert.h"

#define LINK_PACKET_MAX 244 /* bytes */

struct link_packet {
  uint16_t len;
  uint8_t bytes[LINK_PACKET_MAX];
};

/* What the next advertisement says, and whose it is; asserts that there is one in time. */
void link_hear (struct wtl_advert *advert, bt_addr_le_t *from);

/* Connects to the device last heard, and is ready for packets when it returns. */
void link_open (void);
void link_close (void);

/* 0, or Zephyr's error. */
int link_send (const uint8_t *packet, size_t len);

/* The next packet from the device; false where none comes within @timeout. */
bool link_take (struct link_packet *packet, k_timeout_t timeout);

/* Of the open connection: BT_GAP_LE_PHY_*, the largest packet in bytes, and the
 * interval between two events in units of 1.25 ms. */
uint8_t link_phy (void);
size_t link_mtu (void);
uint16_t link_interval (void);
