/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device: sessions, sensor, advertisement, button.
 */
#include "firmware/core/device.h"

#include <string.h>

#include "firmware/core/requests.h"
#include "firmware/core/wipe.h"
#include "pairing/secret.h"

#define WIPE_RETRY_MS 1000u

/* --- what a channel asks of its device --- */

static int
channel_random (void *ctx, uint8_t *buf, size_t len)
{
  struct wtl_device *device = ctx;

  return device->port->random (device->port->ctx, buf, len);
}

static uint64_t
channel_now (void *ctx)
{
  struct wtl_device *device = ctx;

  return device->port->now_ms (device->port->ctx);
}

static int
channel_send (void *ctx, const uint8_t *packet, size_t len)
{
  struct wtl_device *device = ctx;

  return device->port->send (device->port->ctx, packet, len);
}

static enum wtl_status
channel_load_verifier (void *ctx, unsigned kind, unsigned slot, struct wtl_verifier *out)
{
  struct wtl_device *device = ctx;

  switch (kind) {
    case wtl_SECRET_KIND_SETUP_CODE:
      return device->unit.owned ? WTL_ERROR_NOT_NOW : wtl_unit_load_code (&device->unit, out);
    case wtl_SECRET_KIND_OWNER_KEY:
      return wtl_unit_load_owner (&device->unit, slot, out);
    case wtl_SECRET_KIND_PASSWORD:
      return wtl_unit_load_password (&device->unit, out);
    default:
      return WTL_ERROR_NOT_NOW;
  }
}

static enum wtl_status
channel_attempt_begin (void *ctx, unsigned kind, struct wtl_attempts *if_wrong)
{
  struct wtl_device *device = ctx;

  return wtl_attempts_begin (&device->unit.attempts, kind, channel_now (ctx), if_wrong);
}

static void
channel_attempt_peek (void *ctx, unsigned kind, struct wtl_attempts *now)
{
  struct wtl_device *device = ctx;

  wtl_attempts_peek (&device->unit.attempts, kind, channel_now (ctx), now);
}

static enum wtl_status
channel_attempt_ok (void *ctx, unsigned kind)
{
  struct wtl_device *device = ctx;

  return wtl_attempts_ok (&device->unit.attempts, kind);
}

/* --- time --- */

uint64_t
wtl_device_time (const struct wtl_device *device)
{
  if (device->time_base == 0)
    return 0;
  return device->time_base + (device->port->now_ms (device->port->ctx) - device->time_set_ms) / 1000;
}

void
wtl_device_set_time (struct wtl_device *device, uint64_t time)
{
  device->time_base = time;
  device->time_set_ms = device->port->now_ms (device->port->ctx);
}

/* --- what is off --- */

uint32_t
wtl_device_alerts (const struct wtl_device *device)
{
  uint32_t alerts = device->port->alerts != NULL ? device->port->alerts (device->port->ctx) : 0;
  uint32_t cycles = device->unit.flash.cycles;

  return cycles != 0 && wtl_unit_erases (&device->unit) >= cycles ? alerts | WTL_ALERT_MEMORY : alerts;
}

/* --- advertisement --- */

static uint8_t
advert_flags (struct wtl_device *device)
{
  struct wtl_attempts attempts;
  uint8_t flags = wtl_device_alerts (device) != 0 ? WTL_ADVERT_ALERT : 0;

  if (device->unit.owned)
    return flags | WTL_ADVERT_OWNED;
  if (device->unit.wiping)
    flags |= WTL_ADVERT_WIPING;
  channel_attempt_peek (device, wtl_SECRET_KIND_SETUP_CODE, &attempts);
  if (attempts.locked_for > 0)
    flags |= WTL_ADVERT_LOCKED;
  return flags;
}

static void
advertise (struct wtl_device *device)
{
  uint8_t key[WTL_ADVERT_KEY_SIZE], nonce[3], advert[WTL_ADVERT_SIZE];
  enum wtl_status status = WTL_OK;

  device->advert_owned = device->unit.owned;
  device->advert_flags = advert_flags (device);
  device->next_rotation = channel_now (device) + WTL_ROTATE_MS;
  if (device->unit.owned) {
    status = wtl_unit_load_advert_key (&device->unit, key);
    if (status == WTL_OK && channel_random (device, nonce, sizeof nonce) != 0)
      status = WTL_ERROR_RANDOM;
    if (status == WTL_OK)
      status = wtl_advert_owned (device->advert_flags, key, nonce, advert);
    wtl_wipe (key, sizeof key);
  } else {
    wtl_advert_unowned (device->advert_flags, device->unit.factory.product, device->instance, advert);
  }
  if (status == WTL_OK)
    device->port->advertise (device->port->ctx, advert);
}

/* Tells the world only where there is something new to tell. */
static void
refresh_advert (struct wtl_device *device)
{
  if (device->advert_owned != device->unit.owned || device->advert_flags != advert_flags (device))
    advertise (device);
}

/* --- sessions --- */

static void
end_session (struct wtl_device *device)
{
  device->connected = false;
  device->role = WTL_ROLE_NONE;
  wtl_channel_close (&device->channel);
}

static void
hang_up (struct wtl_device *device)
{
  if (!device->connected)
    return;
  end_session (device);
  device->port->hang_up (device->port->ctx);
}

static enum wtl_role
role_of (wtl_SecretKind kind)
{
  switch (kind) {
    case wtl_SECRET_KIND_SETUP_CODE:
      return WTL_ROLE_CODE;
    case wtl_SECRET_KIND_OWNER_KEY:
      return WTL_ROLE_OWNER;
    case wtl_SECRET_KIND_PASSWORD:
      return WTL_ROLE_PASSWORD;
    default:
      return WTL_ROLE_NONE;
  }
}

wtl_DeviceState
wtl_device_state (const struct wtl_device *device)
{
  if (device->unit.wiping)
    return wtl_DEVICE_STATE_WIPING;
  if (device->unit.owned)
    return wtl_DEVICE_STATE_OWNED;
  return device->role == WTL_ROLE_CODE ? wtl_DEVICE_STATE_MUST_CHANGE_PASSWORD : wtl_DEVICE_STATE_UNOWNED;
}

enum wtl_status
wtl_device_connected (struct wtl_device *device, size_t mtu)
{
  enum wtl_status status;

  if (device->connected)
    return WTL_ERROR_STATE;
  status = wtl_channel_init_verifier (&device->channel, &device->channel_port, mtu);
  if (status != WTL_OK)
    return status;
  device->connected = true;
  device->role = WTL_ROLE_NONE;
  device->deadline = channel_now (device) + WTL_HANDSHAKE_MS;
  return WTL_OK;
}

void
wtl_device_packet (struct wtl_device *device, const uint8_t *packet, size_t len)
{
  enum wtl_event event;
  enum wtl_status status;

  if (!device->connected)
    return;
  status = wtl_channel_receive (&device->channel, packet, len, &event);
  if (status == WTL_OK && event == WTL_EVENT_READY)
    device->role = role_of (device->channel.secret_kind);
  if (status == WTL_OK && event == WTL_EVENT_MESSAGE)
    status = wtl_requests_handle (device);
  /* Only what is whole and genuine counts as a sign of life. */
  if (event != WTL_EVENT_NONE)
    device->deadline = channel_now (device) + WTL_IDLE_MS;
  if (status != WTL_OK)
    hang_up (device);
  refresh_advert (device);
}

void
wtl_device_disconnected (struct wtl_device *device)
{
  if (device->connected)
    end_session (device);
}

/* --- sensor --- */

static void
send_reading (struct wtl_device *device, const struct wtl_record *record)
{
  wtl_Response *response = &device->response;

  memset (response, 0, sizeof *response);
  response->which_body = wtl_Response_reading_event_tag;
  response->body.reading_event.sequence = record->sequence;
  response->body.reading_event.time = record->time;
  response->body.reading_event.value = record->value;
  response->body.reading_event.purposes = record->purposes;
  if (wtl_channel_send_response (&device->channel, response) != WTL_OK)
    hang_up (device);
}

/* No purpose allows it, or something is off: then nothing is even measured. */
static void
sample (struct wtl_device *device)
{
  struct wtl_record record = { .purposes = device->unit.allowed };

  if (record.purposes == 0 || wtl_device_alerts (device) != 0
      || device->port->sense (device->port->ctx, &record.value) != 0)
    return;
  record.time = (uint32_t)wtl_device_time (device);
  if (wtl_history_append (&device->unit.history, &record) == WTL_OK && device->role == WTL_ROLE_OWNER)
    send_reading (device, &record);
}

/* --- what the platform calls --- */

/* The nearer of two moments. */
static uint64_t
sooner (uint64_t a, uint64_t b)
{
  return a < b ? a : b;
}

static uint64_t
run_owned (struct wtl_device *device, uint64_t now)
{
  if (now >= device->next_rotation)
    advertise (device);
  if (now >= device->next_sample) {
    device->next_sample = now + device->port->sample_ms;
    sample (device);
  }
  return sooner (device->next_rotation, device->next_sample);
}

static uint64_t
run_unowned (struct wtl_device *device, uint64_t now)
{
  struct wtl_attempts attempts;

  channel_attempt_peek (device, wtl_SECRET_KIND_SETUP_CODE, &attempts);
  if (!device->unit.wiping)
    return attempts.locked_for > 0 ? now + (uint64_t)attempts.locked_for * 1000 : UINT64_MAX;
  /* Its flash failed in the middle; it may have been a low battery. */
  return wtl_wipe_resume (&device->unit) == WTL_OK ? now : now + WIPE_RETRY_MS;
}

uint32_t
wtl_device_tick (struct wtl_device *device)
{
  uint64_t now = channel_now (device);
  uint64_t next;

  if (device->connected && now >= device->deadline)
    hang_up (device);
  next = device->unit.owned ? run_owned (device, now) : run_unowned (device, now);
  refresh_advert (device);
  if (device->connected)
    next = sooner (next, device->deadline);
  if (next <= now)
    return 0;
  return next - now < UINT32_MAX ? (uint32_t)(next - now) : UINT32_MAX;
}

void
wtl_device_button (struct wtl_device *device, enum wtl_button button)
{
  if (button == WTL_BUTTON_RESET) {
    hang_up (device);
    device->time_base = 0;
    /* Where that fails half way, the next tick goes on. */
    (void)wtl_wipe_reset (&device->unit);
  }
  if (channel_random (device, device->instance, sizeof device->instance) == 0)
    advertise (device);
}

enum wtl_status
wtl_device_init (struct wtl_device *device, const struct wtl_device_port *port)
{
  enum wtl_status status;

  memset (device, 0, sizeof *device);
  device->port = port;
  device->channel_port = (struct wtl_port){
    .ctx = device,
    .capabilities
    = (port->smp != NULL ? WTL_CAPABILITY_SMP : 0) | (port->integrity != NULL ? WTL_CAPABILITY_INTEGRITY : 0),
    .random = channel_random,
    .now_ms = channel_now,
    .send = channel_send,
    .load_verifier = channel_load_verifier,
    .attempt_begin = channel_attempt_begin,
    .attempt_peek = channel_attempt_peek,
    .attempt_ok = channel_attempt_ok,
  };
  status = wtl_unit_open (&device->unit, &port->flash, port->random, port->ctx, channel_now (device));
  if (status != WTL_OK)
    return status;
  if (channel_random (device, device->instance, sizeof device->instance) != 0)
    return WTL_ERROR_RANDOM;
  device->next_sample = channel_now (device) + port->sample_ms;
  advertise (device);
  return WTL_OK;
}
