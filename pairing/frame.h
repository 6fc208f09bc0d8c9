/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames: whole messages cut into a link's packets and put together again.
 *
 *   byte 0   bit 7  first packet of a message
 *            bit 6  last packet of a message
 *            bit 5  an encrypted record (otherwise a handshake message)
 *            bits 4..0  the packet's number in its direction, modulo 32
 *   bytes 1, 2  first packet only: the message's length, big-endian
 *   the rest    a piece of the message, at least one byte
 *
 * A packet lost, repeated, out of order or overlong is an error, after which a
 * connection is closed: links that carry Wattle are reliable when healthy.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pairing/port.h"
#include "pairing/status.h"

#define WTL_PACKET_MIN 20  /* smallest MTU of a link */
#define WTL_PACKET_MAX 512 /* largest packet, and largest MTU used */

#define WTL_FRAME_MAX 1044          /* ceiling of an encrypted record */
#define WTL_FRAME_HANDSHAKE_MAX 256 /* and of a handshake message */
#define WTL_FRAME_HEADER_MAX 3

/* Receiving. */
struct wtl_frame_in {
  uint8_t number; /* of the next packet */
  bool begun;
  bool record;
  uint16_t total;
  uint16_t have;
  uint8_t data[WTL_FRAME_MAX];
};

/* Sending.  Headers are written over bytes that are already out. */
struct wtl_frame_out {
  uint8_t number;
  uint8_t buffer[WTL_FRAME_HEADER_MAX + WTL_FRAME_MAX];
};

/* Whether the packet is part of an encrypted record. */
bool wtl_frame_is_record (const uint8_t *packet, size_t len);

/* Takes a packet in.  When @whole comes back true, @in->total bytes are at
 * @in->data until the next packet.  WTL_ERROR_FRAME, WTL_ERROR_TOO_LONG. */
enum wtl_status wtl_frame_take (struct wtl_frame_in *in, const uint8_t *packet, size_t len, bool *whole);

/* Where the caller writes the message to send: WTL_FRAME_MAX bytes. */
uint8_t *wtl_frame_space (struct wtl_frame_out *out);

/* Sends the @len bytes at wtl_frame_space() in packets of @mtu bytes at most.
 * WTL_ERROR_SEND, WTL_ERROR_TOO_LONG. */
enum wtl_status wtl_frame_send (struct wtl_frame_out *out, const struct wtl_port *port, size_t mtu, bool record,
                                size_t len);
