/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a session asks.  One table says which role may ask what; everything
 * else is forbidden.
 */
#include "firmware/core/requests.h"

#include <string.h>

#include "firmware/core/consent.h"
#include "firmware/core/password.h"
#include "firmware/core/wipe.h"
#include "pairing/secret.h"
#include "pairing/statement.h"

#define READINGS_MAX (sizeof (((wtl_ReadingsReply *)0)->readings) / sizeof (wtl_Reading))

/* Roles, and states of the unit, as bits. */
enum {
  CODE = 1 << WTL_ROLE_CODE,
  OWNER = 1 << WTL_ROLE_OWNER,
  PASSWORD = 1 << WTL_ROLE_PASSWORD,
  WIPED = 1 << WTL_ROLE_WIPED,
  ANYBODY = CODE | OWNER | PASSWORD | WIPED,

  UNOWNED = 1 << 0,
  OWNED = 1 << 1,
  EITHER = UNOWNED | OWNED,
  ALERT = 1 << 2, /* also while something is off */
};

struct rule {
  pb_size_t body;
  uint8_t roles;
  uint8_t states;
  /* Fills device->response, or returns why not. */
  wtl_ErrorCode (*handle) (struct wtl_device *device);
};

static wtl_ErrorCode
error_of (enum wtl_status status)
{
  switch (status) {
    case WTL_OK:
      return wtl_ERROR_CODE_NONE;
    case WTL_ERROR_POINT:
    case WTL_ERROR_ARGUMENT:
      return wtl_ERROR_CODE_MALFORMED;
    case WTL_ERROR_STATE:
    case WTL_ERROR_NOT_NOW:
      return wtl_ERROR_CODE_FORBIDDEN;
    default:
      return wtl_ERROR_CODE_STORAGE;
  }
}

static wtl_ErrorCode
answer (struct wtl_device *device, enum wtl_status status, pb_size_t body)
{
  device->response.which_body = body;
  return error_of (status);
}

static wtl_ErrorCode
handle_ping (struct wtl_device *device)
{
  return answer (device, WTL_OK, wtl_Response_done_tag);
}

static wtl_ErrorCode
handle_get_info (struct wtl_device *device)
{
  const struct wtl_unit *unit = &device->unit;
  wtl_Info *info = &device->response.body.info;

  info->state = wtl_device_state (device);
  info->product = unit->factory.product;
  memcpy (info->unit_id, unit->factory.unit_id, sizeof unit->factory.unit_id);
  strncpy (info->firmware_version, device->port->firmware_version, sizeof info->firmware_version - 1);
  memcpy (info->passport_sha256, unit->factory.passport_sha256, sizeof info->passport_sha256);
  memcpy (info->vendor_root_sha256, unit->factory.vendor_root_sha256, sizeof info->vendor_root_sha256);
  memcpy (info->public_key, unit->factory.public_key, sizeof info->public_key);
  info->purposes = unit->factory.purposes;
  info->consent = unit->allowed;
  info->consent_version = unit->consent_version;
  info->boot_count = unit->boot_count;
  info->owners = wtl_unit_count_owners (unit);
  wtl_history_range (&unit->history, &info->history_first, &info->history_last);
  return answer (device, WTL_OK, wtl_Response_info_tag);
}

/* The owner key's verifier as it came over the wire, made complete. */
static enum wtl_status
take_owner (struct wtl_device *device, bool has_owner, const wtl_Verifier *owner, struct wtl_verifier *out)
{
  memset (out, 0, sizeof *out);
  if (!has_owner)
    return WTL_ERROR_ARGUMENT;
  memcpy (out->w0, owner->w0, sizeof out->w0);
  memcpy (out->l, owner->l, sizeof out->l);
  return wtl_verifier_complete (out, device->port->random, device->port->ctx);
}

/* Every rule for a new password, then its verifier. */
static wtl_ErrorCode
take_password (struct wtl_device *device, const char *password, struct wtl_verifier *out)
{
  wtl_ErrorCode error = wtl_unit_check_password (&device->unit, password);

  if (error == wtl_ERROR_CODE_PASSWORD_SHORT)
    device->error_detail = WTL_PASSWORD_MIN;
  if (error == wtl_ERROR_CODE_PASSWORD_LONG)
    device->error_detail = WTL_PASSWORD_MAX;
  return error == wtl_ERROR_CODE_NONE ? error_of (wtl_unit_make_verifier (&device->unit, password, out)) : error;
}

static wtl_ErrorCode
handle_set_up (struct wtl_device *device)
{
  const wtl_SetUpRequest *request = &device->request.body.set_up;
  struct wtl_setup setup;
  wtl_ErrorCode error = error_of (take_owner (device, request->has_owner, &request->owner, &setup.owner));

  if (error == wtl_ERROR_CODE_NONE)
    error = take_password (device, request->password, &setup.password);
  memcpy (setup.advert_key, request->advert_key, sizeof setup.advert_key);
  if (error == wtl_ERROR_CODE_NONE)
    error = error_of (wtl_unit_set_up (&device->unit, &setup));
  wtl_wipe (&setup, sizeof setup);
  if (error != wtl_ERROR_CODE_NONE)
    return error;
  device->role = WTL_ROLE_OWNER;
  device->next_sample = 0;
  wtl_device_set_time (device, request->time);
  return answer (device, WTL_OK, wtl_Response_done_tag);
}

static wtl_ErrorCode
handle_enrol (struct wtl_device *device)
{
  const wtl_EnrolRequest *request = &device->request.body.enrol;
  wtl_EnrolReply *reply = &device->response.body.enrol;
  struct wtl_verifier owner;
  unsigned slot = 0;
  enum wtl_status status = take_owner (device, request->has_owner, &request->owner, &owner);

  if (status == WTL_OK)
    status = wtl_unit_load_advert_key (&device->unit, reply->advert_key);
  if (status == WTL_OK)
    status = wtl_unit_enrol (&device->unit, &owner, &slot);
  wtl_wipe (&owner, sizeof owner);
  if (status == WTL_OK)
    device->role = WTL_ROLE_OWNER;
  reply->owner_slot = slot;
  return answer (device, status, wtl_Response_enrol_tag);
}

static wtl_ErrorCode
handle_change_password (struct wtl_device *device)
{
  struct wtl_verifier password;
  wtl_ErrorCode error = take_password (device, device->request.body.change_password.password, &password);

  if (error == wtl_ERROR_CODE_NONE)
    error = error_of (wtl_unit_change_password (&device->unit, &password));
  wtl_wipe (&password, sizeof password);
  return error == wtl_ERROR_CODE_NONE ? answer (device, WTL_OK, wtl_Response_done_tag) : error;
}

static wtl_ErrorCode
handle_set_time (struct wtl_device *device)
{
  wtl_device_set_time (device, device->request.body.set_time.time);
  return answer (device, WTL_OK, wtl_Response_done_tag);
}

static wtl_ErrorCode
handle_consent (struct wtl_device *device)
{
  device->response.which_body = wtl_Response_statement_tag;
  return wtl_consent_apply (&device->unit, &device->request.body.consent, &device->response.body.statement,
                            &device->error_detail);
}

static wtl_ErrorCode
handle_readings (struct wtl_device *device)
{
  wtl_ReadingsReply *reply = &device->response.body.readings;
  struct wtl_record records[READINGS_MAX];
  unsigned count = wtl_history_read (&device->unit.history, device->request.body.readings.after, records, READINGS_MAX,
                                     &reply->more);

  for (unsigned i = 0; i < count; i++) {
    reply->readings[i].sequence = records[i].sequence;
    reply->readings[i].time = records[i].time;
    reply->readings[i].value = records[i].value;
    reply->readings[i].purposes = records[i].purposes;
  }
  reply->readings_count = (pb_size_t)count;
  return answer (device, WTL_OK, wtl_Response_readings_tag);
}

static wtl_ErrorCode
handle_claim (struct wtl_device *device)
{
  const wtl_ClaimRequest *request = &device->request.body.claim;
  wtl_Statement statement = wtl_Statement_init_zero;

  statement.kind = wtl_STATEMENT_KIND_CLAIM;
  memcpy (statement.unit_id, device->unit.factory.unit_id, sizeof device->unit.factory.unit_id);
  memcpy (statement.reference.bytes, request->nonce.bytes, request->nonce.size);
  statement.reference.size = request->nonce.size;
  memcpy (statement.account, request->account, sizeof statement.account);
  statement.boot_count = device->unit.boot_count;
  return answer (device,
                 wtl_statement_sign (&statement, device->unit.factory.private_key, &device->unit.crypto,
                                     &device->response.body.statement),
                 wtl_Response_statement_tag);
}

static wtl_ErrorCode
handle_wipe_prepare (struct wtl_device *device)
{
  struct wtl_code next;
  enum wtl_status status = wtl_wipe_prepare (&device->unit, &device->request.body.wipe_prepare, &next);

  if (status == WTL_OK)
    memcpy (device->response.body.wipe_prepare.next_code, next.digits, sizeof next.digits);
  wtl_wipe (&next, sizeof next);
  return answer (device, status, wtl_Response_wipe_prepare_tag);
}

static wtl_ErrorCode
answer_receipt (struct wtl_device *device, const uint8_t *wipe_id)
{
  enum wtl_status status = wtl_wipe_receipt (&device->unit, wipe_id, &device->response.body.statement);

  answer (device, status, wtl_Response_statement_tag);
  return status == WTL_ERROR_NOT_NOW ? wtl_ERROR_CODE_NO_RECEIPT : error_of (status);
}

static wtl_ErrorCode
handle_wipe_commit (struct wtl_device *device)
{
  const uint8_t *wipe_id = device->request.body.wipe_commit.wipe_id;
  enum wtl_status status = WTL_OK;

  if (device->role == WTL_ROLE_OWNER)
    status = wtl_wipe_commit (&device->unit, wipe_id);
  if (!device->unit.owned) {
    device->role = WTL_ROLE_WIPED;
    wtl_device_set_time (device, 0);
  }
  return status == WTL_OK ? answer_receipt (device, wipe_id) : error_of (status);
}

static wtl_ErrorCode
handle_wipe_receipt (struct wtl_device *device)
{
  return answer_receipt (device, device->request.body.wipe_receipt.wipe_id);
}

static wtl_ErrorCode
handle_smp (struct wtl_device *device)
{
  const wtl_SmpFrame *request = &device->request.body.smp;
  wtl_SmpFrame *reply = &device->response.body.smp;
  size_t len = 0;

  if (device->port->smp == NULL)
    return wtl_ERROR_CODE_UNSUPPORTED;
  if (device->port->smp (device->port->ctx, request->frame.bytes, request->frame.size, reply->frame.bytes,
                         sizeof reply->frame.bytes, &len)
      != 0)
    return wtl_ERROR_CODE_MALFORMED;
  reply->frame.size = (pb_size_t)len;
  return answer (device, WTL_OK, wtl_Response_smp_tag);
}

static wtl_ErrorCode
handle_get_integrity (struct wtl_device *device)
{
  wtl_Integrity *reply = &device->response.body.integrity;

  if (device->port->integrity == NULL)
    return wtl_ERROR_CODE_UNSUPPORTED;
  device->port->integrity (device->port->ctx, reply);
  reply->boot_count = device->unit.boot_count;
  reply->alerts = wtl_device_alerts (device);
  reply->flash_erases = wtl_unit_erases (&device->unit);
  reply->flash_cycles = device->unit.flash.cycles;
  return answer (device, WTL_OK, wtl_Response_integrity_tag);
}

static const struct rule rules[] = {
  { wtl_Request_get_info_tag, ANYBODY, EITHER | ALERT, handle_get_info },
  { wtl_Request_ping_tag, ANYBODY, EITHER | ALERT, handle_ping },
  { wtl_Request_set_up_tag, CODE, UNOWNED, handle_set_up },
  { wtl_Request_enrol_tag, PASSWORD, OWNED, handle_enrol },
  { wtl_Request_change_password_tag, OWNER, OWNED, handle_change_password },
  { wtl_Request_set_time_tag, OWNER, OWNED, handle_set_time },
  { wtl_Request_consent_tag, OWNER, OWNED, handle_consent },
  { wtl_Request_readings_tag, OWNER, OWNED, handle_readings },
  { wtl_Request_claim_tag, OWNER, OWNED, handle_claim },
  { wtl_Request_wipe_prepare_tag, OWNER, OWNED | ALERT, handle_wipe_prepare },
  { wtl_Request_wipe_commit_tag, OWNER | WIPED, EITHER | ALERT, handle_wipe_commit },
  { wtl_Request_wipe_receipt_tag, CODE | OWNER | WIPED, EITHER | ALERT, handle_wipe_receipt },
  { wtl_Request_smp_tag, OWNER, OWNED | ALERT, handle_smp },
  { wtl_Request_get_integrity_tag, OWNER, OWNED | ALERT, handle_get_integrity },
};

static wtl_ErrorCode
dispatch (struct wtl_device *device)
{
  unsigned state = device->unit.owned ? OWNED : UNOWNED;
  uint32_t alerts = wtl_device_alerts (device);

  if (device->request.id == 0)
    return wtl_ERROR_CODE_MALFORMED;
  for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
    if (rules[i].body != device->request.which_body)
      continue;
    if ((rules[i].roles >> device->role & 1) == 0 || (rules[i].states & state) == 0)
      return wtl_ERROR_CODE_FORBIDDEN;
    if (alerts != 0 && (rules[i].states & ALERT) == 0) {
      device->error_detail = alerts;
      return wtl_ERROR_CODE_FORBIDDEN;
    }
    return rules[i].handle (device);
  }
  return wtl_ERROR_CODE_UNSUPPORTED;
}

enum wtl_status
wtl_requests_handle (struct wtl_device *device)
{
  wtl_Response *response = &device->response;
  wtl_ErrorCode error;
  enum wtl_status status = wtl_request_decode (device->channel.message, device->channel.message_len, &device->request);

  if (status == WTL_OK) {
    memset (response, 0, sizeof *response);
    device->error_detail = 0;
    error = dispatch (device);
    if (error != wtl_ERROR_CODE_NONE) {
      memset (response, 0, sizeof *response);
      response->which_body = wtl_Response_error_tag;
      response->body.error.code = error;
      response->body.error.detail = device->error_detail;
    }
    response->id = device->request.id;
    status = wtl_channel_send_response (&device->channel, response);
  }
  wtl_wipe (&device->request, sizeof device->request);
  wtl_wipe (response, sizeof *response);
  return status;
}
