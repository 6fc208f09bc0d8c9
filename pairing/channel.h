/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection as both ends see it: packets of a link go in and out, whole
 * decrypted messages come out.  Ties frames, the SPAKE2+ handshake and the
 * session together; docs/protocol.md draws the sequence.
 *
 *   companion                                   device
 *   Hello            ------------------------->
 *                    <-------------------------  HelloReply | Refusal
 *   PakeShare        ------------------------->  attempt counted, then
 *                    <-------------------------  PakeReply | Refusal
 *   PakeConfirm      ------------------------->
 *   Request          =========================>  attempt taken back
 *                    <=========================  Response
 *
 * A channel is one connection's: make a new one for the next.  After any
 * error but WTL_ERROR_ARGUMENT the channel is closed and has wiped its keys.
 * It must be closed before its memory goes: the crypto library holds a little
 * of its own for the session's keys.  The port must outlive it, and the port's
 * send must not call back into it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pairing/frame.h"
#include "pairing/pairing.pb.h"
#include "pairing/port.h"
#include "pairing/session.h"
#include "pairing/spake2p.h"
#include "pairing/status.h"

#define WTL_PROTOCOL_VERSION 1

/* What one side can do and another need not: bits of wtl_port.capabilities. */
#define WTL_CAPABILITY_SMP 1u       /* takes frames of SMP */
#define WTL_CAPABILITY_INTEGRITY 2u /* tells what runs on the device */

/* What can be off with a device.  While anything is, the device says so in its advertisement,
 * measures nothing and refuses all but telling its owner, wiping and a new
 * image.  The numbers go over the air: never reuse one. */
enum {
  WTL_ALERT_IMAGE = 1 << 0,      /* what runs is not what was signed */
  WTL_ALERT_DEBUG_PORT = 1 << 1, /* it should be locked, and is open */
  WTL_ALERT_MEMORY = 1 << 2,     /* the flash failed, or is worn out */
};

/* Largest plaintext of one message. */
#define WTL_MESSAGE_MAX 1024

enum wtl_event {
  WTL_EVENT_NONE,    /* feed more packets */
  WTL_EVENT_READY,   /* the session is open (prover: may send; verifier: the
                      * secret is proven) */
  WTL_EVENT_MESSAGE, /* a whole message is at channel->message */
};

/* The handshake's own, wiped when it is over. */
struct wtl_handshake {
  uint8_t transcript[WTL_HASH_SIZE]; /* of the messages so far */
  uint8_t agreed[WTL_HASH_SIZE];     /* of Hello and HelloReply */
  uint8_t secret[WTL_SECRET_MAX];    /* prover's, until the HelloReply */
  size_t secret_len;
  struct wtl_prover prover; /* from then on; w0m and w0n from the start if they were kept */
  uint8_t x[WTL_SCALAR_SIZE];
  uint8_t share_p[WTL_POINT_SIZE];
  uint8_t confirm_p[WTL_HASH_SIZE]; /* verifier: what has to come */
  uint8_t shared[WTL_HASH_SIZE];
};

struct wtl_channel {
  /* Read these. */
  wtl_SecretKind secret_kind; /* the session was opened with */
  unsigned owner_slot;
  uint32_t capabilities;        /* common to both ends */
  struct wtl_attempts attempts; /* prover: what the device said last */
  wtl_Refusal refusal;          /* valid after WTL_ERROR_REFUSED, _LOCKED, _NOT_NOW, _VERSION */
  const uint8_t *message;       /* valid until the next call */
  size_t message_len;

  /* The rest is the channel's own. */
  const struct wtl_port *port;
  size_t mtu;
  uint8_t step;
  struct wtl_session session;
  struct wtl_frame_in in;
  struct wtl_frame_out out;
  struct wtl_handshake handshake;
};

/* Device's side: waits for a Hello.  @mtu: largest packet to send, 20..512. */
enum wtl_status wtl_channel_init_verifier (struct wtl_channel *channel, const struct wtl_port *port, size_t mtu);

/* Companion's side: sends the Hello.  @secret is the setup code's ten digits,
 * the password, or the owner key, alone or as of wtl_owner_key_precompute(); it
 * is copied and wiped as soon as the handshake no longer needs it.  */
enum wtl_status wtl_channel_init_prover (struct wtl_channel *channel, const struct wtl_port *port, size_t mtu,
                                         wtl_SecretKind kind, unsigned owner_slot, const uint8_t *secret,
                                         size_t secret_len);

/* One packet came from the link.  Answers go out through the port before it
 * returns.  On an error the device's side has sent a Refusal where that is
 * safe, and the link should be closed.  The prover learns of a wrong secret by
 * WTL_ERROR_CONFIRM, and what is left of the tries in channel->attempts. */
enum wtl_status wtl_channel_receive (struct wtl_channel *channel, const uint8_t *packet, size_t len,
                                     enum wtl_event *event);

/* Encrypts and sends one message of 1 to WTL_MESSAGE_MAX bytes; it may be the
 * one just received. */
enum wtl_status wtl_channel_send (struct wtl_channel *channel, const uint8_t *message, size_t len);

/* Encode and send / decode with every limit of pairing.options checked, and
 * that texts are UTF-8: WTL_ERROR_MALFORMED.  A body that this side does not
 * know decodes to which_body 0. */
enum wtl_status wtl_channel_send_request (struct wtl_channel *channel, const wtl_Request *request);
enum wtl_status wtl_channel_send_response (struct wtl_channel *channel, const wtl_Response *response);
enum wtl_status wtl_request_decode (const uint8_t *message, size_t len, wtl_Request *out);
enum wtl_status wtl_response_decode (const uint8_t *message, size_t len, wtl_Response *out);
enum wtl_status wtl_statement_decode (const uint8_t *message, size_t len, wtl_Statement *out);

bool wtl_channel_is_open (const struct wtl_channel *channel);

/* Wipes the keys.  Sends nothing.  Safe to call twice. */
void wtl_channel_close (struct wtl_channel *channel);
