/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every function of pairing/ that can fail returns.
 */
#pragma once

enum wtl_status {
  WTL_OK = 0,
  WTL_ERROR_ARGUMENT,     /* the caller's mistake: a size or pointer */
  WTL_ERROR_RANDOM,       /* the port's random source failed */
  WTL_ERROR_CRYPTO,       /* the crypto library failed (no memory) */
  WTL_ERROR_POINT,        /* not on the curve, or the identity */
  WTL_ERROR_CONFIRM,      /* SPAKE2+ confirmation differs: a wrong secret */
  WTL_ERROR_FORGED,       /* a record failed its authentication */
  WTL_ERROR_REPLAY,       /* a record's counter is not the next one */
  WTL_ERROR_FRAME,        /* a packet out of sequence or malformed */
  WTL_ERROR_TOO_LONG,     /* a message over the ceiling */
  WTL_ERROR_MALFORMED,    /* a message that does not decode within limits */
  WTL_ERROR_VERSION,      /* no protocol version in common */
  WTL_ERROR_REFUSED,      /* the peer sent a Refusal; see wtl_channel.refusal */
  WTL_ERROR_LOCKED,       /* too many wrong attempts */
  WTL_ERROR_NOT_NOW,      /* this secret opens nothing in this state */
  WTL_ERROR_STATE,        /* called out of order, or after the close */
  WTL_ERROR_STORAGE,      /* the port's storage failed */
  WTL_ERROR_SEND,         /* the port's send failed */
  WTL_ERROR_CODE_LENGTH,  /* setup code: too few or too many digits */
  WTL_ERROR_CODE_CHECK,   /* setup code: check digit does not match */
  WTL_ERROR_CODE_TRIVIAL, /* setup code: on the refusal list */
};
