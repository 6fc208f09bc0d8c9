/* SPDX-License-Identifier: Apache-2.0 */
/* Which program is behind a bus name. */
#include "gui-gtk/agent/caller.h"

#include <gio/gdesktopappinfo.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "client/text.h"

#define PATIENCE_MS 5000

void
wattle_caller_free (WattleCaller *caller)
{
  g_free (caller->name);
  g_free (caller->program);
  g_free (caller);
}

/* The file that process @pid runs; NULL where we may not know. */
static char *
program_of (guint pid)
{
  g_autofree char *link = g_strdup_printf ("/proc/%u/exe", pid);
  char path[PATH_MAX];
  gssize length = readlink (link, path, sizeof path - 1);

  if (length <= 0)
    return NULL;
  path[length] = '\0';
  return g_strdup (path);
}

/* The desktop entry that the session started the process for: the unit is called
 * "app[-LAUNCHER]-ID[-NUMBER].scope" or "….service" (systemd's desktop
 * environments, "XDG standardization for applications"), with "-" in ID as
 * "\x2d". */
static GDesktopAppInfo *
entry_of_unit (const char *unit)
{
  const char *end = g_str_has_suffix (unit, ".scope") ? strrchr (unit, '.') : strrchr (unit, '@');
  g_autofree char *name = NULL;
  g_auto (GStrv) parts = NULL;

  if (end == NULL)
    end = strrchr (unit, '.');
  if (!g_str_has_prefix (unit, "app-") || end == NULL)
    return NULL;
  name = g_strndup (unit, (gsize)(end - unit));
  parts = g_strsplit (name, "-", -1);
  for (guint i = 1; parts[i] != NULL; i++) {
    g_autofree char *id = g_strcompress (parts[i]);
    g_autofree char *plain = g_strdup_printf ("%s.desktop", id);
    GDesktopAppInfo *entry = g_utf8_validate (plain, -1, NULL) ? g_desktop_app_info_new (plain) : NULL;

    if (entry != NULL)
      return entry;
  }
  return NULL;
}

/* The name of the app that process @pid belongs to; NULL where the session did
 * not note one. */
static char *
app_of (guint pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u/cgroup", pid);
  g_autofree char *text = NULL;
  g_autofree char *unit = NULL;
  g_autoptr (GDesktopAppInfo) entry = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  g_strchomp (text);
  unit = g_path_get_basename (text);
  entry = entry_of_unit (unit);
  return entry != NULL ? g_strdup (g_app_info_get_display_name (G_APP_INFO (entry))) : NULL;
}

static WattleCaller *
describe (guint pid)
{
  WattleCaller *caller = g_new0 (WattleCaller, 1);
  g_autofree char *program = pid != 0 ? program_of (pid) : NULL;
  g_autofree char *app = pid != 0 ? app_of (pid) : NULL;
  g_autofree char *base = program != NULL ? g_path_get_basename (program) : NULL;

  caller->pid = pid;
  caller->program = program != NULL ? wattle_text_clean (program) : NULL;
  if (app != NULL || base != NULL)
    caller->name = wattle_text_clean (app != NULL ? app : base);
  return caller;
}

static void
on_credentials (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) credentials = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
  guint pid = 0;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (credentials != NULL)
    g_variant_lookup (credentials, "ProcessID", "u", &pid);
  g_task_return_pointer (task, describe (pid), (GDestroyNotify)wattle_caller_free);
}

void
wattle_caller_find (GDBusConnection *bus, const char *bus_name, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_dbus_connection_call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "GetConnectionCredentials", g_variant_new ("(s)", bus_name), G_VARIANT_TYPE ("(a{sv})"),
                          G_DBUS_CALL_FLAGS_NONE, PATIENCE_MS, cancellable, on_credentials, task);
}

WattleCaller *
wattle_caller_find_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
