/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the person allows, enforced where the data comes into being.
 *
 * A decision is journalled: it is recorded with the count of records that it
 * will take, then those records forget the purpose, then the receipt is signed
 * and kept.  A start finishes what a power cut left open, so a decision has
 * one receipt, whatever happens.
 */
#pragma once

#include "firmware/core/unit.h"

/* Reads the decision in force and finishes one that was left open. */
enum wtl_status wtl_consent_resume (struct wtl_unit *unit);

/* Applies @request and hands out its receipt; the version in force again gets
 * the same receipt.  Returns the error for the companion; @detail as there. */
wtl_ErrorCode wtl_consent_apply (struct wtl_unit *unit, const wtl_ConsentRequest *request, wtl_SignedStatement *receipt,
                                 uint32_t *detail);
