/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames: whole messages cut into a link's packets and put together again.
 */
#include "pairing/frame.h"

#include <string.h>

#define FIRST 0x80
#define LAST 0x40
#define RECORD 0x20
#define NUMBER 0x1f

static size_t
ceiling (bool record)
{
  return record ? WTL_FRAME_MAX : WTL_FRAME_HANDSHAKE_MAX;
}

/* The first packet of a message; how long its header is in @header. */
static enum wtl_status
begin (struct wtl_frame_in *in, const uint8_t *packet, size_t len, size_t *header)
{
  uint16_t total;

  if (in->begun || len <= WTL_FRAME_HEADER_MAX)
    return WTL_ERROR_FRAME;
  total = (uint16_t)(packet[1] << 8 | packet[2]);
  in->record = packet[0] & RECORD;
  if (total > ceiling (in->record))
    return WTL_ERROR_TOO_LONG;
  in->begun = true;
  in->total = total;
  in->have = 0;
  *header = WTL_FRAME_HEADER_MAX;
  return WTL_OK;
}

bool
wtl_frame_is_record (const uint8_t *packet, size_t len)
{
  return len > 0 && (packet[0] & RECORD);
}

enum wtl_status
wtl_frame_take (struct wtl_frame_in *in, const uint8_t *packet, size_t len, bool *whole)
{
  size_t header = 1;
  size_t piece;

  *whole = false;
  if (len < 2 || len > WTL_PACKET_MAX || (packet[0] & NUMBER) != in->number)
    return WTL_ERROR_FRAME;
  if (packet[0] & FIRST) {
    enum wtl_status status = begin (in, packet, len, &header);

    if (status != WTL_OK)
      return status;
  } else if (!in->begun || in->record != !!(packet[0] & RECORD)) {
    return WTL_ERROR_FRAME;
  }

  piece = len - header;
  if (piece > (size_t)in->total - in->have)
    return WTL_ERROR_FRAME;
  memcpy (in->data + in->have, packet + header, piece);
  in->have = (uint16_t)(in->have + piece);
  if ((in->have == in->total) != !!(packet[0] & LAST))
    return WTL_ERROR_FRAME;

  in->number = (in->number + 1) & NUMBER;
  *whole = packet[0] & LAST;
  if (*whole)
    in->begun = false;
  return WTL_OK;
}

uint8_t *
wtl_frame_space (struct wtl_frame_out *out)
{
  return out->buffer + WTL_FRAME_HEADER_MAX;
}

enum wtl_status
wtl_frame_send (struct wtl_frame_out *out, const struct wtl_port *port, size_t mtu, bool record, size_t len)
{
  uint8_t *at = wtl_frame_space (out);
  size_t header = WTL_FRAME_HEADER_MAX;
  uint8_t flags = FIRST | (record ? RECORD : 0);

  if (len == 0 || len > ceiling (record))
    return WTL_ERROR_TOO_LONG;
  at[-2] = (uint8_t)(len >> 8);
  at[-1] = (uint8_t)len;
  while (len > 0) {
    size_t piece = len < mtu - header ? len : mtu - header;
    uint8_t *packet = at - header;

    if (piece == len)
      flags |= LAST;
    packet[0] = flags | out->number;
    out->number = (out->number + 1) & NUMBER;
    if (port->send (port->ctx, packet, header + piece))
      return WTL_ERROR_SEND;
    at += piece;
    len -= piece;
    flags &= (uint8_t)~FIRST;
    header = 1;
  }
  return WTL_OK;
}
