/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handlers of the routes; cloud/openapi.json says what each does.
 */
#pragma once

#include "cloud/cloud.h"

G_BEGIN_DECLS

#define WATTLE_HANDLER(name)                                                                                           \
  gboolean name (WattleCloud *cloud, WattleRequest *request, WattleReply *reply, GError **error)

WATTLE_HANDLER (wattle_handle_create_account);
WATTLE_HANDLER (wattle_handle_delete_account);
WATTLE_HANDLER (wattle_handle_list_devices);
WATTLE_HANDLER (wattle_handle_claim_device);
WATTLE_HANDLER (wattle_handle_delete_device);
WATTLE_HANDLER (wattle_handle_begin_claim);
WATTLE_HANDLER (wattle_handle_put_consent);
WATTLE_HANDLER (wattle_handle_post_readings);
WATTLE_HANDLER (wattle_handle_get_readings);
WATTLE_HANDLER (wattle_handle_export);
WATTLE_HANDLER (wattle_handle_openapi);
WATTLE_HANDLER (wattle_handle_security_txt);
WATTLE_HANDLER (wattle_handle_health);

G_END_DECLS
