/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A SPAKE2+ verifier as it lies in flash.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "pairing/spake2p.h"

#define WTL_VERIFIER_SIZE 264

/* Writes @verifier at *@at, or reads it from there; @at moves on. */
void wtl_move_verifier (uint8_t **at, struct wtl_verifier *verifier, bool save);

/* Whether what was read can be used: a salt and iterations within bounds, or
 * neither, as for an owner key. */
bool wtl_verifier_is_sane (const struct wtl_verifier *verifier);
