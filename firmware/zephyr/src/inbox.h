/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens elsewhere, on its way to the thread that the core runs on:
 * Bluetooth's and the button's threads put in, main() takes out, in order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zephyr/kernel.h>

#define INBOX_PACKET_MAX 244 /* bytes: an ATT MTU of 247 without its header */

enum inbox_kind {
  INBOX_CONNECTED,    /* size: the largest packet to send */
  INBOX_PACKET,       /* data, size */
  INBOX_DISCONNECTED, /* the link is gone */
  INBOX_SHORT_PRESS,
  INBOX_LONG_PRESS, /* held for ten seconds */
};

struct inbox_item {
  uint16_t kind;
  uint16_t size;
  uint8_t data[INBOX_PACKET_MAX];
};

/* Puts in; @data may be NULL for what is no packet.  False where there is no
 * room or the packet is too large: nothing was put in.  From any thread. */
bool inbox_put (enum inbox_kind kind, const void *data, uint16_t size);

/* Takes the oldest out, waiting at most @wait.  False where there is none. */
bool inbox_take (struct inbox_item *item, k_timeout_t wait);
