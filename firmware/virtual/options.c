/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the virtual device is told on its command line.
 */
#include "firmware/virtual/options.h"

#include <glib/gi18n.h>
#include <string.h>

#include "firmware/virtual/integrity.h"

#define MTU_LINKS 247
#define MTU_BLUETOOTH 512

#define SUMMARY                                                                                                        \
  N_ ("Plays a device for Wattle: the same program that runs on the chip, with its\n"                                  \
      "flash in a file, and its radio in a directory or in this computer's Bluetooth\n"                                \
      "adapter.\n\n"                                                                                                   \
      "Make the flash file first, as the factory does for each unit:\n"                                                \
      "  wattle-vendor device new --product 0x00010001 --unit GL-0001 \\\n"                                            \
      "    --passport thermometer.json --flash my.flash --manifest units.jsonl\n"                                      \
      "Then switch the device on:\n"                                                                                   \
      "  wattle-virtual-device --flash my.flash              for programs on this computer\n"                          \
      "  wattle-virtual-device --flash my.flash --bluetooth  for everybody near")

#define DESCRIPTION                                                                                                    \
  N_ ("Signals: USR1 presses the button, USR2 holds it for a factory reset, TERM\n"                                    \
      "switches the device off.\n\n"                                                                                   \
      "The control socket takes a line each: press, reset, range out, range in,\n"                                     \
      "time SECONDS (jumps ahead), value THOUSANDTHS or value auto, cut N [BITS]\n"                                    \
      "(power cut at the N-th flash operation from now), count, state, help.\n\n"                                      \
      "Exit status: 0 switched off, 1 failed, 2 wrong options, 86 power cut.")

/* Says what is wrong with @value, unless it is within bounds. */
static gboolean
check_range (const char *name, double value, double min, double max, GError **error)
{
  if (value >= min && value <= max)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("--%s must be from %g to %g."), name, min, max);
  return FALSE;
}

static gboolean
parse_torn (const char *text, guint32 *out, GError **error)
{
  guint64 bits;

  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 16, 0, G_MAXUINT32, &bits, NULL)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _ ("--torn takes up to 8 digits of base 16, such as ffff0000."));
    return FALSE;
  }
  *out = (guint32)bits;
  return TRUE;
}

/* Names become file names. */
static gboolean
check_name (Options *options, GError **error)
{
  if (options->name == NULL) {
    char *dot;

    options->name = g_path_get_basename (options->flash);
    dot = strrchr (options->name, '.');
    if (dot != NULL && dot != options->name)
      *dot = 0;
  }
  if (g_regex_match_simple ("^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$", options->name, 0, 0))
    return TRUE;
  g_set_error (
      error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      _ ("The name \"%s\" will not do. Use up to 64 letters, digits, dots, dashes and underscores: --name NAME"),
      options->name);
  return FALSE;
}

static gboolean
check_links (Options *options, GError **error)
{
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");

  if (options->links != NULL || options->bluetooth)
    return TRUE;
  if (runtime == NULL) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _ ("XDG_RUNTIME_DIR is not set. Say where the links are: --links DIRECTORY"));
    return FALSE;
  }
  options->links = g_build_filename (runtime, "wattle", "links", NULL);
  return TRUE;
}

/* Adapters are called as by BlueZ: hci and a number. */
static gboolean
check_adapter (Options *options, GError **error)
{
  if (options->adapter == NULL)
    return TRUE;
  if (!options->bluetooth)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("--adapter goes with --bluetooth only."));
  else if (!g_regex_match_simple ("^hci[0-9]{1,3}$", options->adapter, 0, 0))
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _ ("\"%s\" is no name of an adapter. They are hci0, hci1, ...: bluetoothctl list"), options->adapter);
  else
    return TRUE;
  return FALSE;
}

/* What is about images is of no use without any. */
static gboolean
check_images (Options *options, GError **error)
{
  static const char *const ports[] = { "open", "locked", "unknown", NULL };
  wtl_ResetCause cause;

  if (options->images == NULL
      && (options->debug_port != NULL || options->reset_cause != NULL || options->alter_image
          || options->cut_images_at != 0))
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _ ("--debug-port, --reset-cause, --alter-image and --cut-images-at go with --images only."));
  else if (options->debug_port != NULL && !g_strv_contains (ports, options->debug_port))
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("--%s takes one of: %s."), "debug-port",
                 "open, locked, unknown");
  else if (!integrity_parse_cause (options->reset_cause, &cause))
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("--%s takes one of: %s."), "reset-cause",
                 INTEGRITY_CAUSES);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check (Options *options, const char *torn, GError **error)
{
  if (options->flash == NULL) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("Say which flash file to use: --flash FILE"));
    return FALSE;
  }
  if (options->mtu == -1)
    options->mtu = options->bluetooth ? MTU_BLUETOOTH : MTU_LINKS;
  return check_name (options, error) && check_links (options, error) && check_adapter (options, error)
         && check_images (options, error) && parse_torn (torn, &options->torn, error)
         && check_range ("mtu", options->mtu, 20, 512, error)
         && check_range ("interval", options->interval, 10, 86400000, error)
         && check_range ("cut-power-at", (double)options->cut_power_at, 0, G_MAXINT64, error)
         && check_range ("cut-images-at", (double)options->cut_images_at, 0, G_MAXINT64, error)
         && check_range ("lose", options->lose, 0, 1, error) && check_range ("repeat", options->repeat, 0, 1, error)
         && check_range ("reorder", options->reorder, 0, 1, error)
         && check_range ("corrupt", options->corrupt, 0, 1, error)
         && check_range ("out-of-range-after", options->out_of_range_after, 0, G_MAXINT, error)
         && check_range ("back-after", options->back_after, 0, G_MAXINT, error);
}

gboolean
options_parse (Options *options, int *argc, char ***argv, GError **error)
{
  g_autofree char *torn = NULL;
  const GOptionEntry entries[] = {
    { "flash", 'f', 0, G_OPTION_ARG_FILENAME, &options->flash, N_ ("The unit's flash"), N_ ("FILE") },
    { "links", 'l', 0, G_OPTION_ARG_FILENAME, &options->links,
      N_ ("Where companions look for it (default: $XDG_RUNTIME_DIR/wattle/links)"), N_ ("DIRECTORY") },
    { "name", 'n', 0, G_OPTION_ARG_STRING, &options->name, N_ ("Its name there (default: the flash file's)"),
      N_ ("NAME") },
    { "bluetooth", 'b', 0, G_OPTION_ARG_NONE, &options->bluetooth, N_ ("Be on the air by Bluetooth instead"), NULL },
    { "adapter", 'a', 0, G_OPTION_ARG_STRING, &options->adapter, N_ ("by this adapter (default: the first that can)"),
      "hciN" },
    { "interval", 'i', 0, G_OPTION_ARG_INT, &options->interval, N_ ("Time between readings (default: 5000)"),
      N_ ("MS") },
    { "mtu", 0, 0, G_OPTION_ARG_INT, &options->mtu,
      N_ ("Largest packet, 20 to 512 (default: 247, or what Bluetooth allows)"), N_ ("BYTES") },
    { "control", 'c', 0, G_OPTION_ARG_FILENAME, &options->control, N_ ("Take commands from a socket (see below)"),
      N_ ("SOCKET") },
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &options->images,
      N_ ("Where its signed images are, to be updated by its owner"), N_ ("DIRECTORY") },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose, N_ ("Say when somebody connects"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, N_ ("Print the version"), NULL },
    { NULL },
  };
  const GOptionEntry faults[] = {
    { "cut-power-at", 0, 0, G_OPTION_ARG_INT64, &options->cut_power_at,
      N_ ("Cut the power at the N-th flash operation"), "N" },
    { "torn", 0, 0, G_OPTION_ARG_STRING, &torn, N_ ("Bits of each word that still change then (base 16)"),
      N_ ("BITS") },
    { "cut-count", 0, 0, G_OPTION_ARG_FILENAME, &options->cut_count,
      N_ ("Write the number of flash operations there when switched off"), N_ ("FILE") },
    { "cut-images-at", 0, 0, G_OPTION_ARG_INT64, &options->cut_images_at,
      N_ ("Cut the power at the N-th operation on the images"), "N" },
    { "alter-image", 0, 0, G_OPTION_ARG_NONE, &options->alter_image,
      N_ ("Change the image that runs once it was checked"), NULL },
    { "debug-port", 0, 0, G_OPTION_ARG_STRING, &options->debug_port,
      N_ ("Find the debug port open, locked or unknown (default: unknown)"), "STATE" },
    { "reset-cause", 0, 0, G_OPTION_ARG_STRING, &options->reset_cause,
      N_ ("Say that it started for this reason (default: power)"), "CAUSE" },
    { "lose", 0, 0, G_OPTION_ARG_DOUBLE, &options->lose, N_ ("Lose packets, a part P of 1"), "P" },
    { "repeat", 0, 0, G_OPTION_ARG_DOUBLE, &options->repeat, N_ ("Deliver packets twice"), "P" },
    { "reorder", 0, 0, G_OPTION_ARG_DOUBLE, &options->reorder, N_ ("Deliver packets after the next one"), "P" },
    { "corrupt", 0, 0, G_OPTION_ARG_DOUBLE, &options->corrupt, N_ ("Flip a bit of packets"), "P" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options->seed, N_ ("Make the same choices again (default: 1)"), "N" },
    { "out-of-range-after", 0, 0, G_OPTION_ARG_INT, &options->out_of_range_after,
      N_ ("Walk out of range after N packets"), "N" },
    { "back-after", 0, 0, G_OPTION_ARG_INT, &options->back_after, N_ ("and come back (default: never)"), N_ ("MS") },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GOptionGroup *group
      = g_option_group_new ("faults", _ ("What can go wrong:"), _ ("Show options that make trouble"), NULL, NULL);

  *options = (Options){ .mtu = -1, .interval = 5000, .seed = 1 };
  g_option_context_set_summary (context, _ (SUMMARY));
  g_option_context_set_description (context, _ (DESCRIPTION));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_group_add_entries (group, faults);
  g_option_group_set_translation_domain (group, GETTEXT_PACKAGE);
  g_option_context_add_group (context, group);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (options->version)
    return TRUE;
  if (*argc > 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("\"%s\" is one word too many."), (*argv)[1]);
    return FALSE;
  }
  return check (options, torn, error);
}

void
options_clear (Options *options)
{
  g_clear_pointer (&options->flash, g_free);
  g_clear_pointer (&options->links, g_free);
  g_clear_pointer (&options->adapter, g_free);
  g_clear_pointer (&options->name, g_free);
  g_clear_pointer (&options->control, g_free);
  g_clear_pointer (&options->cut_count, g_free);
  g_clear_pointer (&options->images, g_free);
  g_clear_pointer (&options->debug_port, g_free);
  g_clear_pointer (&options->reset_cause, g_free);
}
