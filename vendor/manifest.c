/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The units manifest.
 */
#include "vendor/manifest.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "vendor/new-file.h"

#define PUBLIC_KEY_SIZE 65

struct _Manifest {
  char *path;
  int fd;
  GHashTable *units; /* set of unit ids */
};

/* The unit of a line; NULL where it is none. */
static char *
read_unit (const char *line)
{
  g_autoptr (JsonNode) node = json_from_string (line, NULL);
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  return object != NULL ? g_strdup (json_object_get_string_member_with_default (object, "unit_id", NULL)) : NULL;
}

static gboolean
read_line (Manifest *self, const char *line)
{
  char *unit_id = read_unit (line);

  if (unit_id == NULL)
    return FALSE;
  g_hash_table_add (self->units, unit_id);
  return TRUE;
}

/* The power may go while lines are written.  A unit counts once its line is
 * whole, so what is not is taken off. */
static gboolean
drop_torn_line (Manifest *self, char *text, GError **error)
{
  char *end = strrchr (text, '\n');
  gsize whole = end != NULL ? (gsize)(end + 1 - text) : 0;

  if (text[whole] == 0)
    return TRUE;
  if (ftruncate (self->fd, (off_t)whole) != 0) {
    vendor_set_errno (error, self->path);
    return FALSE;
  }
  text[whole] = 0;
  return TRUE;
}

static gboolean
read_units (Manifest *self, GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (self->path, &text, NULL, error))
    return FALSE;
  if (!drop_torn_line (self, text, error))
    return FALSE;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (*lines[i] == 0 || read_line (self, lines[i]))
      continue;
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("%s: line %u is no unit. Mend the file first."),
                 self->path, i + 1);
    return FALSE;
  }
  return TRUE;
}

Manifest *
manifest_open (const char *path, GError **error)
{
  g_autoptr (Manifest) self = g_new0 (Manifest, 1);

  self->path = g_strdup (path);
  self->units = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->fd = open (path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (self->fd < 0 || flock (self->fd, LOCK_EX) != 0) {
    vendor_set_errno (error, path);
    return NULL;
  }
  return read_units (self, error) ? g_steal_pointer (&self) : NULL;
}

void
manifest_close (Manifest *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_hash_table_unref (self->units);
  g_free (self->path);
  g_free (self);
}

gboolean
manifest_has (Manifest *self, const char *unit_id)
{
  return g_hash_table_contains (self->units, unit_id);
}

/* base64url without padding, RFC 4648 section 5. */
static char *
to_base64url (const guint8 *data, gsize len)
{
  char *text = g_base64_encode (data, len);
  char *end = strchr (text, '=');

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  if (end != NULL)
    *end = 0;
  return text;
}

char *
manifest_make_lines (const ManifestLine *units, guint count)
{
  GString *lines = g_string_new (NULL);

  for (guint i = 0; i < count; i++) {
    g_autofree char *key = to_base64url (units[i].public_key, PUBLIC_KEY_SIZE);

    /* Neither a unit id nor base64url holds anything that JSON would escape. */
    g_string_append_printf (lines, "{\"unit_id\":\"%s\",\"product\":%u,\"public_key\":\"%s\"}\n", units[i].unit_id,
                            units[i].product, key);
  }
  return g_string_free (lines, FALSE);
}

gboolean
manifest_append (Manifest *self, const char *lines, GError **error)
{
  g_auto (GStrv) each = g_strsplit (lines, "\n", -1);
  off_t before = lseek (self->fd, 0, SEEK_END);

  if (vendor_write_all (self->fd, lines, strlen (lines)) && fsync (self->fd) == 0) {
    for (guint i = 0; each[i] != NULL; i++)
      read_line (self, each[i]);
    return TRUE;
  }
  vendor_set_errno (error, self->path);
  if (before >= 0 && ftruncate (self->fd, before) != 0)
    g_prefix_error (error, _ ("The last line is not whole: "));
  return FALSE;
}

gboolean
manifest_has_some (Manifest *self, const char *lines, gboolean *some)
{
  g_auto (GStrv) each = g_strsplit (lines, "\n", -1);

  *some = FALSE;
  for (guint i = 0; each[i] != NULL; i++) {
    g_autofree char *unit_id = *each[i] != 0 ? read_unit (each[i]) : NULL;

    if (*each[i] != 0 && unit_id == NULL)
      return FALSE;
    *some |= unit_id != NULL && manifest_has (self, unit_id);
  }
  return TRUE;
}

gboolean
manifest_append_missing (Manifest *self, const char *lines, GError **error)
{
  g_auto (GStrv) each = g_strsplit (lines, "\n", -1);
  g_autoptr (GString) missing = g_string_new (NULL);

  for (guint i = 0; each[i] != NULL; i++) {
    g_autofree char *unit_id = *each[i] != 0 ? read_unit (each[i]) : NULL;

    if (unit_id != NULL && !manifest_has (self, unit_id))
      g_string_append_printf (missing, "%s\n", each[i]);
  }
  return missing->len == 0 || manifest_append (self, missing->str, error);
}
