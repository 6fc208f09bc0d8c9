/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encoding and decoding the session's messages.  nanopb checks every size;
 * that texts are texts is checked here, because they end up on D-Bus and on
 * screens.
 */
#include "pairing/message.h"

#include <pb_decode.h>
#include <pb_encode.h>
#include <string.h>

#include "pairing/channel.h"

_Static_assert(wtl_Request_size <= WTL_MESSAGE_MAX, "every request fits");
_Static_assert(wtl_Response_size <= WTL_MESSAGE_MAX, "every response fits");

/* How many bytes the character at @text takes, by Unicode 15, table 3-7;
 * 0 where it is not well-formed.  The NUL that ends a text ends a torn one. */
static size_t
character_size (const uint8_t *text)
{
  uint8_t low = 0x80;
  uint8_t high = 0xbf;
  size_t size;

  if (text[0] < 0x80)
    return 1;
  if (text[0] < 0xc2 || text[0] > 0xf4)
    return 0;
  size = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
  if (text[0] == 0xe0)
    low = 0xa0;
  else if (text[0] == 0xed)
    high = 0x9f;
  else if (text[0] == 0xf0)
    low = 0x90;
  else if (text[0] == 0xf4)
    high = 0x8f;
  if (text[1] < low || text[1] > high)
    return 0;
  for (size_t i = 2; i < size; i++)
    if (text[i] < 0x80 || text[i] > 0xbf)
      return 0;
  return size;
}

static bool
is_text (const char *string)
{
  const uint8_t *text = (const uint8_t *)string;

  while (*text) {
    size_t size = character_size (text);

    if (size == 0)
      return false;
    text += size;
  }
  return true;
}

static bool
request_is_sound (const wtl_Request *request)
{
  if (request->id == 0)
    return false;
  switch (request->which_body) {
    case wtl_Request_set_up_tag:
      return is_text (request->body.set_up.password);
    case wtl_Request_change_password_tag:
      return is_text (request->body.change_password.password);
    case wtl_Request_claim_tag:
      return is_text (request->body.claim.account);
    default:
      return true;
  }
}

static bool
response_is_sound (const wtl_Response *response)
{
  switch (response->which_body) {
    case wtl_Response_info_tag:
      return is_text (response->body.info.unit_id) && is_text (response->body.info.firmware_version);
    case wtl_Response_wipe_prepare_tag:
      return is_text (response->body.wipe_prepare.next_code);
    default:
      return true;
  }
}

static enum wtl_status
decode (const uint8_t *message, size_t len, const pb_msgdesc_t *fields, void *out)
{
  pb_istream_t stream = pb_istream_from_buffer (message, len);

  return pb_decode (&stream, fields, out) ? WTL_OK : WTL_ERROR_MALFORMED;
}

static enum wtl_status
encode (const void *message, const pb_msgdesc_t *fields, uint8_t *out, size_t size, size_t *len)
{
  pb_ostream_t stream = pb_ostream_from_buffer (out, size);

  if (!pb_encode (&stream, fields, message))
    return WTL_ERROR_ARGUMENT;
  *len = stream.bytes_written;
  return WTL_OK;
}

enum wtl_status
wtl_request_encode (const void *message, uint8_t *out, size_t size, size_t *len)
{
  return request_is_sound (message) ? encode (message, wtl_Request_fields, out, size, len) : WTL_ERROR_ARGUMENT;
}

enum wtl_status
wtl_response_encode (const void *message, uint8_t *out, size_t size, size_t *len)
{
  return response_is_sound (message) ? encode (message, wtl_Response_fields, out, size, len) : WTL_ERROR_ARGUMENT;
}

enum wtl_status
wtl_request_decode (const uint8_t *message, size_t len, wtl_Request *out)
{
  enum wtl_status status = decode (message, len, wtl_Request_fields, out);

  return status == WTL_OK && !request_is_sound (out) ? WTL_ERROR_MALFORMED : status;
}

enum wtl_status
wtl_response_decode (const uint8_t *message, size_t len, wtl_Response *out)
{
  enum wtl_status status = decode (message, len, wtl_Response_fields, out);

  return status == WTL_OK && !response_is_sound (out) ? WTL_ERROR_MALFORMED : status;
}

enum wtl_status
wtl_statement_decode (const uint8_t *message, size_t len, wtl_Statement *out)
{
  enum wtl_status status = decode (message, len, wtl_Statement_fields, out);

  return status == WTL_OK && !(is_text (out->unit_id) && is_text (out->account)) ? WTL_ERROR_MALFORMED : status;
}
