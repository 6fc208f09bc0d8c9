/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wattle-virtual-device: the device's core as a process.
 */
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "firmware/core/device.h"
#include "firmware/virtual/control.h"
#include "firmware/virtual/flash-file.h"
#include "firmware/virtual/options.h"
#include "firmware/virtual/radio.h"
#include "firmware/virtual/sensor.h"

typedef struct {
  Options options;
  FlashFile *flash;
  Radio *radio;
  Control *control;
  GMainLoop *loop;
  GRand *noise;
  guint timer;
  guint64 jumped_ms;    /* how far the clock was put ahead */
  gboolean fixed_value; /* the sensor says @value */
  gint32 value;
  wtl_DeviceState state; /* as last told */

  struct wtl_device_port port;
  struct wtl_device device;
} Machine;

static void schedule (Machine *machine);

/* --- what the core asks of this machine --- */

static int
machine_random (void *ctx, uint8_t *buf, size_t len)
{
  return getrandom (buf, len, 0) == (ssize_t)len ? 0 : -1;
}

static uint64_t
machine_now (void *ctx)
{
  Machine *machine = ctx;

  return (uint64_t)(g_get_monotonic_time () / 1000) + machine->jumped_ms;
}

static int
machine_send (void *ctx, const uint8_t *packet, size_t len)
{
  Machine *machine = ctx;

  return radio_send (machine->radio, packet, len) ? 0 : -1;
}

static void
machine_hang_up (void *ctx)
{
  Machine *machine = ctx;

  if (machine->options.verbose)
    g_print (_ ("The device hung up. Round trips: %u\n"), radio_get_turns (machine->radio));
  radio_hang_up (machine->radio);
}

static void
machine_advertise (void *ctx, const uint8_t advert[WTL_ADVERT_SIZE])
{
  Machine *machine = ctx;

  radio_advertise (machine->radio, advert);
}

static int
machine_sense (void *ctx, int32_t *value)
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
  schedule (machine);
  return TRUE;
}

static void
on_packet (gpointer user_data, const guint8 *packet, gsize len)
{
  Machine *machine = user_data;

  wtl_device_packet (&machine->device, packet, len);
  schedule (machine);
}

static void
on_disconnected (gpointer user_data)
{
  Machine *machine = user_data;

  wtl_device_disconnected (&machine->device);
  if (machine->options.verbose)
    g_print (_ ("The companion hung up. Round trips: %u\n"), radio_get_turns (machine->radio));
  schedule (machine);
}

static const RadioHandlers radio_handlers = { on_connected, on_packet, on_disconnected };

/* --- time --- */

static const char *
state_name (wtl_DeviceState state)
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
  g_print ("%s\n", state_name (state));
}

static gboolean
on_timer (gpointer user_data)
{
  Machine *machine = user_data;

  machine->timer = 0;
  schedule (machine);
  return G_SOURCE_REMOVE;
}

/* Lets the core do what is due, and comes back when it wants to. */
static void
schedule (Machine *machine)
{
  uint32_t wait = wtl_device_tick (&machine->device);

  tell_state (machine);
  if (machine->timer != 0)
    g_source_remove (machine->timer);
  machine->timer = wait < UINT32_MAX ? g_timeout_add (wait, on_timer, machine) : 0;
}

/* --- the button and the control socket --- */

static void
press (Machine *machine, enum wtl_button button)
{
  wtl_device_button (&machine->device, button);
  schedule (machine);
}

static gboolean
on_usr1 (gpointer user_data)
{
  press (user_data, WTL_BUTTON_SHORT);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_usr2 (gpointer user_data)
{
  press (user_data, WTL_BUTTON_RESET);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_quit (gpointer user_data)
{
  Machine *machine = user_data;

  g_main_loop_quit (machine->loop);
  return G_SOURCE_CONTINUE;
}

static char *
command_press (Machine *machine, char **words, GError **error)
{
  press (machine, WTL_BUTTON_SHORT);
  return g_strdup ("");
}

static char *
command_reset (Machine *machine, char **words, GError **error)
{
  press (machine, WTL_BUTTON_RESET);
  return g_strdup ("");
}

static gboolean
bad_words (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("That command needs other words: help"));
  return FALSE;
}

static char *
command_range (Machine *machine, char **words, GError **error)
{
  gboolean in = g_strcmp0 (words[1], "in") == 0;

  if (!in && g_strcmp0 (words[1], "out") != 0) {
    bad_words (error);
    return NULL;
  }
  return radio_set_in_range (machine->radio, in, error) ? g_strdup ("") : NULL;
}

static char *
command_time (Machine *machine, char **words, GError **error)
{
  gint64 seconds;

  if (words[1] == NULL || !g_ascii_string_to_signed (words[1], 10, 0, G_MAXINT32, &seconds, error)) {
    if (words[1] == NULL)
      bad_words (error);
    return NULL;
  }
  machine->jumped_ms += (guint64)seconds * 1000;
  schedule (machine);
  return g_strdup ("");
}

static char *
command_value (Machine *machine, char **words, GError **error)
{
  gint64 value = 0;

  machine->fixed_value = FALSE;
  if (g_strcmp0 (words[1], "auto") == 0)
    return g_strdup ("");
  if (words[1] == NULL || !g_ascii_string_to_signed (words[1], 10, G_MININT32, G_MAXINT32, &value, error)) {
    if (words[1] == NULL)
      bad_words (error);
    return NULL;
  }
  machine->fixed_value = TRUE;
  machine->value = (gint32)value;
  return g_strdup ("");
}

static char *
command_cut (Machine *machine, char **words, GError **error)
{
  gint64 operation;
  guint64 torn = 0;

  if (words[1] == NULL) {
    bad_words (error);
    return NULL;
  }
  if (!g_ascii_string_to_signed (words[1], 10, 1, G_MAXINT32, &operation, error)
      || (words[2] != NULL && !g_ascii_string_to_unsigned (words[2], 16, 0, G_MAXUINT32, &torn, error)))
    return NULL;
  machine->flash->nor.cut_at = machine->flash->nor.operations + (guint64)operation;
  machine->flash->nor.torn = (guint32)torn;
  return g_strdup ("");
}

static char *
command_count (Machine *machine, char **words, GError **error)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, machine->flash->nor.operations);
}

static char *
command_state (Machine *machine, char **words, GError **error)
{
  return g_strdup (state_name (wtl_device_state (&machine->device)));
}

static char *
command_help (Machine *machine, char **words, GError **error)
{
  return g_strdup ("press, reset, range out|in, time SECONDS, value THOUSANDTHS|auto, cut N [BITS], count, state");
}

static const struct {
  const char *word;
  char *(*carry_out) (Machine *machine, char **words, GError **error);
} commands[] = {
  { "press", command_press }, { "reset", command_reset }, { "range", command_range },
  { "time", command_time },   { "value", command_value }, { "cut", command_cut },
  { "count", command_count }, { "state", command_state }, { "help", command_help },
};

static char *
on_command (gpointer user_data, char **words, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (words[0], commands[i].word) == 0)
      return commands[i].carry_out (user_data, words, error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("\"%s\" is no command: help"), words[0]);
  return NULL;
}

/* --- life --- */

static void
on_power_cut (gpointer user_data)
{
  Machine *machine = user_data;
  g_autofree char *count = command_count (machine, NULL, NULL);

  /* A device without power is not seen any more. */
  if (machine->radio != NULL)
    radio_vanish (machine->radio);
  g_printerr (_ ("The power was cut at flash operation %s.\n"), count);
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
  machine->radio = radio_new (&machine->options, &radio_handlers, machine, error);
  if (machine->radio == NULL)
    return FALSE;
  machine->port = (struct wtl_device_port){
    .ctx = machine,
    .random = machine_random,
    .now_ms = machine_now,
    .send = machine_send,
    .hang_up = machine_hang_up,
    .advertise = machine_advertise,
    .sense = machine_sense,
    .firmware_version = WATTLE_VERSION "-virtual",
    .sample_ms = (uint32_t)machine->options.interval,
  };
  wtl_nor_flash (&machine->flash->nor, &machine->port.flash);
  if (wtl_device_init (&machine->device, &machine->port) != WTL_OK) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _ ("%s is damaged, or was not made by wattle-vendor device new."), machine->options.flash);
    return FALSE;
  }
  if (machine->options.control != NULL)
    machine->control = control_new (machine->options.control, on_command, machine, error);
  return machine->options.control == NULL || machine->control != NULL;
}

static void
run (Machine *machine)
{
  machine->state = wtl_device_state (&machine->device);
  if (machine->options.bluetooth)
    g_print (_ ("%s is switched on (%s). Companions find it by Bluetooth.\n"), machine->device.unit.factory.unit_id,
             state_name (machine->state));
  else
    g_print (_ ("%s is switched on (%s). Companions find it in %s.\n"), machine->device.unit.factory.unit_id,
             state_name (machine->state), machine->options.links);
  g_unix_signal_add (SIGUSR1, on_usr1, machine);
  g_unix_signal_add (SIGUSR2, on_usr2, machine);
  g_unix_signal_add (SIGTERM, on_quit, machine);
  g_unix_signal_add (SIGINT, on_quit, machine);
  schedule (machine);
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
  g_clear_pointer (&machine->control, control_free);
  g_clear_pointer (&machine->radio, radio_free);
  g_clear_pointer (&machine->flash, flash_file_close);
  g_clear_pointer (&machine->loop, g_main_loop_unref);
  g_clear_pointer (&machine->noise, g_rand_free);
  options_clear (&machine->options);
}

int
main (int argc, char **argv)
{
  static Machine machine;
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
  }
  if (error != NULL)
    g_printerr ("wattle-virtual-device: %s\n", error->message);
  machine_clear (&machine);
  return status;
}
