/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wipe, as a journal in the store.
 *
 *   prepared    the next owner's code has a verifier; nothing is lost yet
 *   committed   the point of no return, one record; from here on a start
 *               carries on by itself
 *               - every page of the history is erased
 *               - the store moves to fresh pages with nothing personal in it,
 *                 the next code in force; the old pages are erased
 *   erased      only the receipt is missing; it is signed once, kept until the
 *               next set-up, and ends the journal
 *
 * A reset by the button takes the same way without a next code: the label's
 * code is in force again and there is no receipt.
 */
#pragma once

#include "firmware/core/unit.h"
#include "pairing/code.h"

#define WTL_WIPE_ID_SIZE 16

/* Finishes a wipe that a power cut left open, and wipes where something
 * personal is left without an owner. */
enum wtl_status wtl_wipe_resume (struct wtl_unit *unit);

/* Makes the next owner's code.  A code prepared before is void. */
enum wtl_status wtl_wipe_prepare (struct wtl_unit *unit, const wtl_WipePrepareRequest *request, struct wtl_code *next);

/* Wipes, if prepared under @wipe_id; WTL_ERROR_NOT_NOW otherwise. */
enum wtl_status wtl_wipe_commit (struct wtl_unit *unit, const uint8_t wipe_id[WTL_WIPE_ID_SIZE]);

/* The button: wipes; the label's code opens the device again. */
enum wtl_status wtl_wipe_reset (struct wtl_unit *unit);

/* The receipt of a finished wipe; WTL_ERROR_NOT_NOW where there is none. */
enum wtl_status wtl_wipe_receipt (const struct wtl_unit *unit, const uint8_t wipe_id[WTL_WIPE_ID_SIZE],
                                  wtl_SignedStatement *out);
