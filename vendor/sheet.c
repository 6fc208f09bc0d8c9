/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sheet of a batch.
 */
#include "vendor/sheet.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "firmware/core/layout.h"
#include "pairing/secret.h"
#include "vendor/hex.h"
#include "vendor/label.h"
#include "vendor/new-file.h"

static char *
make_path (const VendorSheets *self, guint number, gboolean whole)
{
  g_autofree char *name = g_strdup_printf (whole ? "sheet-%05u" : ".sheet-%05u", number);

  return g_build_filename (self->output, name, NULL);
}

static gboolean
sync_folder (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    vendor_set_errno (error, path);
  if (fd >= 0)
    close (fd);
  return ok;
}

/* --- a sheet that is there --- */

gboolean
vendor_sheet_exists (const VendorSheets *self, guint number)
{
  g_autofree char *path = make_path (self, number, TRUE);

  return g_file_test (path, G_FILE_TEST_IS_DIR);
}

gboolean
vendor_sheet_read_codes (const VendorSheets *self, guint number, GHashTable *codes, GError **error)
{
  g_autofree char *folder = make_path (self, number, TRUE);
  g_autofree char *path = g_build_filename (folder, "labels.jsonl", NULL);
  g_autofree char *text = NULL;
  gsize len;

  if (!g_file_get_contents (path, &text, &len, error))
    return FALSE;
  for (char *line = text; *line != 0;) {
    char *end = line + strcspn (line, "\n");
    char *code = vendor_label_read_code (line, (gsize)(end - line));

    if (code == NULL) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("%s holds a line that is no label."), path);
      return FALSE;
    }
    g_hash_table_add (codes, code);
    line = *end != 0 ? end + 1 : end;
  }
  wtl_wipe (text, len);
  return TRUE;
}

static gboolean
throw_away (const char *path, GError **error)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, error);
  const char *name;

  if (folder == NULL)
    return FALSE;
  while ((name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);

    if (g_unlink (file) != 0) {
      vendor_set_errno (error, file);
      return FALSE;
    }
  }
  if (g_rmdir (path) == 0)
    return TRUE;
  vendor_set_errno (error, path);
  return FALSE;
}

static gboolean
finish (const VendorSheets *self, guint number, GError **error)
{
  g_autofree char *part = make_path (self, number, FALSE);
  g_autofree char *path = make_path (self, number, TRUE);

  if (g_rename (part, path) == 0)
    return sync_folder (self->output, error);
  vendor_set_errno (error, path);
  return FALSE;
}

gboolean
vendor_sheet_recover (const VendorSheets *self, guint number, GError **error)
{
  g_autofree char *part = make_path (self, number, FALSE);
  g_autofree char *units = g_build_filename (part, "units.jsonl", NULL);
  g_autofree char *lines = NULL;
  gboolean some;

  if (!g_file_test (part, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (!g_file_get_contents (units, &lines, NULL, NULL) || !manifest_has_some (self->manifest, lines, &some) || !some)
    return throw_away (part, error);
  return manifest_append_missing (self->manifest, lines, error) && finish (self, number, error);
}

/* --- a new one --- */

static gboolean
write_file (const char *folder, const char *name, gconstpointer data, gsize len, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return vendor_new_file (path, data, len, error);
}

/* The pages that hold something, for the chip's own erase leaves the rest blank. */
static gboolean
write_hex (const VendorSheets *self, const char *folder, const VendorUnit *unit, GError **error)
{
  g_autofree char *name = g_strconcat (unit->factory.unit_id, ".hex", NULL);
  g_autoptr (GBytes) flash = vendor_unit_get_flash (unit, error);
  const guint8 *bytes;
  gsize len = WTL_LAYOUT_PAGE_SIZE;
  GString *hex;
  gboolean ok;

  if (flash == NULL)
    return FALSE;
  bytes = g_bytes_get_data (flash, NULL);
  while (len > 4 && bytes[len - 1] == 0xff)
    len--;
  hex = vendor_hex_new (self->address, bytes, (len + 3) & ~(gsize)3);
  ok = write_file (folder, name, hex->str, hex->len, error);
  wtl_wipe (hex->str, hex->len);
  g_string_free (hex, TRUE);
  return ok;
}

static gboolean
write_labels (const VendorSheets *self, const char *folder, const VendorUnit *units, guint count, GError **error)
{
  char digits[WATTLE_LABELS_PER_SHEET][WTL_CODE_TEXT_SIZE], qr[WATTLE_LABELS_PER_SHEET][WTL_CODE_QR_SIZE];
  WattleLabel labels[WATTLE_LABELS_PER_SHEET];
  g_autoptr (GBytes) pdf = NULL;
  GString *lines = g_string_sized_new (count * 256);
  gboolean ok;

  for (guint i = 0; i < count; i++) {
    const struct wtl_label *label = &units[i].label;

    wtl_code_format (&label->code, digits[i]);
    (void)wtl_label_format (label, qr[i]); /* the unit's id has been checked */
    vendor_label_append_line (label, lines);
    labels[i] = (WattleLabel){ label->unit_id, digits[i], qr[i] };
  }
  pdf = wattle_label_sheet_new (self->product, labels, count, error);
  ok = pdf != NULL && write_file (folder, "labels.pdf", g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), error)
       && write_file (folder, "labels.jsonl", lines->str, lines->len, error);
  wtl_wipe (digits, sizeof digits);
  wtl_wipe (qr, sizeof qr);
  wtl_wipe (lines->str, lines->len);
  g_string_free (lines, TRUE);
  return ok;
}

static gboolean
write_part (const VendorSheets *self, const char *folder, const VendorUnit *units, guint count, const char *lines,
            GError **error)
{
  if (g_mkdir (folder, 0700) != 0) {
    vendor_set_errno (error, folder);
    return FALSE;
  }
  for (guint i = 0; i < count; i++)
    if (!write_hex (self, folder, &units[i], error))
      return FALSE;
  return write_labels (self, folder, units, count, error)
         && write_file (folder, "units.jsonl", lines, strlen (lines), error) && sync_folder (folder, error)
         && sync_folder (self->output, error);
}

gboolean
vendor_sheet_write (const VendorSheets *self, guint number, const VendorUnit *units, guint count, GError **error)
{
  g_autofree char *part = make_path (self, number, FALSE);
  ManifestLine entries[WATTLE_LABELS_PER_SHEET];
  g_autofree char *lines = NULL;

  for (guint i = 0; i < count; i++)
    entries[i] = (ManifestLine){ units[i].factory.unit_id, units[i].factory.product, units[i].factory.public_key };
  lines = manifest_make_lines (entries, count);
  return write_part (self, part, units, count, lines, error) && manifest_append (self->manifest, lines, error)
         && finish (self, number, error);
}
