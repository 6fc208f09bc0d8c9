/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encoding the session's messages.  Internal to pairing/.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "pairing/status.h"

/* @message is a wtl_Request or wtl_Response.  WTL_ERROR_ARGUMENT where it is
 * over a limit or a text is not UTF-8. */
enum wtl_status wtl_request_encode (const void *message, uint8_t *out, size_t size, size_t *len);
enum wtl_status wtl_response_encode (const void *message, uint8_t *out, size_t size, size_t *len);
