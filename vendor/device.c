/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wattle-vendor device: makes a unit, as the factory does.  Each gets a signing
 * key and a setup code that no other unit has; what stays at the manufacturer,
 * the manifest, holds neither.
 */
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <unistd.h>

#include "pairing/secret.h"
#include "vendor/commands.h"
#include "vendor/label.h"
#include "vendor/manifest.h"
#include "vendor/new-file.h"
#include "vendor/unit.h"

typedef struct {
  VendorProduct product;
  char *unit;
  char *flash;
  char *manifest;
  char *label;
} Arguments;

static void
arguments_clear (Arguments *arguments)
{
  vendor_product_clear (&arguments->product);
  g_free (arguments->unit);
  g_free (arguments->flash);
  g_free (arguments->manifest);
  g_free (arguments->label);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static gboolean
parse (Arguments *arguments, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "product", 0, 0, G_OPTION_ARG_STRING, &arguments->product.number, N_ ("Product number, as in the passport"),
      "N" },
    { "unit", 0, 0, G_OPTION_ARG_STRING, &arguments->unit, N_ ("Unit id (serial number): A-Z, 0-9 and -"), "ID" },
    { "passport", 0, 0, G_OPTION_ARG_FILENAME, &arguments->product.passport, N_ ("The product's passport"),
      N_ ("FILE") },
    { "vendor-root", 0, 0, G_OPTION_ARG_FILENAME, &arguments->product.root,
      N_ ("Root of the manufacturer's signed repository, if there is one"), N_ ("FILE") },
    { "flash", 0, 0, G_OPTION_ARG_FILENAME, &arguments->flash, N_ ("New file: the unit's flash"), N_ ("FILE") },
    { "manifest", 0, 0, G_OPTION_ARG_FILENAME, &arguments->manifest,
      N_ ("The units manifest, which gets a line for the unit"), N_ ("FILE") },
    { "label", 0, 0, G_OPTION_ARG_FILENAME, &arguments->label,
      N_ ("New file: the label as JSON, for scripts (secret: it holds the code)"), N_ ("FILE") },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (
      context, _ ("Makes one unit: its key, its setup code, its flash file and its line in the manifest.\n"
                  "The setup code is on the label and nowhere else; a lost label cannot be made again."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }
  if (argc > 1 || arguments->unit == NULL || arguments->product.passport == NULL || arguments->flash == NULL
      || arguments->manifest == NULL) {
    g_printerr ("%s\n", _ ("--unit, --passport, --flash and --manifest are needed. --help tells more."));
    return FALSE;
  }
  if (!vendor_unit_id_is_good (arguments->unit)) {
    g_printerr ("%s\n", _ ("A unit id has 1 to 32 of the capital letters A to Z, digits and dashes."));
    return FALSE;
  }
  return TRUE;
}

/* --- device new --- */

/* The files of the unit, and last its line in the manifest: a unit that is in
 * there is whole. */
static gboolean
write_unit (const Arguments *arguments, Manifest *manifest, const VendorUnit *unit, GError **error)
{
  const ManifestLine entry = { unit->factory.unit_id, unit->factory.product, unit->factory.public_key };
  g_autofree char *line = manifest_make_lines (&entry, 1);
  g_autoptr (GBytes) flash = vendor_unit_get_flash (unit, error);

  if (flash == NULL
      || !vendor_new_file (arguments->flash, g_bytes_get_data (flash, NULL), g_bytes_get_size (flash), error))
    return FALSE;
  if (arguments->label == NULL || vendor_label_write (&unit->label, arguments->label, error)) {
    if (manifest_append (manifest, line, error))
      return TRUE;
    if (arguments->label != NULL)
      unlink (arguments->label);
  }
  unlink (arguments->flash);
  return FALSE;
}

static gboolean
make_unit (const Arguments *arguments, GError **error)
{
  g_autoptr (WattlePassport) passport = NULL;
  g_autoptr (Manifest) manifest = NULL;
  VendorUnit unit = { 0 };
  gboolean ok;

  passport = vendor_unit_load_product (&unit, &arguments->product, error);
  if (passport == NULL)
    return FALSE;
  manifest = manifest_open (arguments->manifest, error);
  if (manifest == NULL)
    return FALSE;
  if (manifest_has (manifest, arguments->unit)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _ ("There is a unit %s already. Each needs its own id."),
                 arguments->unit);
    return FALSE;
  }
  ok = vendor_unit_make (&unit, arguments->unit, VENDOR_ITERATIONS, error)
       && write_unit (arguments, manifest, &unit, error)
       && vendor_label_print (&unit.label, wattle_passport_get_name (passport, NULL), error);
  wtl_wipe (&unit, sizeof unit);
  return ok;
}

int
vendor_device_new (int argc, char **argv)
{
  g_auto (Arguments) arguments = { 0 };
  g_autoptr (GError) error = NULL;

  if (!parse (&arguments, argc, argv))
    return VENDOR_USAGE;
  if (make_unit (&arguments, &error))
    return VENDOR_OK;
  g_printerr ("%s\n", error->message);
  return VENDOR_FAILED;
}
