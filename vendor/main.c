/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wattle-vendor, the manufacturer's bench: picks the subcommand.
 */
#include <glib.h>
#include <glib/gi18n.h>
#include <locale.h>

#include "vendor/commands.h"

static const struct command {
  const char *noun, *verb;
  int (*run) (int argc, char **argv);
  const char *arguments;
  const char *summary;
} commands[] = {
  { "device", "batch", vendor_device_batch, "--first ID --count N --passport FILE --manifest FILE --output FOLDER",
    N_ ("Make many units: a file to flash for each, and sheets of labels") },
  { "device", "new", vendor_device_new, "--unit ID --passport FILE --flash FILE --manifest FILE",
    N_ ("Make a unit: its key, its setup code and label, its flash") },
  { "image", "key", vendor_image_key, "--key FILE --public FILE", N_ ("Make the key that images are signed with") },
  { "image", "new", vendor_image_new, "PAYLOAD --version VERSION --product N --key FILE -o OUT",
    N_ ("Make a signed image that devices can be updated with") },
  { "image", "show", vendor_image_show, "FILE [--key FILE]", N_ ("Tell what an image says of itself, and check it") },
  { "passport", "check", vendor_passport_check, "FILE...",
    N_ ("Tell all that is wrong with passports or missing in them") },
  { "passport", "diff", vendor_passport_diff, "OLD NEW [--language LANGUAGE]",
    N_ ("Show what a new version changes for people, and what they decide on again (!)") },
  { "passport", "fill", vendor_passport_fill, "TEMPLATE --cloud-url URL --cloud-info FILE -o OUT",
    N_ ("Put a cloud's address and keys into a passport") },
  { "passport", "lint", vendor_passport_lint, "FILE... [--texts [--language LANGUAGE]] [--quiet]",
    N_ ("Tell which sentences are too hard to read") },
  { "passport", "notice", vendor_passport_notice, "FILE [--language LANGUAGE]",
    N_ ("Show the notice that people get to read") },
};

/* Of all commands, or those of @noun. */
static void
help (const char *noun)
{
  g_print ("%s\n\n", _ ("Usage: wattle-vendor NOUN VERB [ARGUMENTS]"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (noun == NULL || g_str_equal (noun, commands[i].noun))
      g_print ("  wattle-vendor %s %s %s\n      %s\n", commands[i].noun, commands[i].verb, commands[i].arguments,
               _ (commands[i].summary));
  g_print ("\n%s\n", _ ("wattle-vendor NOUN VERB --help tells more."));
}

static gboolean
is_help (const char *word)
{
  return g_str_equal (word, "--help") || g_str_equal (word, "-h");
}

static gboolean
is_noun (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (word, commands[i].noun))
      return TRUE;
  return FALSE;
}

static const struct command *
find_command (const char *noun, const char *verb)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_strcmp0 (noun, commands[i].noun) == 0 && g_strcmp0 (verb, commands[i].verb) == 0)
      return &commands[i];
  return NULL;
}

int
main (int argc, char **argv)
{
  const struct command *command;
  g_autofree char *name = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, WATTLE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  if ((argc == 2 && is_help (argv[1])) || (argc == 3 && is_noun (argv[1]) && is_help (argv[2]))) {
    help (argc == 3 ? argv[1] : NULL);
    return VENDOR_OK;
  }
  if (argc == 2 && g_str_equal (argv[1], "--version")) {
    g_print ("wattle-vendor %s\n", WATTLE_VERSION);
    return VENDOR_OK;
  }
  command = argc >= 3 ? find_command (argv[1], argv[2]) : NULL;
  if (!command) {
    g_printerr ("%s\n", _ ("There is no such command. wattle-vendor --help lists them all."));
    return VENDOR_USAGE;
  }
  name = g_strdup_printf ("wattle-vendor %s %s", command->noun, command->verb);
  argv[2] = name;
  g_set_prgname (name);
  return command->run (argc - 2, argv + 2);
}
