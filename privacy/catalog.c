/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads GNU gettext's .mo files (gettext manual, section "The Format of GNU MO
 * Files"), without plural forms, which our named places do without.
 */
#include "privacy/catalog.h"

#include <libintl.h>
#include <string.h>

#define MO_MAGIC 0x950412de
#define MO_HEADER 20 /* bytes that are used of it */
#define MO_MAX_SIZE (16 * 1024 * 1024)

struct _WattleCatalog {
  GMappedFile *file;
  const char *data;
  gsize size;
  gboolean swapped;
  guint32 n, ids, texts; /* number of messages; offsets of the two tables */
};

static guint32
word (const WattleCatalog *self, gsize offset)
{
  guint32 value;

  memcpy (&value, self->data + offset, sizeof value);
  return self->swapped ? GUINT32_SWAP_LE_BE (value) : value;
}

/* The string of entry @index in the table at @table; NULL if it is not inside. */
static const char *
entry (const WattleCatalog *self, guint32 table, guint32 index)
{
  gsize at = (gsize)table + 8 * (gsize)index;
  gsize length = word (self, at), offset = word (self, at + 4);

  if (offset >= self->size || length >= self->size - offset || self->data[offset + length] != '\0')
    return NULL;
  return self->data + offset;
}

static gboolean
check_header (WattleCatalog *self)
{
  gsize tables;

  if (self->size < MO_HEADER || self->size > MO_MAX_SIZE)
    return FALSE;
  self->swapped = word (self, 0) != MO_MAGIC;
  if (word (self, 0) != MO_MAGIC || word (self, 4) >> 16 > 1)
    return FALSE;
  self->n = word (self, 8);
  self->ids = word (self, 12);
  self->texts = word (self, 16);
  tables = 8 * (gsize)self->n;
  return tables <= self->size && self->ids <= self->size - tables && self->texts <= self->size - tables;
}

WattleCatalog *
wattle_catalog_open (const char *domain, const char *language)
{
  g_autoptr (WattleCatalog) self = g_new0 (WattleCatalog, 1);
  g_autofree char *folder = g_strdelimit (g_strdup (language), "-", '_');
  g_autofree char *name = g_strconcat (domain, ".mo", NULL);
  g_autofree char *path = NULL;

  /* Part of a file name, and it may come from a caller. */
  if (*folder == '\0' || strspn (folder, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_") != strlen (folder))
    return NULL;
  path = g_build_filename (bindtextdomain (domain, NULL), folder, "LC_MESSAGES", name, NULL);
  self->file = g_mapped_file_new (path, FALSE, NULL);
  if (!self->file)
    return NULL;
  self->data = g_mapped_file_get_contents (self->file);
  self->size = g_mapped_file_get_length (self->file);
  return check_header (self) ? g_steal_pointer (&self) : NULL;
}

void
wattle_catalog_free (WattleCatalog *self)
{
  g_clear_pointer (&self->file, g_mapped_file_unref);
  g_free (self);
}

const char *
wattle_catalog_lookup (WattleCatalog *self, const char *message)
{
  guint32 low = 0, high = self ? self->n : 0;

  while (low < high) {
    guint32 middle = low + (high - low) / 2;
    const char *id = entry (self, self->ids, middle);
    int order = id ? strcmp (message, id) : -1;
    const char *text;

    if (order == 0) {
      text = entry (self, self->texts, middle);
      return text && *text && g_utf8_validate (text, -1, NULL) ? text : message;
    }
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return message;
}

/* The value that @names gives to the place at @at, "{name}"; NULL if none. */
static const char *
place_value (const char *at, const char *const *names, gsize *length)
{
  for (; names[0]; names += 2) {
    gsize n = strlen (names[0]);

    if (strncmp (at + 1, names[0], n) == 0 && at[n + 1] == '}') {
      *length = n + 2;
      return names[1];
    }
  }
  return NULL;
}

char *
wattle_catalog_format (WattleCatalog *self, const char *message, ...)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *value;
  va_list args;

  va_start (args, message);
  while ((value = va_arg (args, const char *)))
    g_ptr_array_add (names, (gpointer)value);
  va_end (args);
  g_ptr_array_add (names, NULL);
  for (const char *at = wattle_catalog_lookup (self, message); *at;) {
    gsize length = 1;

    value = *at == '{' ? place_value (at, (const char *const *)names->pdata, &length) : NULL;
    if (value)
      g_string_append (out, value);
    else
      g_string_append_c (out, *at);
    at += length;
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
wattle_language_normalize (const char *language)
{
  char *copy;

  if (!language || *language == '\0' || g_str_equal (language, "C") || g_str_has_prefix (language, "C.")
      || g_str_equal (language, "POSIX"))
    return g_strdup ("en");
  copy = g_strndup (language, strcspn (language, ".@"));
  return g_strdelimit (copy, "_", '-');
}

gboolean
wattle_language_widen (char *language)
{
  char *dash = strrchr (language, '-');

  if (dash)
    *dash = '\0';
  return dash != NULL;
}
