/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection as both ends see it.
 */
#include "pairing/channel.h"

#include <string.h>

#include "pairing/handshake.h"
#include "pairing/message.h"
#include "pairing/secret.h"

_Static_assert(WTL_MESSAGE_MAX + WTL_RECORD_OVERHEAD <= WTL_FRAME_MAX, "the longest message fits a record");

static enum wtl_status
init (struct wtl_channel *channel, const struct wtl_port *port, size_t mtu)
{
  memset (channel, 0, sizeof *channel);
  if (mtu < WTL_PACKET_MIN || mtu > WTL_PACKET_MAX)
    return WTL_ERROR_ARGUMENT;
  channel->port = port;
  channel->mtu = mtu;
  return WTL_OK;
}

static bool
is_verifier_handshake (const struct wtl_channel *channel)
{
  return channel->step == WTL_STEP_HELLO || channel->step == WTL_STEP_PAKE_SHARE
         || channel->step == WTL_STEP_PAKE_CONFIRM;
}

/* Once a session is open nobody is told why it closed: a forger would be the
 * one who asks. */
static enum wtl_status
fail (struct wtl_channel *channel, enum wtl_status status)
{
  if (is_verifier_handshake (channel))
    wtl_handshake_refuse (channel, status);
  wtl_channel_close (channel);
  return status;
}

static bool
is_secret_of_kind (wtl_SecretKind kind, const uint8_t *secret, size_t len)
{
  switch (kind) {
    case wtl_SECRET_KIND_SETUP_CODE:
      return len == 10;
    case wtl_SECRET_KIND_OWNER_KEY:
      return len == WTL_OWNER_KEY_SIZE || len == WTL_OWNER_KEY_FULL_SIZE;
    case wtl_SECRET_KIND_PASSWORD:
      return len > 0 && len <= WTL_SECRET_MAX;
    default:
      return false;
  }
}

static enum wtl_status
take_record (struct wtl_channel *channel, enum wtl_event *event)
{
  enum wtl_status status = wtl_session_open (&channel->session, channel->in.data, channel->in.total);

  if (status != WTL_OK)
    return status == WTL_ERROR_STATE ? WTL_ERROR_FRAME : status;
  channel->message = channel->in.data + WTL_RECORD_HEADER;
  channel->message_len = channel->in.total - WTL_RECORD_OVERHEAD;
  *event = WTL_EVENT_MESSAGE;
  return WTL_OK;
}

enum wtl_status
wtl_channel_init_verifier (struct wtl_channel *channel, const struct wtl_port *port, size_t mtu)
{
  enum wtl_status status = init (channel, port, mtu);

  if (status == WTL_OK)
    channel->step = WTL_STEP_HELLO;
  return status;
}

enum wtl_status
wtl_channel_init_prover (struct wtl_channel *channel, const struct wtl_port *port, size_t mtu, wtl_SecretKind kind,
                         unsigned owner_slot, const uint8_t *secret, size_t secret_len)
{
  enum wtl_status status = init (channel, port, mtu);

  if (status == WTL_OK && !is_secret_of_kind (kind, secret, secret_len))
    status = WTL_ERROR_ARGUMENT;
  if (status != WTL_OK)
    return status;
  channel->secret_kind = kind;
  channel->owner_slot = owner_slot;
  if (secret_len == WTL_OWNER_KEY_FULL_SIZE) { /* longer than any secret of another kind */
    secret_len = WTL_OWNER_KEY_SIZE;
    memcpy (channel->handshake.prover.w0m, secret + secret_len, WTL_POINT_SIZE);
    memcpy (channel->handshake.prover.w0n, secret + secret_len + WTL_POINT_SIZE, WTL_POINT_SIZE);
  }
  memcpy (channel->handshake.secret, secret, secret_len);
  channel->handshake.secret_len = secret_len;
  status = wtl_handshake_start (channel);
  return status == WTL_OK ? WTL_OK : fail (channel, status);
}

/* Where what is notified reaches everybody who listens, a companion that comes hears
 * the records of the one that is there.  A record says nothing before a session, and
 * is passed over: the device turns this companion away once it has spoken. */
static bool
is_for_another (const struct wtl_channel *channel, const uint8_t *packet, size_t len)
{
  return (channel->step == WTL_STEP_HELLO_REPLY || channel->step == WTL_STEP_PAKE_REPLY)
         && wtl_frame_is_record (packet, len);
}

enum wtl_status
wtl_channel_receive (struct wtl_channel *channel, const uint8_t *packet, size_t len, enum wtl_event *event)
{
  enum wtl_status status;
  bool whole;

  *event = WTL_EVENT_NONE;
  channel->message = NULL;
  channel->message_len = 0;
  if (channel->step == WTL_STEP_CLOSED)
    return WTL_ERROR_STATE;
  if (is_for_another (channel, packet, len))
    return WTL_OK;
  status = wtl_frame_take (&channel->in, packet, len, &whole);
  if (status == WTL_OK && whole)
    status = channel->in.record ? take_record (channel, event) : wtl_handshake_take (channel, event);
  if (status == WTL_OK)
    return WTL_OK;
  *event = WTL_EVENT_NONE;
  return fail (channel, status);
}

/* @len bytes are where wtl_channel_space() said. */
static enum wtl_status
seal_and_send (struct wtl_channel *channel, size_t len)
{
  enum wtl_status status = wtl_session_seal (&channel->session, wtl_frame_space (&channel->out), len);

  if (status == WTL_OK)
    status = wtl_frame_send (&channel->out, channel->port, channel->mtu, true, len + WTL_RECORD_OVERHEAD);
  return status == WTL_OK ? WTL_OK : fail (channel, status);
}

enum wtl_status
wtl_channel_send (struct wtl_channel *channel, const uint8_t *message, size_t len)
{
  if (!wtl_channel_is_open (channel))
    return WTL_ERROR_STATE;
  if (len == 0 || len > WTL_MESSAGE_MAX)
    return WTL_ERROR_ARGUMENT;
  memcpy (wtl_frame_space (&channel->out) + WTL_RECORD_HEADER, message, len);
  return seal_and_send (channel, len);
}

/* Encoded where it will be encrypted and sent from, without a copy. */
static enum wtl_status
send_encoded (struct wtl_channel *channel, enum wtl_status (*encode) (const void *, uint8_t *, size_t, size_t *),
              const void *message)
{
  size_t len;
  enum wtl_status status;

  if (!wtl_channel_is_open (channel))
    return WTL_ERROR_STATE;
  status = encode (message, wtl_frame_space (&channel->out) + WTL_RECORD_HEADER, WTL_MESSAGE_MAX, &len);
  return status == WTL_OK ? seal_and_send (channel, len) : status;
}

enum wtl_status
wtl_channel_send_request (struct wtl_channel *channel, const wtl_Request *request)
{
  return send_encoded (channel, wtl_request_encode, request);
}

enum wtl_status
wtl_channel_send_response (struct wtl_channel *channel, const wtl_Response *response)
{
  return send_encoded (channel, wtl_response_encode, response);
}

bool
wtl_channel_is_open (const struct wtl_channel *channel)
{
  return channel->session.open;
}

void
wtl_channel_close (struct wtl_channel *channel)
{
  channel->step = WTL_STEP_CLOSED;
  channel->message = NULL;
  channel->message_len = 0;
  wtl_session_close (&channel->session);
  wtl_wipe (&channel->handshake, sizeof channel->handshake);
  wtl_wipe (&channel->in, sizeof channel->in);
  wtl_wipe (&channel->out, sizeof channel->out);
}
