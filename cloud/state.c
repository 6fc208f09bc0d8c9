/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service's folder.
 */
#include "cloud/state.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cloud/certificate.h"
#include "cloud/store.h"
#include "common/error.h"

#define FILE_MAX (64 * 1024)

static const char tls_key_name[] = "tls-key.pem";
static const char tls_cert_name[] = "tls-cert.pem";
static const char receipt_key_name[] = "receipt-key.pem";
static const char master_name[] = "master.key";
static const char data_name[] = "data.db";
static const char keys_name[] = "keys.db";
static const char backups_name[] = "backups";
static const char lock_name[] = "lock";

static gboolean
fail_errno (const char *path, GError **error)
{
  int code = errno;

  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE, _ ("%s cannot be used: %s"), path, g_strerror (code));
  return FALSE;
}

/* ------------------------------------------------------------------- making */

static gboolean
write_file (const char *dir, const char *name, gconstpointer data, gsize size, GError **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  int fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  gboolean written = fd >= 0 && write (fd, data, size) == (gssize)size && fsync (fd) == 0;

  if (!written)
    fail_errno (path, error);
  if (fd >= 0)
    close (fd);
  return written;
}

static gboolean
make_dir (const char *dir, GError **error)
{
  g_autoptr (GDir) listing = NULL;

  if (g_mkdir (dir, 0700) == 0)
    return TRUE;
  if (errno != EEXIST)
    return fail_errno (dir, error);
  listing = g_dir_open (dir, 0, error);
  if (!listing)
    return FALSE;
  if (g_dir_read_name (listing)) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE,
                 _ ("%s is there already and is not empty. Choose another folder; nothing was changed."), dir);
    return FALSE;
  }
  return g_chmod (dir, 0700) == 0 || fail_errno (dir, error);
}

static gboolean
make_databases (const char *dir, const WattleKey *master, GError **error)
{
  g_autofree char *data_path = g_build_filename (dir, data_name, NULL);
  g_autofree char *keys_path = g_build_filename (dir, keys_name, NULL);
  g_autofree char *backups = g_build_filename (dir, backups_name, NULL);
  g_autoptr (WattleKeys) keys = NULL;
  g_autoptr (WattleDb) db = NULL;
  WattleRef pair;

  if (g_mkdir (backups, 0700) != 0)
    return fail_errno (backups, error);
  wattle_crypt_random (pair.bytes, sizeof pair.bytes);
  db = wattle_store_open (data_path, WATTLE_DB_CREATE | WATTLE_DB_KEEP_BACKUPS, backups, error);
  if (!db || !wattle_store_set_pair (db, &pair, error))
    return FALSE;
  keys = wattle_keys_open (keys_path, WATTLE_DB_CREATE, backups, master, &pair, error);
  return keys != NULL;
}

gboolean
wattle_state_init (const char *dir, const char *hostname, GError **error)
{
  g_autofree char *tls_key = NULL, *tls_cert = NULL, *receipt_key = NULL;
  g_auto (WattleKey) master = { 0 };

  if (!make_dir (dir, error) || !(tls_key = wattle_certificate_make_key (error))
      || !(tls_cert = wattle_certificate_make (tls_key, hostname, error))
      || !(receipt_key = wattle_certificate_make_key (error)))
    return FALSE;
  wattle_crypt_random (master.bytes, sizeof master.bytes);
  return write_file (dir, tls_key_name, tls_key, strlen (tls_key), error)
         && write_file (dir, tls_cert_name, tls_cert, strlen (tls_cert), error)
         && write_file (dir, receipt_key_name, receipt_key, strlen (receipt_key), error)
         && write_file (dir, master_name, master.bytes, sizeof master.bytes, error)
         && make_databases (dir, &master, error);
}

/* ------------------------------------------------------------------ loading */

/* The owner's alone, and ours.  systemd may give the folder by a link, but no key
 * is one. */
static gboolean
check_private (const char *path, mode_t type, GError **error)
{
  struct stat info;

  if ((type == S_IFDIR ? stat (path, &info) : lstat (path, &info)) != 0)
    return fail_errno (path, error);
  if ((info.st_mode & S_IFMT) == type && info.st_uid == geteuid () && (info.st_mode & 077) == 0)
    return TRUE;
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE,
               _ ("%s has to belong to the service's user and to nobody else. Put it right with: chmod %s %s"), path,
               type == S_IFDIR ? "0700" : "0600", path);
  return FALSE;
}

static char *
read_private (const char *dir, const char *name, gsize *size, GError **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  char *text = NULL;

  if (!check_private (path, S_IFREG, error) || !g_file_get_contents (path, &text, size, error))
    return NULL;
  if (*size > 0 && *size <= FILE_MAX)
    return text;
  g_free (text);
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE, _ ("%s is damaged. Put back a backup of it."), path);
  return NULL;
}

static gboolean
take_lock (WattleState *state, GError **error)
{
  g_autofree char *path = g_build_filename (state->dir, lock_name, NULL);

  state->lock = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (state->lock < 0)
    return fail_errno (path, error);
  if (flock (state->lock, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_BUSY, _ ("Another wattle-cloud is using %s. Stop that one first."),
               state->dir);
  return FALSE;
}

static gboolean
read_master (WattleState *state, GError **error)
{
  gsize size = 0;
  g_autofree char *bytes = read_private (state->dir, master_name, &size, error);
  gboolean right = bytes && size == sizeof state->master.bytes;

  if (right)
    memcpy (state->master.bytes, bytes, size);
  else if (bytes)
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE, _ ("%s is damaged. Put back a backup of it."), master_name);
  if (bytes)
    gnutls_memset (bytes, 0, size);
  return right;
}

WattleState *
wattle_state_load (const char *dir, GError **error)
{
  g_autoptr (WattleState) state = g_new0 (WattleState, 1);
  g_autofree char *receipt_key = NULL;
  gsize size;

  state->dir = g_strdup (dir);
  state->lock = -1;
  if (!check_private (dir, S_IFDIR, error) || !take_lock (state, error)
      || !(state->tls_key = read_private (dir, tls_key_name, &size, error))
      || !(state->tls_cert = read_private (dir, tls_cert_name, &size, error))
      || !(receipt_key = read_private (dir, receipt_key_name, &size, error)) || !read_master (state, error)
      || !(state->receipt_key = wattle_receipt_key_new (receipt_key, error)))
    return NULL;
  gnutls_memset (receipt_key, 0, strlen (receipt_key));
  return g_steal_pointer (&state);
}

void
wattle_state_free (WattleState *state)
{
  if (state->lock >= 0)
    close (state->lock);
  if (state->tls_key)
    gnutls_memset (state->tls_key, 0, strlen (state->tls_key));
  g_free (state->tls_key);
  g_free (state->tls_cert);
  wattle_key_clear (&state->master);
  g_clear_pointer (&state->receipt_key, wattle_receipt_key_free);
  g_free (state->dir);
  g_free (state);
}

gboolean
wattle_state_open (WattleState *state, WattleDb **db, WattleKeys **keys, GError **error)
{
  g_autofree char *data_path = g_build_filename (state->dir, data_name, NULL);
  g_autofree char *keys_path = g_build_filename (state->dir, keys_name, NULL);
  g_autofree char *backups = g_build_filename (state->dir, backups_name, NULL);
  g_autoptr (WattleDb) data = NULL;
  WattleRef pair;

  /* keys.db alone would do nothing, but it must not be readable either. */
  if (!check_private (data_path, S_IFREG, error) || !check_private (keys_path, S_IFREG, error)
      || !(data = wattle_store_open (data_path, WATTLE_DB_KEEP_BACKUPS, backups, error))
      || !wattle_store_get_pair (data, &pair, error)
      || !(*keys = wattle_keys_open (keys_path, 0, backups, &state->master, &pair, error)))
    return FALSE;
  *db = g_steal_pointer (&data);
  return TRUE;
}

JsonObject *
wattle_state_info (WattleState *state, GError **error)
{
  g_autofree char *pin = wattle_certificate_pin (state->tls_cert, error);
  JsonObject *info;

  if (!pin)
    return NULL;
  info = json_object_new ();
  json_object_set_string_member (info, "spki_sha256", pin);
  json_object_set_object_member (info, "receipt_key", wattle_receipt_key_to_jwk (state->receipt_key));
  return info;
}
