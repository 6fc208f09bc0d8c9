/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the tests of the store: databases in folders of their own.
 */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "daemon/store/devices.h"

typedef struct {
  char *folder;
  char *path; /* of the database, in a folder that does not exist yet */
} TestFolder;

static inline void
test_folder_remove (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *full = g_build_filename (path, name, NULL);

    if (g_file_test (full, G_FILE_TEST_IS_DIR) && !g_file_test (full, G_FILE_TEST_IS_SYMLINK))
      test_folder_remove (full);
    else
      g_unlink (full);
  }
  g_rmdir (path);
}

static inline void
test_folder_set_up (TestFolder *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("wattle-store-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  self->path = g_build_filename (self->folder, "wattle", "wattle.db", NULL);
}

static inline void
test_folder_tear_down (TestFolder *self, gconstpointer data)
{
  test_folder_remove (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

static inline WattleDatabase *
test_open (const char *path)
{
  g_autoptr (GError) error = NULL;
  WattleDatabase *database = wattle_database_open (path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (database);
  return database;
}

/* A device with everything set. */
static inline WattleDeviceRecord *
test_device (const char *name, const char *passport)
{
  WattleDeviceRecord *record = wattle_device_record_new ();
  guint8 key[65] = { 4, 1, 2, 3 };

  g_free (record->name);
  record->name = g_strdup (name);
  g_free (record->unit_id);
  record->unit_id = g_strdup ("GL-0001");
  record->product = 0x00010001;
  record->public_key = g_bytes_new (key, sizeof key);
  record->passport = g_bytes_new (passport, strlen (passport));
  record->owner_slot = 1;
  g_free (record->firmware_version);
  record->firmware_version = g_strdup ("1.0.0");
  record->set_up_at = 1700000000;
  record->last_seen = 1700000100;
  record->cloud_origin = g_strdup ("https://127.0.0.1:1");
  record->cloud_account = g_strdup ("account");
  record->cloud_claimed = TRUE;
  record->consent_version = 3;
  record->decisions = g_strdup ("{\"cloud-history\":true}");
  return record;
}
