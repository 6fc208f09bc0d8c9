/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wattle-virtual-device: the device's core as a process.
 */
#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "firmware/core/device.h"
#include "firmware/virtual/control.h"
#include "firmware/virtual/flash-file.h"
#include "firmware/virtual/image-files.h"
#include "firmware/virtual/images.h"
#include "firmware/virtual/integrity.h"
#include "firmware/virtual/options.h"
#include "firmware/virtual/radio.h"
#include "firmware/virtual/sensor.h"
#include "firmware/virtual/smp.h"

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

  ImageFiles *image_files; /* NULL: takes no images */
  struct wtl_flash image_flash;
  Images images;
  Smp smp;
  gboolean image_is_off;
  char image_version[IMAGE_VERSION_SIZE];
  guint reset_source;
  gboolean reset; /* starts anew instead of being over */

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

static int
machine_smp (void *ctx, const uint8_t *frame, size_t len, uint8_t *out, size_t size, size_t *out_len)
{
  Machine *machine = ctx;

  return smp_answer (&machine->smp, frame, len, out, size, out_len) ? 0 : -1;
}

static void
machine_integrity (void *ctx, wtl_Integrity *out)
{
  Machine *machine = ctx;

  integrity_tell (&machine->images, &machine->options, out);
}

static uint32_t
machine_alerts (void *ctx)
{
  Machine *machine = ctx;

  return integrity_alerts (&machine->images, &machine->options, machine->image_is_off);
}

/* --- images --- */

static gboolean
on_reset (gpointer user_data)
{
  Machine *machine = user_data;

  machine->reset_source = 0;
  machine->reset = TRUE;
  g_main_loop_quit (machine->loop);
  return G_SOURCE_REMOVE;
}

static void
request_reset (gpointer user_data)
{
  Machine *machine = user_data;

  if (machine->reset_source == 0)
    machine->reset_source = g_timeout_add (SMP_RESET_MS, on_reset, machine);
}

/* A new image stays only once it has spoken with its owner, as on a chip. */
static void
keep_image (Machine *machine)
{
  if (machine->image_files != NULL && machine->device.role == WTL_ROLE_OWNER
      && (wtl_device_alerts (&machine->device) & WTL_ALERT_IMAGE) == 0)
    images_confirm (&machine->images);
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
  keep_image (machine);
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
cut (struct wtl_nor *nor, char **words, GError **error)
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
  nor->cut_at = nor->operations + (guint64)operation;
  nor->torn = (guint32)torn;
  return g_strdup ("");
}

static char *
command_cut (Machine *machine, char **words, GError **error)
{
  return cut (&machine->flash->nor, words, error);
}

static char *
command_cut_images (Machine *machine, char **words, GError **error)
{
  if (machine->image_files != NULL)
    return cut (&machine->image_files->nor, words, error);
  bad_words (error);
  return NULL;
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
  return g_strdup ("press, reset, range out|in, time SECONDS, value THOUSANDTHS|auto, cut N [BITS], "
                   "cut-images N [BITS], count, state");
}

static const struct {
  const char *word;
  char *(*carry_out) (Machine *machine, char **words, GError **error);
} commands[] = {
  { "press", command_press }, { "reset", command_reset },
  { "range", command_range }, { "time", command_time },
  { "value", command_value }, { "cut", command_cut },
  { "count", command_count }, { "state", command_state },
  { "help", command_help },   { "cut-images", command_cut_images },
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
lose_power (Machine *machine, const struct wtl_nor *nor)
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

  lose_power (machine, &machine->flash->nor);
}

static void
on_image_power_cut (void *ctx)
{
  Machine *machine = ctx;

  lose_power (machine, &machine->image_files->nor);
  _exit (FLASH_FILE_CUT_STATUS);
}

/* What a boot loader does, before the device itself starts. */
static gboolean
boot (Machine *machine, GError **error)
{
  struct wtl_factory factory;
  struct wtl_nor *nor;
  Image image;

  if (machine->options.images == NULL)
    return TRUE;
  if (wtl_factory_read (&machine->port.flash, &factory) != WTL_OK)
    return TRUE; /* the device tells */
  machine->image_files = image_files_open (machine->options.images, error);
  if (machine->image_files == NULL)
    return FALSE;
  nor = &machine->image_files->nor;
  nor->cut_at = (guint64)machine->options.cut_images_at;
  nor->torn = machine->options.torn;
  nor->power_cut = on_image_power_cut;
  wtl_nor_flash (nor, &machine->image_flash);
  if (!images_open (&machine->images, &machine->image_flash, machine->image_files->key, factory.product, error))
    return FALSE;
  if (!images_boot (&machine->images, error) || !images_get (&machine->images, 0, &image)) {
    g_prefix_error (error, "%s/slot-0.bin: ", machine->options.images);
    return FALSE;
  }
  image_version_format (&image.version, machine->image_version);
  if (machine->options.alter_image)
    nor->bytes[image.header_size] ^= 1;
  machine->image_is_off = !images_is_whole (&machine->images);
  machine->smp = (Smp){ .images = &machine->images, .reset = request_reset, .user_data = machine };
  machine->port.smp = machine_smp;
  machine->port.integrity = machine_integrity;
  machine->port.alerts = machine_alerts;
  machine->port.firmware_version = machine->image_version;
  return TRUE;
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
  if (!boot (machine, error))
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
  g_clear_handle_id (&machine->reset_source, g_source_remove);
  g_clear_pointer (&machine->control, control_free);
  g_clear_pointer (&machine->radio, radio_free);
  g_clear_pointer (&machine->flash, flash_file_close);
  g_clear_pointer (&machine->image_files, image_files_close);
  g_clear_pointer (&machine->loop, g_main_loop_unref);
  g_clear_pointer (&machine->noise, g_rand_free);
  options_clear (&machine->options);
}

/* The words for the next start: that the reset was the program's own, and how far
 * the power cuts are still away. */
static GStrv
make_reset_words (const Machine *machine, char **argv)
{
  static const char *const ours[] = { "--reset-cause=", "--cut-power-at=", "--cut-images-at=" };
  const struct wtl_nor *nors[] = { &machine->flash->nor, &machine->image_files->nor };
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  guint i;

  for (; *argv != NULL; argv++) {
    for (i = 0; i < G_N_ELEMENTS (ours) && !g_str_has_prefix (*argv, ours[i]); i++)
      ;
    if (i == G_N_ELEMENTS (ours))
      g_strv_builder_add (words, *argv);
  }
  g_strv_builder_add (words, "--reset-cause=software");
  for (i = 0; i < G_N_ELEMENTS (nors); i++) {
    g_autofree char *word = g_strdup_printf ("%s%" G_GUINT64_FORMAT, ours[1 + i],
                                             nors[i]->cut_at > 0 ? nors[i]->cut_at - nors[i]->operations : 0);

    g_strv_builder_add (words, word);
  }
  return g_strv_builder_end (words);
}

/* As a chip does, from its first instruction on.  A button pressed meanwhile is
 * pressed in vain.  Returns where that failed. */
static void
start_anew (char **words, GError **error)
{
  int code;

  signal (SIGUSR1, SIG_IGN);
  signal (SIGUSR2, SIG_IGN);
  execv ("/proc/self/exe", words);
  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("The device could not start anew: %s"),
               g_strerror (code));
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
      reset_words = make_reset_words (&machine, words);
  }
  machine_clear (&machine);
  if (reset_words != NULL) {
    start_anew (reset_words, &error);
    status = 1;
  }
  if (error != NULL)
    g_printerr ("wattle-virtual-device: %s\n", error->message);
  return status;
}
