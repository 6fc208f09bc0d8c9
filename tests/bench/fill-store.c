/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts devices into a database, as many set-ups would have left them there:
 *
 *   fill-store DATABASE N PASSPORT
 */
#include <stdlib.h>

#include "daemon/store/devices.h"

static GBytes *
read_file (const char *path)
{
  char *data;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, NULL))
    g_error ("%s cannot be read", path);
  return g_bytes_new_take (data, size);
}

static void
add_device (WattleDatabase *database, guint number, GBytes *passport)
{
  g_autoptr (WattleDeviceRecord) record = wattle_device_record_new ();
  g_autoptr (GError) error = NULL;
  guint8 key[65] = { 4 };

  record->stage = WATTLE_STAGE_OURS;
  g_free (record->name);
  record->name = g_strdup_printf ("Room %u", number);
  g_free (record->unit_id);
  record->unit_id = g_strdup_printf ("GL-%06u", number);
  record->product = 0x00010001;
  g_clear_pointer (&record->public_key, g_bytes_unref);
  record->public_key = g_bytes_new (key, sizeof key);
  g_clear_pointer (&record->passport, g_bytes_unref);
  record->passport = g_bytes_ref (passport);
  g_free (record->firmware_version);
  record->firmware_version = g_strdup ("0.1.0");
  record->set_up_at = record->last_seen = 1770000000 + number;
  if (!wattle_devices_put (database, record, &error))
    g_error ("%s", error->message);
}

int
main (int argc, char **argv)
{
  g_autoptr (WattleDatabase) database = NULL;
  g_autoptr (GBytes) passport = NULL;
  g_autoptr (GError) error = NULL;

  if (argc != 4)
    g_error ("usage: fill-store DATABASE N PASSPORT");
  passport = read_file (argv[3]);
  database = wattle_database_open (argv[1], &error);
  if (database == NULL || !wattle_database_begin (database, &error))
    g_error ("%s", error->message);
  for (int i = 0; i < atoi (argv[2]); i++)
    add_device (database, (guint)i, passport);
  if (!wattle_database_commit (database, &error))
    g_error ("%s", error->message);
  return EXIT_SUCCESS;
}
