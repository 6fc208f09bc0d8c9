/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wattle over Bluetooth Low Energy: the one GATT service of a device and its
 * advertisement.  Constants only; both ends and the tests take them from here.
 *
 * GATT: one primary service with two characteristics.
 *
 *   in   write without response, write   companion to device
 *   out  notify                          device to companion
 *
 * One write or one notification is one packet of the link (pairing/frame.h), of
 * WTL_PACKET_MIN to WTL_PACKET_MAX bytes and at most ATT_MTU - 3.  A device
 * takes one companion at a time; a connection begins with the subscription to
 * "out" and ends with it.  Attributes need neither encryption nor a bond: what
 * goes over them is protected above.  A device whose attributes do has a third:
 *
 *   bond  read                          its presence alone says so
 *
 * because stacks do not say which of a device's attributes are for bonded links.
 * The companion bonds before it uses the others.
 *
 * Advertisement: exactly the 31 bytes of a legacy advertising PDU, so that a
 * passive scan finds an owned device:
 *
 *   02 01 06                      flags: general discoverable, no BR/EDR
 *   1b 21 UUID[16] advert[10]     service data, 128-bit UUID (little-endian),
 *                                 then the 10 bytes of pairing/advert.h
 *
 * and in the scan response, where the stack can set one (BlueZ before 5.80 cannot):
 *
 *   11 07 UUID[16]                complete list of 128-bit service UUIDs
 *
 * for companions whose scan filters by it.  The one on Linux does without: the
 * filters of BlueZ and the kernel compare with lists of service UUIDs only, so
 * they would drop the service data of every device without a scan response, or
 * whose scan response is not heard (is_filter_match() in BlueZ's src/adapter.c
 * and net/bluetooth/mgmt.c); docs/bluetooth.md.  It asks for Low Energy discovery
 * and takes what has our service data.  The pattern of an advertisement monitor
 * is AD type 0x21 at offset 0, the UUID's 16 bytes.
 *
 * Nothing else: no name, no appearance, no address that outlives a tag.
 */
#pragma once

/* As BlueZ writes UUIDs: lower case. */
#define WTL_GATT_SERVICE_UUID "cb416a34-59f2-4803-9a1e-8dbce3904442"
#define WTL_GATT_IN_UUID "cb416a35-59f2-4803-9a1e-8dbce3904442"
#define WTL_GATT_OUT_UUID "cb416a36-59f2-4803-9a1e-8dbce3904442"
#define WTL_GATT_BOND_UUID "cb416a37-59f2-4803-9a1e-8dbce3904442"

#define WTL_GATT_UUID_SIZE 16

/* Initialisers of uint8_t[WTL_GATT_UUID_SIZE], least significant byte first, as
 * in an advertisement (Bluetooth Core Supplement, part A, 1.1 and 1.11). */
#define WTL_GATT_UUID_BYTES(n)                                                                                         \
  {                                                                                                                    \
    0x42, 0x44, 0x90, 0xe3, 0xbc, 0x8d, 0x1e, 0x9a, 0x03, 0x48, 0xf2, 0x59, (n), 0x6a, 0x41, 0xcb                      \
  }
#define WTL_GATT_SERVICE_UUID_BYTES WTL_GATT_UUID_BYTES (0x34)
#define WTL_GATT_IN_UUID_BYTES WTL_GATT_UUID_BYTES (0x35)
#define WTL_GATT_OUT_UUID_BYTES WTL_GATT_UUID_BYTES (0x36)

/* AD types (Bluetooth Assigned Numbers, 2.3). */
#define WTL_GATT_AD_FLAGS 0x01
#define WTL_GATT_AD_UUIDS128_COMPLETE 0x07
#define WTL_GATT_AD_SERVICE_DATA128 0x21

#define WTL_GATT_FLAGS 0x06            /* general discoverable, BR/EDR not supported */
#define WTL_GATT_ADVERTISEMENT_SIZE 31 /* of the PDU's data: full */

#define WTL_GATT_HEADER_SIZE 3  /* of ATT before the value of a write or notification */
#define WTL_GATT_ATT_MTU_MIN 23 /* until the two ends agree on more */
