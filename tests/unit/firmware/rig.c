/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device on emulated flash and a companion next to it.
 */
#include "tests/unit/firmware/rig.h"

#include <string.h>
#include <sys/random.h>

#include "pairing/statement.h"

const uint8_t rig_owner_key[32] = "CANARY, the first owner's key...";
const uint8_t rig_second_key[32] = "CANARY, a second computer's key.";

static int
rig_random (void *ctx, uint8_t *buf, size_t len)
{
  return getrandom (buf, len, 0) == (ssize_t)len ? 0 : -1;
}

static uint64_t
rig_now (void *ctx)
{
  return ((struct rig *)ctx)->clock_ms;
}

/* --- the device's port --- */

static int
device_send (void *ctx, const uint8_t *packet, size_t len)
{
  struct rig *rig = ctx;

  if (rig->nor.dead)
    return -1;
  g_assert_cmpuint (len, <=, RIG_MTU);
  g_queue_push_tail (&rig->to_companion, g_bytes_new (packet, len));
  return 0;
}

static void
device_hang_up (void *ctx)
{
  ((struct rig *)ctx)->hung_up = true;
}

static void
device_advertise (void *ctx, const uint8_t advert[WTL_ADVERT_SIZE])
{
  struct rig *rig = ctx;

  memcpy (rig->advert, advert, WTL_ADVERT_SIZE);
  rig->adverts++;
}

static int
device_sense (void *ctx, int32_t *value)
{
  *value = ((struct rig *)ctx)->value;
  return 0;
}

/* --- the companion's --- */

static int
companion_send (void *ctx, const uint8_t *packet, size_t len)
{
  struct rig *rig = ctx;

  g_queue_push_tail (&rig->to_device, g_bytes_new (packet, len));
  return 0;
}

/* --- life --- */

static void
provision (struct rig *rig)
{
  struct wtl_factory factory = { .product = RIG_PRODUCT,
                                 .unit_id = RIG_UNIT,
                                 .purposes = RIG_PURPOSES,
                                 .needed = RIG_NEEDED,
                                 .iterations = WTL_ITERATIONS_MIN };
  struct wtl_prover prover;

  memset (factory.passport_sha256, 0x50, sizeof factory.passport_sha256);
  memset (factory.vendor_root_sha256, 0x52, sizeof factory.vendor_root_sha256);
  g_assert_cmpint (wtl_statement_keygen (&rig->companion_port, factory.private_key, factory.public_key), ==, WTL_OK);
  memset (factory.label.salt, 0x17, WTL_SALT_MIN);
  g_assert_cmpint (wtl_prover_from_secret ((const uint8_t *)RIG_CODE, strlen (RIG_CODE), factory.label.salt,
                                           WTL_SALT_MIN, WTL_ITERATIONS_MIN, &prover),
                   ==, WTL_OK);
  g_assert_cmpint (wtl_verifier_from_prover (&prover, rig_random, NULL, &factory.label), ==, WTL_OK);
  memset (factory.label.salt, 0x17, WTL_SALT_MIN);
  factory.label.salt_len = WTL_SALT_MIN;
  factory.label.iterations = WTL_ITERATIONS_MIN;
  g_assert_cmpint (wtl_factory_write (&rig->port.flash, &factory), ==, WTL_OK);
}

struct rig *
rig_new_from_flash (const uint8_t *flash)
{
  struct rig *rig = g_new0 (struct rig, 1);

  rig->flash = g_memdup2 (flash, RIG_FLASH_SIZE);
  rig->nor.bytes = rig->flash;
  rig->nor.page_size = WTL_LAYOUT_PAGE_SIZE;
  rig->nor.page_count = WTL_LAYOUT_PAGES;
  rig->clock_ms = 5000;
  rig->value = RIG_CANARY_VALUE;
  rig->port = (struct wtl_device_port){
    .ctx = rig,
    .random = rig_random,
    .now_ms = rig_now,
    .send = device_send,
    .hang_up = device_hang_up,
    .advertise = device_advertise,
    .sense = device_sense,
    .firmware_version = "1.0.0-rig",
    .sample_ms = RIG_SAMPLE_MS,
  };
  rig->companion_port
      = (struct wtl_port){ .ctx = rig, .random = rig_random, .now_ms = rig_now, .send = companion_send };
  wtl_nor_flash (&rig->nor, &rig->port.flash);
  return rig;
}

struct rig *
rig_new (void)
{
  g_autofree uint8_t *blank = g_malloc (RIG_FLASH_SIZE);
  struct rig *rig;

  memset (blank, 0xff, RIG_FLASH_SIZE);
  rig = rig_new_from_flash (blank);
  provision (rig);
  return rig;
}

static void
drop_packets (struct rig *rig)
{
  g_queue_clear_full (&rig->to_device, (GDestroyNotify)g_bytes_unref);
  g_queue_clear_full (&rig->to_companion, (GDestroyNotify)g_bytes_unref);
}

void
rig_free (Rig *rig)
{
  rig_close (rig);
  g_free (rig->flash);
  g_free (rig);
}

enum wtl_status
rig_boot (struct rig *rig)
{
  rig_close (rig);
  rig->nor.dead = false;
  rig->nor.cut_at = 0;
  return wtl_device_init (&rig->device, &rig->port);
}

void
rig_cut_after (struct rig *rig, unsigned n, uint32_t torn)
{
  rig->nor.cut_at = rig->nor.operations + n;
  rig->nor.torn = torn;
}

/* Delivers what the device sent. */
static enum wtl_status
pump_to_companion (struct rig *rig)
{
  g_autoptr (GBytes) packet = g_queue_pop_head (&rig->to_companion);
  enum wtl_event event;
  enum wtl_status status
      = wtl_channel_receive (&rig->companion, g_bytes_get_data (packet, NULL), g_bytes_get_size (packet), &event);

  if (status == WTL_OK && event == WTL_EVENT_MESSAGE) {
    wtl_Response response;

    g_assert_cmpint (wtl_response_decode (rig->companion.message, rig->companion.message_len, &response), ==, WTL_OK);
    if (response.which_body == wtl_Response_reading_event_tag) {
      g_assert_cmpuint (response.id, ==, 0);
      rig->events++;
      rig->event = response.body.reading_event;
    } else {
      rig->response = response;
    }
  }
  return status;
}

/* Delivers packets both ways until there are none. */
static enum wtl_status
pump (struct rig *rig)
{
  enum wtl_status status = WTL_OK;

  while (status == WTL_OK) {
    if (!g_queue_is_empty (&rig->to_companion)) {
      status = pump_to_companion (rig);
    } else if (!g_queue_is_empty (&rig->to_device) && !rig->nor.dead && !rig->hung_up) {
      g_autoptr (GBytes) packet = g_queue_pop_head (&rig->to_device);

      wtl_device_packet (&rig->device, g_bytes_get_data (packet, NULL), g_bytes_get_size (packet));
    } else {
      break;
    }
  }
  return status;
}

void
rig_wait (struct rig *rig, uint64_t ms)
{
  uint64_t end = rig->clock_ms + ms;

  for (;;) {
    uint32_t next = wtl_device_tick (&rig->device);

    pump (rig);
    if (rig->clock_ms >= end)
      break;
    rig->clock_ms = MIN (end, rig->clock_ms + MAX (next, 1));
  }
}

enum wtl_status
rig_open (struct rig *rig, wtl_SecretKind kind, unsigned slot, const void *secret, size_t len)
{
  enum wtl_status status;

  rig_close (rig);
  rig->hung_up = false;
  g_assert_cmpint (wtl_device_connected (&rig->device, RIG_MTU), ==, WTL_OK);
  status = wtl_channel_init_prover (&rig->companion, &rig->companion_port, RIG_MTU, kind, slot, secret, len);
  if (status == WTL_OK)
    status = pump (rig);
  if (status == WTL_OK && (rig->hung_up || rig->nor.dead || !wtl_channel_is_open (&rig->companion)))
    status = WTL_ERROR_SEND;
  if (status != WTL_OK) {
    wtl_device_disconnected (&rig->device);
    drop_packets (rig);
  }
  return status;
}

enum wtl_status
rig_open_code (struct rig *rig, const char *digits)
{
  return rig_open (rig, wtl_SECRET_KIND_SETUP_CODE, 0, digits, strlen (digits));
}

enum wtl_status
rig_open_password (struct rig *rig, const char *password)
{
  return rig_open (rig, wtl_SECRET_KIND_PASSWORD, 0, password, strlen (password));
}

enum wtl_status
rig_open_owner (struct rig *rig)
{
  return rig_open (rig, wtl_SECRET_KIND_OWNER_KEY, 0, rig_owner_key, sizeof rig_owner_key);
}

void
rig_close (struct rig *rig)
{
  wtl_device_disconnected (&rig->device);
  wtl_channel_close (&rig->companion);
  drop_packets (rig);
}

const wtl_Response *
rig_ask (struct rig *rig, wtl_Request *request)
{
  memset (&rig->response, 0, sizeof rig->response);
  request->id = ++rig->next_id;
  g_assert_cmpint (wtl_channel_send_request (&rig->companion, request), ==, WTL_OK);
  if (pump (rig) != WTL_OK || rig->response.id == 0)
    return NULL;
  g_assert_cmpuint (rig->response.id, ==, request->id);
  return &rig->response;
}

const wtl_Response *
rig_ask_plain (struct rig *rig, pb_size_t body)
{
  wtl_Request request = { .which_body = body };

  return rig_ask (rig, &request);
}

wtl_ErrorCode
rig_error (const struct rig *rig)
{
  return rig->response.which_body == wtl_Response_error_tag ? rig->response.body.error.code : wtl_ERROR_CODE_NONE;
}

/* --- stories --- */

void
rig_make_owner (const uint8_t key[32], wtl_Verifier *out)
{
  struct wtl_prover prover;
  struct wtl_verifier verifier;

  g_assert_cmpint (wtl_prover_from_owner_key (key, &prover), ==, WTL_OK);
  g_assert_cmpint (wtl_verifier_from_prover (&prover, rig_random, NULL, &verifier), ==, WTL_OK);
  memcpy (out->w0, verifier.w0, sizeof out->w0);
  memcpy (out->l, verifier.l, sizeof out->l);
}

const wtl_Response *
rig_ask_set_up (struct rig *rig, const char *password)
{
  wtl_Request request = { .which_body = wtl_Request_set_up_tag };
  wtl_SetUpRequest *set_up = &request.body.set_up;

  g_strlcpy (set_up->password, password, sizeof set_up->password);
  set_up->has_owner = true;
  rig_make_owner (rig_owner_key, &set_up->owner);
  memcpy (set_up->advert_key, RIG_CANARY_ADVERT, sizeof set_up->advert_key);
  set_up->time = RIG_TIME;
  return rig_ask (rig, &request);
}

void
rig_set_up (struct rig *rig)
{
  g_assert_cmpint (rig_open_code (rig, RIG_CODE), ==, WTL_OK);
  g_assert_nonnull (rig_ask_set_up (rig, RIG_PASSWORD));
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NONE);
  g_assert_cmpint (rig->response.which_body, ==, wtl_Response_done_tag);
}

const wtl_Response *
rig_ask_consent (struct rig *rig, uint32_t version, uint32_t allowed)
{
  wtl_Request request = { .which_body = wtl_Request_consent_tag };

  request.body.consent.version = version;
  request.body.consent.allowed = allowed;
  request.body.consent.time = RIG_TIME + 60;
  memcpy (request.body.consent.record_sha256, RIG_CANARY_LEDGER, 32);
  return rig_ask (rig, &request);
}

const wtl_Response *
rig_ask_password (struct rig *rig, const char *password)
{
  wtl_Request request = { .which_body = wtl_Request_change_password_tag };

  g_strlcpy (request.body.change_password.password, password, sizeof request.body.change_password.password);
  return rig_ask (rig, &request);
}

const wtl_Response *
rig_ask_readings (struct rig *rig, uint32_t after)
{
  wtl_Request request = { .which_body = wtl_Request_readings_tag, .body.readings.after = after };

  return rig_ask (rig, &request);
}

const wtl_Response *
rig_ask_prepare (struct rig *rig, const uint8_t wipe_id[16])
{
  wtl_Request request = { .which_body = wtl_Request_wipe_prepare_tag, .body.wipe_prepare.time = RIG_TIME + 120 };

  memcpy (request.body.wipe_prepare.wipe_id, wipe_id, 16);
  return rig_ask (rig, &request);
}

const wtl_Response *
rig_ask_commit (struct rig *rig, const uint8_t wipe_id[16])
{
  wtl_Request request = { .which_body = wtl_Request_wipe_commit_tag };

  memcpy (request.body.wipe_commit.wipe_id, wipe_id, 16);
  return rig_ask (rig, &request);
}

const wtl_Response *
rig_ask_receipt (struct rig *rig, const uint8_t wipe_id[16])
{
  wtl_Request request = { .which_body = wtl_Request_wipe_receipt_tag };

  memcpy (request.body.wipe_receipt.wipe_id, wipe_id, 16);
  return rig_ask (rig, &request);
}

/* --- looking --- */

bool
rig_flash_has (const struct rig *rig, const void *bytes, size_t len)
{
  return memmem (rig->flash, RIG_FLASH_SIZE, bytes, len) != NULL;
}

void
rig_assert_no_canary (const struct rig *rig)
{
  static const int32_t value = RIG_CANARY_VALUE;
  static wtl_Verifier owner;

  if (owner.w0[0] == 0 && owner.w0[1] == 0)
    rig_make_owner (rig_owner_key, &owner);
  g_assert_false (rig_flash_has (rig, &value, sizeof value));
  g_assert_false (rig_flash_has (rig, RIG_CANARY_ADVERT, 16));
  g_assert_false (rig_flash_has (rig, RIG_CANARY_LEDGER, 32));
  g_assert_false (rig_flash_has (rig, owner.w0, sizeof owner.w0));
  g_assert_false (rig_flash_has (rig, owner.l, sizeof owner.l));
}

void
rig_read_statement (struct rig *rig, wtl_Statement *out)
{
  const wtl_SignedStatement *signed_statement = &rig->response.body.statement;

  g_assert_cmpint (rig->response.which_body, ==, wtl_Response_statement_tag);
  g_assert_cmpint (wtl_statement_verify (signed_statement->statement.bytes, signed_statement->statement.size,
                                         signed_statement->signature, rig->device.unit.factory.public_key, out),
                   ==, WTL_OK);
  g_assert_cmpstr (out->unit_id, ==, RIG_UNIT);
}
