/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accounts: a random id and a random secret, nothing else.
 */
#pragma once

#include "cloud/cloud.h"

G_BEGIN_DECLS

/* Reads HTTP Basic credentials (RFC 7617) into request->account and tells there
 * whether they are those of an account.  WATTLE_PROBLEM_UNAUTHORIZED where there
 * are none or they are not of an account's form. */
gboolean wattle_account_identify (WattleCloud *cloud, WattleRequest *request, GError **error);

void wattle_account_clear (WattleAccount *account);

G_END_DECLS
