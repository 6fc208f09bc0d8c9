/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wattle-vendor device: makes a unit, as the factory does.  Each gets a signing
 * key and a setup code that no other unit has; what stays at the manufacturer,
 * the manifest, holds neither.
 */
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "firmware/core/factory.h"
#include "firmware/core/layout.h"
#include "firmware/core/nor.h"
#include "pairing/code.h"
#include "pairing/secret.h"
#include "pairing/statement.h"
#include "privacy/passport.h"
#include "vendor/commands.h"
#include "vendor/label.h"
#include "vendor/manifest.h"
#include "vendor/new-file.h"

/* PBKDF2 for the code and for passwords: some 50 ms for a companion, a few
 * seconds, once, for a Cortex-M4 at 64 MHz that takes a password. */
#define ITERATIONS 10000

#define FLASH_SIZE (WTL_LAYOUT_PAGE_SIZE * WTL_LAYOUT_PAGES)

typedef struct {
  char *product;
  char *unit;
  char *passport;
  char *vendor_root;
  char *flash;
  char *manifest;
  char *label;
} Arguments;

static void
arguments_clear (Arguments *arguments)
{
  g_free (arguments->product);
  g_free (arguments->unit);
  g_free (arguments->passport);
  g_free (arguments->vendor_root);
  g_free (arguments->flash);
  g_free (arguments->manifest);
  g_free (arguments->label);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static int
fill_random (void *ctx, uint8_t *buf, size_t len)
{
  return getrandom (buf, len, 0) == (ssize_t)len ? 0 : -1;
}

static gboolean
parse (Arguments *arguments, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "product", 0, 0, G_OPTION_ARG_STRING, &arguments->product, N_ ("Product number, as in the passport"), "N" },
    { "unit", 0, 0, G_OPTION_ARG_STRING, &arguments->unit, N_ ("Unit id (serial number): A-Z, 0-9 and -"), "ID" },
    { "passport", 0, 0, G_OPTION_ARG_FILENAME, &arguments->passport, N_ ("The product's passport"), N_ ("FILE") },
    { "vendor-root", 0, 0, G_OPTION_ARG_FILENAME, &arguments->vendor_root,
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
  if (argc > 1 || arguments->unit == NULL || arguments->passport == NULL || arguments->flash == NULL
      || arguments->manifest == NULL) {
    g_printerr ("%s\n", _ ("--unit, --passport, --flash and --manifest are needed. --help tells more."));
    return FALSE;
  }
  if (!g_regex_match_simple ("^[A-Z0-9-]{1,32}$", arguments->unit, G_REGEX_DOLLAR_ENDONLY, 0)) {
    g_printerr ("%s\n", _ ("A unit id has 1 to 32 of the capital letters A to Z, digits and dashes."));
    return FALSE;
  }
  return TRUE;
}

/* --- what goes into the factory page --- */

static void
hash_bytes (GBytes *bytes, guint8 hash[32])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = 32;

  g_checksum_update (checksum, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
  g_checksum_get_digest (checksum, hash, &size);
}

static GBytes *
read_file (const char *path, GError **error)
{
  char *data;
  gsize len;

  return g_file_get_contents (path, &data, &len, error) ? g_bytes_new_take (data, len) : NULL;
}

static gboolean
check_product (const Arguments *arguments, guint32 product, GError **error)
{
  char *end;

  if (arguments->product == NULL || (g_ascii_strtoull (arguments->product, &end, 0) == product && *end == 0))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("The passport is of product 0x%08x, not %s."),
               product, arguments->product);
  return FALSE;
}

static WattlePassport *
load_passport (const Arguments *arguments, struct wtl_factory *factory, GError **error)
{
  g_autoptr (WattlePassport) passport = NULL;
  g_autoptr (GBytes) bytes = read_file (arguments->passport, error);

  passport = bytes != NULL ? wattle_passport_new_from_bytes (bytes, error) : NULL;
  if (passport == NULL || !check_product (arguments, wattle_passport_get_product (passport), error))
    return NULL;
  if (wattle_passport_is_template (passport))
    g_printerr ("%s\n", _ ("Note: this passport has no cloud filled in. Fill it first, for the unit keeps its hash."));
  hash_bytes (bytes, factory->passport_sha256);
  factory->product = wattle_passport_get_product (passport);
  factory->purposes = wattle_passport_get_purpose_mask (passport);
  factory->needed = wattle_passport_get_needed_mask (passport);
  return g_steal_pointer (&passport);
}

static gboolean
hash_vendor_root (const Arguments *arguments, struct wtl_factory *factory, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (arguments->vendor_root == NULL)
    return TRUE;
  bytes = read_file (arguments->vendor_root, error);
  if (bytes == NULL)
    return FALSE;
  hash_bytes (bytes, factory->vendor_root_sha256);
  return TRUE;
}

/* The unit's own secrets; the code leaves in @label alone. */
static gboolean
make_secrets (struct wtl_factory *factory, struct wtl_label *label, GError **error)
{
  const struct wtl_port port = { .random = fill_random };
  struct wtl_prover prover;
  guint8 salt[WTL_SALT_MIN];
  enum wtl_status status = wtl_statement_keygen (&port, factory->private_key, factory->public_key);

  if (status == WTL_OK)
    status = wtl_code_generate (fill_random, NULL, &label->code);
  if (status == WTL_OK && fill_random (NULL, salt, sizeof salt) != 0)
    status = WTL_ERROR_RANDOM;
  if (status == WTL_OK)
    status = wtl_prover_from_secret ((const guint8 *)label->code.digits, WTL_CODE_DIGITS, salt, sizeof salt, ITERATIONS,
                                     &prover);
  if (status == WTL_OK)
    status = wtl_verifier_from_prover (&prover, fill_random, NULL, &factory->label);
  wtl_wipe (&prover, sizeof prover);
  memcpy (factory->label.salt, salt, sizeof salt);
  factory->label.salt_len = sizeof salt;
  factory->label.iterations = factory->iterations = ITERATIONS;
  if (status != WTL_OK)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The unit's key and code could not be made."));
  return status == WTL_OK;
}

static gboolean
write_flash (const struct wtl_factory *factory, const char *path, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (FLASH_SIZE);
  struct wtl_nor nor = { .bytes = bytes, .page_size = WTL_LAYOUT_PAGE_SIZE, .page_count = WTL_LAYOUT_PAGES };
  struct wtl_flash flash;
  gboolean ok;

  memset (bytes, 0xff, FLASH_SIZE);
  wtl_nor_flash (&nor, &flash);
  if (wtl_factory_write (&flash, factory) != WTL_OK) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The flash could not be written."));
    return FALSE;
  }
  ok = vendor_new_file (path, bytes, FLASH_SIZE, error);
  wtl_wipe (bytes, FLASH_SIZE);
  return ok;
}

/* --- device new --- */

/* The files of the unit, and last its line in the manifest: a unit that is in
 * there is whole. */
static gboolean
write_unit (const Arguments *arguments, Manifest *manifest, const struct wtl_factory *factory,
            const struct wtl_label *label, GError **error)
{
  if (!write_flash (factory, arguments->flash, error))
    return FALSE;
  if (arguments->label == NULL || vendor_label_write (label, arguments->label, error)) {
    if (manifest_append (manifest, factory->unit_id, factory->product, factory->public_key, error))
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
  struct wtl_factory factory = { 0 };
  struct wtl_label label = { 0 };
  gboolean ok;

  passport = load_passport (arguments, &factory, error);
  if (passport == NULL || !hash_vendor_root (arguments, &factory, error))
    return FALSE;
  manifest = manifest_open (arguments->manifest, error);
  if (manifest == NULL)
    return FALSE;
  if (manifest_has (manifest, arguments->unit)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _ ("There is a unit %s already. Each needs its own id."),
                 arguments->unit);
    return FALSE;
  }
  g_strlcpy (factory.unit_id, arguments->unit, sizeof factory.unit_id);
  g_strlcpy (label.unit_id, arguments->unit, sizeof label.unit_id);
  label.product = factory.product;
  ok = make_secrets (&factory, &label, error) && write_unit (arguments, manifest, &factory, &label, error)
       && vendor_label_print (&label, wattle_passport_get_name (passport, NULL), error);
  wtl_wipe (&factory, sizeof factory);
  wtl_wipe (&label, sizeof label);
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
