/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device: the core of firmware/core on this board.  Everything of the core
 * happens on this thread; what comes from elsewhere waits in the inbox.
 */
#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/sys/reboot.h>
#ifdef CONFIG_BOOTLOADER_MCUBOOT
#include <zephyr/dfu/mcuboot.h>
#endif

#include "app_version.h"
#include "board.h"
#include "button.h"
#include "firmware/core/device.h"
#include "flash-port.h"
#include "inbox.h"
#include "integrity.h"
#include "lamp.h"
#include "link.h"
#include "radio.h"
#include "sensor.h"
#include "update.h"
#include "watchdog.h"

LOG_MODULE_REGISTER (wattle, LOG_LEVEL_INF);

#define WAIT_MAX_MS (WATCHDOG_MS / 3)

static struct wtl_device device;
static uint8_t advert[WTL_ADVERT_SIZE]; /* what the core wants to show */
static int64_t armed_until;             /* uptime; a new device is shown no longer */

/* --- what the core asks of this board --- */

static int
port_send (void *ctx, const uint8_t *packet, size_t len)
{
  return link_send (packet, len);
}

static void
port_hang_up (void *ctx)
{
  link_hang_up ();
}

static bool
may_be_seen (void)
{
  return (advert[0] & (WTL_ADVERT_OWNED | WTL_ADVERT_WIPING | WTL_ADVERT_ALERT)) != 0
         || CONFIG_WATTLE_ARMED_SECONDS == 0 || k_uptime_get () < armed_until;
}

/* Puts on the air what there is a reason to show. */
static void
show (void)
{
  int error = radio_advertise (may_be_seen () ? advert : NULL);

  if (error != 0)
    LOG_ERR ("advertising: %d", error);
}

static void
port_advertise (void *ctx, const uint8_t data[WTL_ADVERT_SIZE])
{
  memcpy (advert, data, sizeof advert);
  show ();
}

static int
port_sense (void *ctx, int32_t *value)
{
  return sensor_measure (value);
}

static struct wtl_device_port port = {
  .random = board_random,
  .now_ms = board_now_ms,
  .send = port_send,
  .hang_up = port_hang_up,
  .advertise = port_advertise,
  .sense = port_sense,
  .smp = update_smp,
  .integrity = integrity_tell,
  .alerts = integrity_alerts,
  .firmware_version = APP_VERSION_STRING,
  .sample_ms = CONFIG_WATTLE_SAMPLE_SECONDS * 1000u,
};

/* --- what happens --- */

static void
arm (void)
{
  armed_until = k_uptime_get () + CONFIG_WATTLE_ARMED_SECONDS * 1000ll;
}

static void
on_connected (const struct inbox_item *item)
{
  if (wtl_device_connected (&device, item->size) != WTL_OK)
    link_hang_up ();
}

static void
on_packet (const struct inbox_item *item)
{
  wtl_device_packet (&device, item->data, item->size);
}

static void
on_disconnected (const struct inbox_item *item)
{
  wtl_device_disconnected (&device);
}

static void
on_short_press (const struct inbox_item *item)
{
  arm ();
  wtl_device_button (&device, WTL_BUTTON_SHORT);
}

static void
on_long_press (const struct inbox_item *item)
{
  lamp_show (LAMP_WIPING);
  wtl_device_button (&device, WTL_BUTTON_RESET);
  arm ();
  show ();
}

static void (*const handlers[]) (const struct inbox_item *item) = {
  [INBOX_CONNECTED] = on_connected,     [INBOX_PACKET] = on_packet,         [INBOX_DISCONNECTED] = on_disconnected,
  [INBOX_SHORT_PRESS] = on_short_press, [INBOX_LONG_PRESS] = on_long_press,
};

/* A new image stays only once it has spoken with its owner: one that cannot, or that
 * is not what was signed, is not there any more after the next start. */
static void
keep_image (void)
{
#ifdef CONFIG_BOOTLOADER_MCUBOOT
  if (device.role == WTL_ROLE_OWNER && (wtl_device_alerts (&device) & WTL_ALERT_IMAGE) == 0
      && !boot_is_img_confirmed ())
    boot_write_img_confirmed ();
#endif
}

static void
show_state (void)
{
  wtl_DeviceState state = wtl_device_state (&device);

  if (state == wtl_DEVICE_STATE_WIPING)
    lamp_show (LAMP_WIPING);
  else if (device.role != WTL_ROLE_NONE)
    lamp_show (LAMP_TALKING);
  else if (wtl_device_alerts (&device) != 0)
    lamp_show (LAMP_ALERT);
  else
    lamp_show (state == wtl_DEVICE_STATE_UNOWNED && may_be_seen () ? LAMP_NEW : LAMP_OFF);
}

/* Takes a new device off the air when its time is over; the milliseconds until then. */
static uint32_t
watch_arming (void)
{
  static bool was_seen;
  bool seen = may_be_seen ();
  int64_t left = armed_until - k_uptime_get ();

  if (was_seen && !seen)
    show ();
  was_seen = seen;
  return left > 0 && left < WAIT_MAX_MS ? (uint32_t)left : WAIT_MAX_MS;
}

/* Who owns the device next finds nothing of what was offered to it before.  True
 * while there may be more of it: an erase of a page takes long enough. */
static bool
forget_offers (void)
{
  static uint32_t at;

  if (wtl_device_state (&device) != wtl_DEVICE_STATE_UNOWNED)
    at = 0;
  return wtl_device_state (&device) == wtl_DEVICE_STATE_UNOWNED && update_forget (&at);
}

static FUNC_NORETURN void
run (void)
{
  static struct inbox_item item;

  for (;;) {
    uint32_t wait = MIN (wtl_device_tick (&device), watch_arming ());

    show_state ();
    watchdog_feed ();
    if (forget_offers ())
      wait = 0;
    if (inbox_take (&item, K_MSEC (MIN (wait, WAIT_MAX_MS))))
      handlers[item.kind](&item);
    keep_image ();
  }
}

/* Nothing can be done here but not to pretend. */
static int
give_up (const char *what, int error)
{
  LOG_ERR ("%s: %d", what, error);
  lamp_show (LAMP_BROKEN);
  return error;
}

int
main (void)
{
  int error;

  integrity_start ();
  if (flash_port_open (&port.flash) != WTL_OK)
    return give_up ("the memory for the device cannot be used", -EIO);
  error = update_start ();
  if (error != 0)
    return give_up ("updates", error);
  error = link_start ();
  if (error == 0)
    error = radio_start ();
  if (error != 0)
    return give_up ("Bluetooth", error);
  arm ();
  error = wtl_device_init (&device, &port);
  if (error != WTL_OK)
    return give_up ("not provisioned, or damaged", error);
  error = button_start ();
  if (error == 0)
    error = watchdog_start ();
  if (error != 0)
    return give_up ("button or watchdog", error);
  LOG_INF ("%s, %s", device.unit.factory.unit_id,
           wtl_device_state (&device) == wtl_DEVICE_STATE_OWNED ? "owned" : "unowned");
  run ();
}
