/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device's own rules for a password.  The companion asks more; these hold
 * whoever asks.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "firmware/core/factory.h"
#include "pairing/pairing.pb.h"

#define WTL_PASSWORD_MIN 10  /* characters */
#define WTL_PASSWORD_MAX 128 /* bytes */

/* A password of characters, common words, keyboard runs, years and repeats
 * that has fewer pieces than this is on everybody's list. */
#define WTL_PASSWORD_PIECES 6

/* What is wrong with @password by itself: _PASSWORD_SHORT, _LONG, _COMMON or
 * ERROR_CODE_NONE.  @unit_id counts as a common word. */
wtl_ErrorCode wtl_password_check (const char *password, const char *unit_id);

/* Whether @password is, or hides, the setup code that @verifier was made from. */
bool wtl_password_is_code (const char *password, const struct wtl_verifier *verifier);

/* Whether @verifier was made from @password. */
bool wtl_password_matches (const char *password, const struct wtl_verifier *verifier);
