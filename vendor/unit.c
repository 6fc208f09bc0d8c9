/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a unit.
 */
#include "vendor/unit.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/random.h>

#include "firmware/core/layout.h"
#include "firmware/core/nor.h"
#include "pairing/secret.h"
#include "pairing/statement.h"

#define FLASH_SIZE (WTL_LAYOUT_PAGE_SIZE * WTL_LAYOUT_PAGES)

void
vendor_product_clear (VendorProduct *self)
{
  g_free (self->number);
  g_free (self->passport);
  g_free (self->root);
}

gboolean
vendor_unit_id_is_good (const char *unit_id)
{
  return g_regex_match_simple ("^[A-Z0-9-]{1,32}$", unit_id, G_REGEX_DOLLAR_ENDONLY, 0);
}

static int
fill_random (void *ctx, uint8_t *buf, size_t len)
{
  return getrandom (buf, len, 0) == (ssize_t)len ? 0 : -1;
}

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
check_number (const VendorProduct *product, guint32 number, GError **error)
{
  char *end;

  if (product->number == NULL || (g_ascii_strtoull (product->number, &end, 0) == number && *end == 0))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("The passport is of product 0x%08x, not %s."), number,
               product->number);
  return FALSE;
}

static gboolean
hash_root (const VendorProduct *product, struct wtl_factory *factory, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (product->root == NULL)
    return TRUE;
  bytes = read_file (product->root, error);
  if (bytes == NULL)
    return FALSE;
  hash_bytes (bytes, factory->vendor_root_sha256);
  return TRUE;
}

WattlePassport *
vendor_unit_load_product (VendorUnit *unit, const VendorProduct *product, GError **error)
{
  struct wtl_factory *factory = &unit->factory;
  g_autoptr (WattlePassport) passport = NULL;
  g_autoptr (GBytes) bytes = read_file (product->passport, error);

  passport = bytes != NULL ? wattle_passport_new_from_bytes (bytes, error) : NULL;
  if (passport == NULL || !check_number (product, wattle_passport_get_product (passport), error)
      || !hash_root (product, factory, error))
    return NULL;
  if (wattle_passport_is_template (passport))
    g_printerr ("%s\n", _ ("Note: this passport has no cloud filled in. Fill it first, for the unit keeps its hash."));
  hash_bytes (bytes, factory->passport_sha256);
  factory->product = unit->label.product = wattle_passport_get_product (passport);
  factory->purposes = wattle_passport_get_purpose_mask (passport);
  factory->needed = wattle_passport_get_needed_mask (passport);
  return g_steal_pointer (&passport);
}

gboolean
vendor_unit_make (VendorUnit *unit, const char *unit_id, guint iterations, GError **error)
{
  const struct wtl_port port = { .random = fill_random };
  struct wtl_factory *factory = &unit->factory;
  struct wtl_label *label = &unit->label;
  struct wtl_prover prover;
  guint8 salt[WTL_SALT_MIN];
  enum wtl_status status = wtl_statement_keygen (&port, factory->private_key, factory->public_key);

  g_strlcpy (factory->unit_id, unit_id, sizeof factory->unit_id);
  g_strlcpy (label->unit_id, unit_id, sizeof label->unit_id);
  if (status == WTL_OK)
    status = wtl_code_generate (fill_random, NULL, &label->code);
  if (status == WTL_OK && fill_random (NULL, salt, sizeof salt) != 0)
    status = WTL_ERROR_RANDOM;
  if (status == WTL_OK)
    status = wtl_prover_from_secret ((const guint8 *)label->code.digits, WTL_CODE_DIGITS, salt, sizeof salt, iterations,
                                     &prover);
  if (status == WTL_OK)
    status = wtl_verifier_from_prover (&prover, fill_random, NULL, &factory->label);
  wtl_wipe (&prover, sizeof prover);
  memcpy (factory->label.salt, salt, sizeof salt);
  factory->label.salt_len = sizeof salt;
  factory->label.iterations = factory->iterations = iterations;
  if (status != WTL_OK)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The unit's key and code could not be made."));
  return status == WTL_OK;
}

static void
free_flash (gpointer bytes)
{
  wtl_wipe (bytes, FLASH_SIZE);
  g_free (bytes);
}

GBytes *
vendor_unit_get_flash (const VendorUnit *unit, GError **error)
{
  guint8 *bytes = g_malloc (FLASH_SIZE);
  struct wtl_nor nor = { .bytes = bytes, .page_size = WTL_LAYOUT_PAGE_SIZE, .page_count = WTL_LAYOUT_PAGES };
  struct wtl_flash flash;

  memset (bytes, 0xff, FLASH_SIZE);
  wtl_nor_flash (&nor, &flash);
  if (wtl_factory_write (&flash, &unit->factory) == WTL_OK)
    return g_bytes_new_with_free_func (bytes, FLASH_SIZE, free_flash, bytes);
  free_flash (bytes);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The flash could not be written."));
  return NULL;
}
