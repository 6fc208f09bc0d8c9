/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wattle-virtual-device: the device's core as a process.
 */
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <sys/random.h>

#include "firmware/virtual/machine.h"
#include "firmware/virtual/sensor.h"

/* --- what the core asks of this machine --- */

static int
port_random (void *ctx, uint8_t *buf, size_t len)
{
  return getrandom (buf, len, 0) == (ssize_t)len ? 0 : -1;
}

static uint64_t
port_now (void *ctx)
{
  Machine *machine = ctx;

  return (uint64_t)(g_get_monotonic_time () / 1000) + machine->jumped_ms;
}

static int
port_send (void *ctx, const uint8_t *packet, size_t len)
{
  Machine *machine = ctx;

  return radio_send (machine->radio, packet, len) ? 0 : -1;
}

static void
port_hang_up (void *ctx)
{
  Machine *machine = ctx;

  if (machine->options.verbose)
    g_print (_ ("The device hung up. Round trips: %u\n"), radio_get_turns (machine->radio));
  radio_hang_up (machine->radio);
}

static void
port_advertise (void *ctx, const uint8_t advert[WTL_ADVERT_SIZE])
{
  Machine *machine = ctx;

  radio_advertise (machine->radio, advert);
}

static int
port_sense (void *ctx, int32_t *value)
{
  Machine *machine = ctx;

  *value = machine->fixed_value ? machine->value
                                : sensor_temperature (g_get_real_time () / G_USEC_PER_SEC, machine->noise);
  return 0;
}

/* --- what the radio tells --- */

static gboolean
on_connected (gpointer user_data, gsize mtu)
{
  Machine *machine = user_data;

  if (wtl_device_connected (&machine->device, mtu) != WTL_OK)
    return FALSE;
  if (machine->options.verbose)
    g_print (_ ("Somebody connected.\n"));
  machine_schedule (machine);
  return TRUE;
}

static void
on_packet (gpointer user_data, const guint8 *packet, gsize len)
{
  Machine *machine = user_data;

  wtl_device_packet (&machine->device, packet, len);
  machine_keep_image (machine);
  machine_schedule (machine);
}

static void
on_disconnected (gpointer user_data)
{
  Machine *machine = user_data;

  wtl_device_disconnected (&machine->device);
  if (machine->options.verbose)
    g_print (_ ("The companion hung up. Round trips: %u\n"), radio_get_turns (machine->radio));
  machine_schedule (machine);
}

static const RadioHandlers radio_handlers = { on_connected, on_packet, on_disconnected };

/* --- time --- */

const char *
machine_state_name (wtl_DeviceState state)
{
  switch (state) {
    case wtl_DEVICE_STATE_OWNED:
      return "owned";
    case wtl_DEVICE_STATE_WIPING:
      return "wiping";
    case wtl_DEVICE_STATE_MUST_CHANGE_PASSWORD:
      return "must-change-password";
    default:
      return "unowned";
  }
}

/* Says when somebody takes the device or gives it away. */
static void
tell_state (Machine *machine)
{
  wtl_DeviceState state = wtl_device_state (&machine->device);

  if (state == machine->state)
    return;
  machine->state = state;
  g_print ("%s\n", machine_state_name (state));
}

static gboolean
on_timer (gpointer user_data)
{
  Machine *machine = user_data;

  machine->timer = 0;
  machine_schedule (machine);
  return G_SOURCE_REMOVE;
}

void
machine_schedule (Machine *machine)
{
  uint32_t wait = wtl_device_tick (&machine->device);

  tell_state (machine);
  if (machine->timer != 0)
    g_source_remove (machine->timer);
  machine->timer = wait < UINT32_MAX ? g_timeout_add (wait, on_timer, machine) : 0;
}

/* --- the button --- */

void
machine_press (Machine *machine, enum wtl_button button)
{
  wtl_device_button (&machine->device, button);
  machine_schedule (machine);
}

static gboolean
on_usr1 (gpointer user_data)
{
  machine_press (user_data, WTL_BUTTON_SHORT);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_usr2 (gpointer user_data)
{
  machine_press (user_data, WTL_BUTTON_RESET);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_quit (gpointer user_data)
{
  Machine *machine = user_data;

  g_main_loop_quit (machine->loop);
  return G_SOURCE_CONTINUE;
}

/* --- life --- */

void
machine_lose_power (Machine *machine, const struct wtl_nor *nor)
{
  g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, nor->operations);

  /* A device without power is not seen any more. */
  if (machine->radio != NULL)
    radio_vanish (machine->radio);
  g_printerr (_ ("The power was cut at flash operation %s.\n"), count);
}

static void
on_power_cut (gpointer user_data)
{
  Machine *machine = user_data;

  machine_lose_power (machine, &machine->flash->nor);
}

static gboolean
switch_on (Machine *machine, GError **error)
{
  machine->flash = flash_file_open (machine->options.flash, error);
  if (machine->flash == NULL)
    return FALSE;
  machine->flash->nor.cut_at = (guint64)machine->options.cut_power_at;
  machine->flash->nor.torn = machine->options.torn;
  machine->flash->on_cut = on_power_cut;
  machine->flash->user_data = machine;
  machine->port = (struct wtl_device_port){
    .ctx = machine,
    .random = port_random,
    .now_ms = port_now,
    .send = port_send,
    .hang_up = port_hang_up,
    .advertise = port_advertise,
    .sense = port_sense,
    .firmware_version = WATTLE_VERSION "-virtual",
    .sample_ms = (uint32_t)machine->options.interval,
  };
  wtl_nor_flash (&machine->flash->nor, &machine->port.flash);
  if (!machine_boot (machine, error))
    return FALSE;
  machine->radio = radio_new (&machine->options, &radio_handlers, machine, error);
  if (machine->radio == NULL)
    return FALSE;
  if (wtl_device_init (&machine->device, &machine->port) != WTL_OK) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _ ("%s is damaged, or was not made by wattle-vendor device new."), machine->options.flash);
    return FALSE;
  }
  if (machine->options.control != NULL)
    machine->control = control_new (machine->options.control, machine_command, machine, error);
  return machine->options.control == NULL || machine->control != NULL;
}

static void
run (Machine *machine)
{
  machine->state = wtl_device_state (&machine->device);
  if (machine->options.bluetooth)
    g_print (_ ("%s is switched on (%s). Companions find it by Bluetooth.\n"), machine->device.unit.factory.unit_id,
             machine_state_name (machine->state));
  else
    g_print (_ ("%s is switched on (%s). Companions find it in %s.\n"), machine->device.unit.factory.unit_id,
             machine_state_name (machine->state), machine->options.links);
  g_unix_signal_add (SIGUSR1, on_usr1, machine);
  g_unix_signal_add (SIGUSR2, on_usr2, machine);
  g_unix_signal_add (SIGTERM, on_quit, machine);
  g_unix_signal_add (SIGINT, on_quit, machine);
  machine_schedule (machine);
  g_main_loop_run (machine->loop);
}

static gboolean
write_count (Machine *machine, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT "\n", machine->flash->nor.operations);

  return machine->options.cut_count == NULL || g_file_set_contents (machine->options.cut_count, text, -1, error);
}

static void
machine_clear (Machine *machine)
{
  g_clear_handle_id (&machine->timer, g_source_remove);
  g_clear_handle_id (&machine->reset_source, g_source_remove);
  g_clear_pointer (&machine->control, control_free);
  g_clear_pointer (&machine->radio, radio_free);
  g_clear_pointer (&machine->flash, flash_file_close);
  g_clear_pointer (&machine->image_files, image_files_close);
  g_clear_pointer (&machine->loop, g_main_loop_unref);
  g_clear_pointer (&machine->noise, g_rand_free);
  options_clear (&machine->options);
}

int
main (int argc, char **argv)
{
  static Machine machine;
  g_auto (GStrv) words = g_strdupv (argv); /* which the options are taken out of */
  g_auto (GStrv) reset_words = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, WATTLE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  setvbuf (stdout, NULL, _IOLBF, 0);

  machine.loop = g_main_loop_new (NULL, FALSE);
  machine.noise = g_rand_new ();
  if (!options_parse (&machine.options, &argc, &argv, &error))
    status = 2;
  else if (machine.options.version)
    g_print ("wattle-virtual-device %s\n", WATTLE_VERSION);
  else if (!switch_on (&machine, &error))
    status = 1;
  else {
    run (&machine);
    status = write_count (&machine, &error) ? 0 : 1;
    if (machine.reset && status == 0)
      reset_words = machine_make_reset_words (&machine, words);
  }
  machine_clear (&machine);
  if (reset_words != NULL) {
    machine_start_anew (reset_words, &error);
    status = 1;
  }
  if (error != NULL)
    g_printerr ("wattle-virtual-device: %s\n", error->message);
  return status;
}
