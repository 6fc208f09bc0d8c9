/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handshake's messages, one at a time.  Internal to pairing/.
 */
#pragma once

#include "pairing/channel.h"

/* wtl_channel.step: what the channel waits for. */
enum {
  WTL_STEP_CLOSED,
  WTL_STEP_HELLO,        /* verifier */
  WTL_STEP_HELLO_REPLY,  /* prover */
  WTL_STEP_PAKE_SHARE,   /* verifier */
  WTL_STEP_PAKE_REPLY,   /* prover */
  WTL_STEP_PAKE_CONFIRM, /* verifier */
  WTL_STEP_OPEN_PROVER,
  WTL_STEP_OPEN_VERIFIER,
};

/* Prover: sends the Hello. */
enum wtl_status wtl_handshake_start (struct wtl_channel *channel);

/* A whole handshake message is in channel->in. */
enum wtl_status wtl_handshake_take (struct wtl_channel *channel, enum wtl_event *event);

/* Verifier: tells the prover kindly what is wrong, as far as @status and
 * channel->refusal say. */
void wtl_handshake_refuse (struct wtl_channel *channel, enum wtl_status status);
