/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of the host controller interface that the air looks at: Bluetooth
 * Core Specification 5.2, volume 4, part E, chapter 7; packets as of part A (the
 * first byte says what follows).  Numbers in packets are little-endian.
 */
#pragma once

#include <glib.h>

#define HCI_COMMAND 0x01
#define HCI_ACL 0x02
#define HCI_EVENT 0x04
#define HCI_VENDOR 0xff
#define HCI_PACKET_MAX 1028

#define HCI_DISCONNECT 0x0406
#define HCI_RESET 0x0c03
#define HCI_READ_BD_ADDR 0x1009
#define HCI_LE_SET_RANDOM_ADDRESS 0x2005
#define HCI_LE_CREATE_CONNECTION_CANCEL 0x200e
#define HCI_LE_CLEAR_ACCEPT_LIST 0x2010
#define HCI_LE_ADD_TO_ACCEPT_LIST 0x2011
#define HCI_LE_REMOVE_FROM_ACCEPT_LIST 0x2012
#define HCI_LE_SET_SET_RANDOM_ADDRESS 0x2035
#define HCI_LE_SET_ADVERTISING_PARAMETERS 0x2036
#define HCI_LE_SET_ADVERTISING_DATA 0x2037
#define HCI_LE_SET_SCAN_RESPONSE_DATA 0x2038
#define HCI_LE_SET_ADVERTISING_ENABLE 0x2039
#define HCI_LE_REMOVE_SET 0x203c
#define HCI_LE_CLEAR_SETS 0x203d
#define HCI_LE_SET_SCAN_PARAMETERS 0x2041
#define HCI_LE_SET_SCAN_ENABLE 0x2042
#define HCI_LE_CREATE_CONNECTION 0x2043

#define HCI_EVT_DISCONNECTED 0x05
#define HCI_EVT_COMMAND_COMPLETE 0x0e
#define HCI_EVT_COMMAND_STATUS 0x0f
#define HCI_EVT_LE 0x3e
#define HCI_LE_EVT_CONNECTED 0x01
#define HCI_LE_EVT_REPORT 0x02
#define HCI_LE_EVT_CONNECTED_ENHANCED 0x0a
#define HCI_LE_EVT_REPORT_EXTENDED 0x0d
#define HCI_LE_EVT_SET_TERMINATED 0x12

#define HCI_CONNECTION_TIMEOUT 0x08
#define HCI_UNKNOWN_CONNECTION 0x02

/* Of advertising sets' properties and of reports' event types. */
#define HCI_ADV_CONNECTABLE 0x0001
#define HCI_ADV_SCANNABLE 0x0002
#define HCI_ADV_SCAN_RESPONSE 0x0008
#define HCI_ADV_LEGACY 0x0010

static inline guint16
hci_get16 (const guint8 *bytes)
{
  return (guint16)(bytes[0] | bytes[1] << 8);
}

static inline void
hci_put16 (guint8 *bytes, guint16 value)
{
  bytes[0] = value & 0xff;
  bytes[1] = value >> 8;
}
