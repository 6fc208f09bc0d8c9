/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handshake, both roles: versions, then SPAKE2+.
 */
#include "pairing/handshake.h"

#include <pb_decode.h>
#include <pb_encode.h>
#include <string.h>

#include "pairing/secret.h"

#define CONTEXT "wattle-pairing-v1"
#define CONTEXT_LEN (sizeof CONTEXT - 1)

_Static_assert(CONTEXT_LEN + WTL_HASH_SIZE <= WTL_CONTEXT_MAX, "the context fits");
_Static_assert(wtl_Handshake_size <= WTL_FRAME_HANDSHAKE_MAX, "handshake messages fit their ceiling");

/* What a refusal says of what went wrong here. */
static const struct refusal_code {
  enum wtl_status status;
  wtl_ErrorCode code;
} refusal_codes[] = {
  { WTL_ERROR_VERSION, wtl_ERROR_CODE_VERSION },     { WTL_ERROR_LOCKED, wtl_ERROR_CODE_LOCKED },
  { WTL_ERROR_NOT_NOW, wtl_ERROR_CODE_NOT_NOW },     { WTL_ERROR_CONFIRM, wtl_ERROR_CODE_WRONG_SECRET },
  { WTL_ERROR_MALFORMED, wtl_ERROR_CODE_MALFORMED }, { WTL_ERROR_FRAME, wtl_ERROR_CODE_MALFORMED },
  { WTL_ERROR_TOO_LONG, wtl_ERROR_CODE_MALFORMED },  { WTL_ERROR_POINT, wtl_ERROR_CODE_MALFORMED },
  { WTL_ERROR_STORAGE, wtl_ERROR_CODE_STORAGE },     { WTL_ERROR_STATE, wtl_ERROR_CODE_BUSY },
};

/* --- both roles --- */

static bool
is_owner_key (const struct wtl_channel *channel)
{
  return channel->secret_kind == wtl_SECRET_KIND_OWNER_KEY;
}

/* transcript = SHA-256 (transcript || message) */
static enum wtl_status
note (struct wtl_handshake *handshake, const uint8_t *message, size_t len)
{
  const struct wtl_bytes pieces[] = { { handshake->transcript, WTL_HASH_SIZE }, { message, len } };

  return wtl_sha256 (pieces, 2, handshake->transcript);
}

/* Encodes to where it will be sent from, so that it can be noted first. */
static enum wtl_status
encode (struct wtl_channel *channel, const wtl_Handshake *message, size_t *len)
{
  pb_ostream_t stream = pb_ostream_from_buffer (wtl_frame_space (&channel->out), WTL_FRAME_HANDSHAKE_MAX);

  if (!pb_encode (&stream, wtl_Handshake_fields, message))
    return WTL_ERROR_TOO_LONG;
  *len = stream.bytes_written;
  return note (&channel->handshake, wtl_frame_space (&channel->out), *len);
}

static enum wtl_status
send_message (struct wtl_channel *channel, const wtl_Handshake *message)
{
  size_t len;
  enum wtl_status status = encode (channel, message, &len);

  return status == WTL_OK ? wtl_frame_send (&channel->out, channel->port, channel->mtu, false, len) : status;
}

/* RFC 9383's Context carries what both ends said before, so that a change of
 * it on the way makes the confirmations differ. */
static void
make_ids (const struct wtl_channel *channel, uint8_t context[CONTEXT_LEN + WTL_HASH_SIZE], struct wtl_spake2p_ids *ids)
{
  memcpy (context, CONTEXT, CONTEXT_LEN);
  memcpy (context + CONTEXT_LEN, channel->handshake.agreed, WTL_HASH_SIZE);
  ids->context = context;
  ids->context_len = CONTEXT_LEN + WTL_HASH_SIZE;
  ids->prover = WTL_ID_PROVER;
  ids->verifier = WTL_ID_VERIFIER;
}

static enum wtl_status
open_session (struct wtl_channel *channel, bool prover)
{
  enum wtl_status status
      = wtl_session_init (&channel->session, prover, channel->handshake.shared, channel->handshake.transcript);

  wtl_wipe (&channel->handshake, sizeof channel->handshake);
  if (status == WTL_OK)
    channel->step = prover ? WTL_STEP_OPEN_PROVER : WTL_STEP_OPEN_VERIFIER;
  return status;
}

/* --- the prover: the companion --- */

enum wtl_status
wtl_handshake_start (struct wtl_channel *channel)
{
  wtl_Handshake message = { .which_body = wtl_Handshake_hello_tag };
  wtl_Hello *hello = &message.body.hello;

  hello->version_min = WTL_PROTOCOL_VERSION;
  hello->version_max = WTL_PROTOCOL_VERSION;
  hello->capabilities = channel->port->capabilities;
  hello->secret = channel->secret_kind;
  hello->owner_slot = channel->owner_slot;
  if (channel->port->random (channel->port->ctx, hello->nonce, sizeof hello->nonce))
    return WTL_ERROR_RANDOM;
  channel->step = WTL_STEP_HELLO_REPLY;
  return send_message (channel, &message);
}

/* w0m and w0n are there already where the companion has kept them. */
static enum wtl_status
derive_from_owner_key (struct wtl_handshake *handshake)
{
  struct wtl_prover prover;
  enum wtl_status status = wtl_prover_from_owner_key (handshake->secret, &prover);

  if (status == WTL_OK) {
    memcpy (handshake->prover.w0, prover.w0, sizeof prover.w0);
    memcpy (handshake->prover.w1, prover.w1, sizeof prover.w1);
  }
  wtl_wipe (&prover, sizeof prover);
  return status;
}

/* What the device announces is bounded here: it could ask for weak hardening,
 * or for years of it. */
static enum wtl_status
derive_prover (struct wtl_channel *channel, const wtl_HelloReply *reply)
{
  struct wtl_handshake *handshake = &channel->handshake;
  enum wtl_status status;

  if (is_owner_key (channel))
    status = reply->salt.size == 0 && reply->iterations == 0 ? derive_from_owner_key (handshake) : WTL_ERROR_MALFORMED;
  else
    status = wtl_prover_from_secret (handshake->secret, handshake->secret_len, reply->salt.bytes, reply->salt.size,
                                     reply->iterations, &handshake->prover);
  wtl_wipe (handshake->secret, sizeof handshake->secret);
  return status == WTL_ERROR_ARGUMENT ? WTL_ERROR_MALFORMED : status;
}

static enum wtl_status
take_hello_reply (struct wtl_channel *channel, const wtl_Handshake *message)
{
  const wtl_HelloReply *reply = &message->body.hello_reply;
  const struct wtl_port *port = channel->port;
  struct wtl_handshake *handshake = &channel->handshake;
  wtl_Handshake answer = { .which_body = wtl_Handshake_pake_share_tag };
  enum wtl_status status;

  if (reply->version != WTL_PROTOCOL_VERSION)
    return WTL_ERROR_MALFORMED;
  channel->capabilities = reply->capabilities & channel->port->capabilities;
  channel->attempts.left = reply->attempts_left;
  memcpy (handshake->agreed, handshake->transcript, WTL_HASH_SIZE);

  status = derive_prover (channel, reply);
  if (status == WTL_OK)
    status = wtl_spake2p_scalar (port->random, port->ctx, handshake->x);
  if (status == WTL_OK)
    status = wtl_spake2p_share_p (&handshake->prover, handshake->x, port->random, port->ctx, handshake->share_p);
  if (status != WTL_OK)
    return status;
  memcpy (answer.body.pake_share.share, handshake->share_p, WTL_POINT_SIZE);
  channel->step = WTL_STEP_PAKE_REPLY;
  return send_message (channel, &answer);
}

static enum wtl_status
take_pake_reply (struct wtl_channel *channel, const wtl_Handshake *message)
{
  const wtl_PakeReply *reply = &message->body.pake_reply;
  struct wtl_handshake *handshake = &channel->handshake;
  wtl_Handshake answer = { .which_body = wtl_Handshake_pake_confirm_tag };
  uint8_t context[CONTEXT_LEN + WTL_HASH_SIZE];
  struct wtl_spake2p_ids ids;
  struct wtl_spake2p_result run;
  enum wtl_status status;
  size_t len = 0;

  channel->attempts.left = reply->attempts_left;
  channel->attempts.locked_for = reply->locked_for;
  make_ids (channel, context, &ids);
  status = wtl_spake2p_finish_p (&handshake->prover, handshake->x, handshake->share_p, reply->share, &ids,
                                 channel->port->random, channel->port->ctx, &run);
  if (status == WTL_OK && !wtl_equal (run.confirm_v, reply->confirm, WTL_HASH_SIZE))
    status = WTL_ERROR_CONFIRM;
  if (status == WTL_OK) {
    memcpy (answer.body.pake_confirm.confirm, run.confirm_p, WTL_HASH_SIZE);
    memcpy (handshake->shared, run.shared, WTL_HASH_SIZE);
    status = encode (channel, &answer, &len);
  }
  wtl_wipe (&run, sizeof run);
  if (status == WTL_OK)
    status = open_session (channel, true);
  return status == WTL_OK ? wtl_frame_send (&channel->out, channel->port, channel->mtu, false, len) : status;
}

static enum wtl_status
take_refusal (struct wtl_channel *channel, const wtl_Refusal *refusal)
{
  channel->refusal = *refusal;
  if (refusal->code == wtl_ERROR_CODE_VERSION)
    return WTL_ERROR_VERSION;
  if (refusal->code == wtl_ERROR_CODE_NOT_NOW)
    return WTL_ERROR_NOT_NOW;
  if (refusal->code == wtl_ERROR_CODE_LOCKED || refusal->code == wtl_ERROR_CODE_WRONG_SECRET) {
    channel->attempts.left = refusal->attempts_left;
    channel->attempts.locked_for = refusal->seconds;
  }
  return refusal->code == wtl_ERROR_CODE_LOCKED ? WTL_ERROR_LOCKED : WTL_ERROR_REFUSED;
}

/* --- the verifier: the device --- */

static void
refuse_with_attempts (struct wtl_channel *channel)
{
  channel->refusal.attempts_left = channel->attempts.left;
  channel->refusal.seconds = channel->attempts.locked_for;
}

static enum wtl_status
load_verifier (struct wtl_channel *channel, struct wtl_verifier *verifier)
{
  const struct wtl_port *port = channel->port;
  enum wtl_status status;

  memset (verifier, 0, sizeof *verifier);
  status = port->load_verifier (port->ctx, channel->secret_kind, channel->owner_slot, verifier);
  if (status == WTL_OK && verifier->salt_len > WTL_SALT_MAX)
    status = WTL_ERROR_STORAGE;
  return status;
}

static enum wtl_status
check_hello (struct wtl_channel *channel, const wtl_Hello *hello)
{
  if (hello->version_min > WTL_PROTOCOL_VERSION || hello->version_max < WTL_PROTOCOL_VERSION)
    return WTL_ERROR_VERSION;
  if (hello->secret < wtl_SECRET_KIND_SETUP_CODE || hello->secret > wtl_SECRET_KIND_PASSWORD)
    return WTL_ERROR_MALFORMED;
  channel->secret_kind = hello->secret;
  channel->owner_slot = hello->owner_slot;
  channel->capabilities = hello->capabilities & channel->port->capabilities;
  return WTL_OK;
}

static enum wtl_status
take_hello (struct wtl_channel *channel, const wtl_Handshake *message)
{
  const struct wtl_port *port = channel->port;
  wtl_Handshake answer = { .which_body = wtl_Handshake_hello_reply_tag };
  wtl_HelloReply *reply = &answer.body.hello_reply;
  struct wtl_verifier verifier;
  enum wtl_status status = check_hello (channel, &message->body.hello);

  if (status != WTL_OK)
    return status;
  status = load_verifier (channel, &verifier);
  if (status == WTL_OK && !is_owner_key (channel)) {
    reply->salt.size = verifier.salt_len;
    memcpy (reply->salt.bytes, verifier.salt, verifier.salt_len);
    reply->iterations = verifier.iterations;
  }
  wtl_wipe (&verifier, sizeof verifier);
  if (status != WTL_OK)
    return status;

  port->attempt_peek (port->ctx, channel->secret_kind, &channel->attempts);
  if (channel->attempts.left == 0 || channel->attempts.locked_for > 0) {
    refuse_with_attempts (channel);
    return WTL_ERROR_LOCKED;
  }
  reply->version = WTL_PROTOCOL_VERSION;
  reply->capabilities = channel->port->capabilities;
  reply->attempts_left = channel->attempts.left;
  if (port->random (port->ctx, reply->nonce, sizeof reply->nonce))
    return WTL_ERROR_RANDOM;
  channel->step = WTL_STEP_PAKE_SHARE;
  status = send_message (channel, &answer);
  memcpy (channel->handshake.agreed, channel->handshake.transcript, WTL_HASH_SIZE);
  return status;
}

/* The device's half of SPAKE2+: what goes out in @reply, what has to come and
 * the shared key in channel->handshake. */
static enum wtl_status
run_verifier (struct wtl_channel *channel, const uint8_t share_p[WTL_POINT_SIZE], wtl_PakeReply *reply)
{
  const struct wtl_port *port = channel->port;
  struct wtl_handshake *handshake = &channel->handshake;
  uint8_t context[CONTEXT_LEN + WTL_HASH_SIZE];
  uint8_t y[WTL_SCALAR_SIZE];
  struct wtl_spake2p_ids ids;
  struct wtl_spake2p_result run;
  struct wtl_verifier verifier;
  enum wtl_status status = load_verifier (channel, &verifier);

  make_ids (channel, context, &ids);
  if (status == WTL_OK)
    status = wtl_spake2p_scalar (port->random, port->ctx, y);
  if (status == WTL_OK)
    status = wtl_spake2p_share_v (&verifier, y, port->random, port->ctx, reply->share);
  if (status == WTL_OK)
    status = wtl_spake2p_finish_v (&verifier, y, share_p, reply->share, &ids, port->random, port->ctx, &run);
  if (status == WTL_OK) {
    memcpy (reply->confirm, run.confirm_v, WTL_HASH_SIZE);
    memcpy (handshake->confirm_p, run.confirm_p, WTL_HASH_SIZE);
    memcpy (handshake->shared, run.shared, WTL_HASH_SIZE);
    wtl_wipe (&run, sizeof run);
  }
  wtl_wipe (y, sizeof y);
  wtl_wipe (&verifier, sizeof verifier);
  return status;
}

/* The reply's confirmation lets a prover test one guess before it shows its
 * own: so the attempt is counted first, and taken back only by its proof. */
static enum wtl_status
take_pake_share (struct wtl_channel *channel, const wtl_Handshake *message)
{
  const struct wtl_port *port = channel->port;
  wtl_Handshake answer = { .which_body = wtl_Handshake_pake_reply_tag };
  enum wtl_status status = port->attempt_begin (port->ctx, channel->secret_kind, &channel->attempts);

  if (status == WTL_ERROR_LOCKED)
    refuse_with_attempts (channel);
  if (status == WTL_OK)
    status = run_verifier (channel, message->body.pake_share.share, &answer.body.pake_reply);
  if (status != WTL_OK)
    return status;
  answer.body.pake_reply.attempts_left = channel->attempts.left;
  answer.body.pake_reply.locked_for = channel->attempts.locked_for;
  channel->step = WTL_STEP_PAKE_CONFIRM;
  return send_message (channel, &answer);
}

static enum wtl_status
take_pake_confirm (struct wtl_channel *channel, const wtl_Handshake *message)
{
  const struct wtl_port *port = channel->port;
  enum wtl_status status;

  if (!wtl_equal (message->body.pake_confirm.confirm, channel->handshake.confirm_p, WTL_HASH_SIZE)) {
    refuse_with_attempts (channel);
    return WTL_ERROR_CONFIRM;
  }
  status = port->attempt_ok (port->ctx, channel->secret_kind);
  return status == WTL_OK ? open_session (channel, false) : status;
}

void
wtl_handshake_refuse (struct wtl_channel *channel, enum wtl_status status)
{
  wtl_Handshake message = { .which_body = wtl_Handshake_refusal_tag };

  for (size_t i = 0; i < sizeof refusal_codes / sizeof refusal_codes[0]; i++)
    if (refusal_codes[i].status == status) {
      channel->refusal.code = refusal_codes[i].code;
      channel->refusal.version_min = WTL_PROTOCOL_VERSION;
      channel->refusal.version_max = WTL_PROTOCOL_VERSION;
      message.body.refusal = channel->refusal;
      /* The channel closes whether this arrives or not. */
      (void)send_message (channel, &message);
      return;
    }
}

/* --- which message when --- */

static const struct step {
  uint8_t step;
  pb_size_t tag;
  enum wtl_status (*take) (struct wtl_channel *channel, const wtl_Handshake *message);
} steps[] = {
  { WTL_STEP_HELLO, wtl_Handshake_hello_tag, take_hello },
  { WTL_STEP_HELLO_REPLY, wtl_Handshake_hello_reply_tag, take_hello_reply },
  { WTL_STEP_PAKE_SHARE, wtl_Handshake_pake_share_tag, take_pake_share },
  { WTL_STEP_PAKE_REPLY, wtl_Handshake_pake_reply_tag, take_pake_reply },
  { WTL_STEP_PAKE_CONFIRM, wtl_Handshake_pake_confirm_tag, take_pake_confirm },
};

/* A refusal makes sense to a prover until the first record proves that the
 * device has opened the session. */
static bool
may_be_refused (const struct wtl_channel *channel)
{
  return channel->step == WTL_STEP_HELLO_REPLY || channel->step == WTL_STEP_PAKE_REPLY
         || (channel->step == WTL_STEP_OPEN_PROVER && channel->session.receive.count == 0);
}

enum wtl_status
wtl_handshake_take (struct wtl_channel *channel, enum wtl_event *event)
{
  pb_istream_t stream = pb_istream_from_buffer (channel->in.data, channel->in.total);
  wtl_Handshake message = wtl_Handshake_init_zero;
  enum wtl_status status = WTL_ERROR_MALFORMED;

  if (!pb_decode (&stream, wtl_Handshake_fields, &message))
    return WTL_ERROR_MALFORMED;
  if (message.which_body == wtl_Handshake_refusal_tag && may_be_refused (channel))
    return take_refusal (channel, &message.body.refusal);
  for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
    if (steps[i].step == channel->step && steps[i].tag == message.which_body) {
      status = note (&channel->handshake, channel->in.data, channel->in.total);
      if (status == WTL_OK)
        status = steps[i].take (channel, &message);
      break;
    }
  if (status == WTL_OK && channel->session.open)
    *event = WTL_EVENT_READY;
  return status;
}
