/* SPDX-License-Identifier: Apache-2.0 */
/* The service and its objects. */
#include "cli/client.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/loop.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "client/words.h"
#include "common/error.h"

#define BUS_NAME "org.wattle.Companion"
#define ROOT_PATH "/org/wattle/Companion"

/* A call may ask a person, or wait for a device that is slow to come: Ctrl-C
 * ends it, and the bus tells at once when the service is gone. */
#define PATIENT G_MAXINT

static gboolean
connect_bus (GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &local);

  if (bus != NULL) {
    g_dbus_connection_set_exit_on_close (bus, FALSE);
    return TRUE;
  }
  g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NO_SERVICE,
                       _ ("There is no session to talk to Wattle's service in. Run wattle as yourself, without sudo, "
                          "in a session that you are logged in to."));
  return FALSE;
}

/* Only what is told by another program's failure gets here, so it names the cause. */
static void
explain_start (GError **error, const GError *cause)
{
  g_autoptr (GError) copy = g_error_copy (cause);

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, g_steal_pointer (&copy));
    return;
  }
  g_dbus_error_strip_remote_error (copy);
  g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NO_SERVICE,
               _ ("Wattle's service did not start: %s. “journalctl --user -u wattled” tells more."), copy->message);
}

gboolean
wattle_client_connect (WattleCli *cli, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GAsyncResult) objects = NULL, manager = NULL;
  g_autofree char *owner = NULL;

  wattle_error_quark (); /* from now on errors of the service are known as such */
  if (!connect_bus (error))
    return FALSE;

  wattle_bus_object_manager_client_new_for_bus (G_BUS_TYPE_SESSION, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_NONE, BUS_NAME,
                                                ROOT_PATH, cli->cancellable, wattle_loop_done, &objects);
  wattle_loop_wait (cli, &objects);
  cli->objects = wattle_bus_object_manager_client_new_for_bus_finish (objects, &cause);
  if (cli->objects != NULL) {
    wattle_bus_manager_proxy_new_for_bus (G_BUS_TYPE_SESSION, G_DBUS_PROXY_FLAGS_NONE, BUS_NAME, ROOT_PATH,
                                          cli->cancellable, wattle_loop_done, &manager);
    wattle_loop_wait (cli, &manager);
    cli->manager = wattle_bus_manager_proxy_new_for_bus_finish (manager, &cause);
  }
  if (cli->manager == NULL) {
    explain_start (error, cause);
    return FALSE;
  }

  owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (cli->manager));
  if (owner == NULL) {
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NO_SERVICE,
                         _ ("Wattle's service does not run and could not be started. "
                            "Start it with “systemctl --user start wattled” and try again."));
    return FALSE;
  }
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (cli->manager), PATIENT);
  return TRUE;
}

void
wattle_client_disconnect (WattleCli *cli)
{
  g_clear_object (&cli->manager);
  g_clear_object (&cli->objects);
}

static gboolean
begins (const char *text, const char *beginning)
{
  g_autofree char *a = g_utf8_casefold (text, -1);
  g_autofree char *b = g_utf8_casefold (beginning, -1);

  return g_str_has_prefix (a, b);
}

static gboolean
same (const char *text, const char *other)
{
  return begins (text, other) && begins (other, text);
}

static guint
count_matches (const char *text, const WattleNames *names, guint count, gboolean (*fits) (const char *, const char *),
               int *last)
{
  guint found = 0;

  for (guint i = 0; i < count; i++) {
    if (fits (names[i].id, text) || fits (names[i].name, text) || fits (names[i].unit, text)) {
      *last = (int)i;
      found++;
    }
  }
  return found;
}

int
wattle_client_match (const char *text, const WattleNames *names, guint count, GError **error)
{
  g_autofree char *clean = wattle_text_clean (text);
  guint found = 0;
  int last = -1;

  if (*text != '\0') {
    found = count_matches (text, names, count, same, &last);
    if (found == 0)
      found = count_matches (text, names, count, begins, &last);
  }
  if (found == 1)
    return last;
  if (found == 0)
    g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NOT_FOUND, _ ("Nothing here is called “%s”."), clean);
  else
    g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NOT_FOUND,
                 _ ("“%s” fits more than one. Type more of the name, or the id."), clean);
  return -1;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  WattleBusDevice *one = wattle_bus_object_peek_device (*(WattleBusObject *const *)a);
  WattleBusDevice *other = wattle_bus_object_peek_device (*(WattleBusObject *const *)b);
  int order = g_utf8_collate (wattle_bus_device_get_name (one), wattle_bus_device_get_name (other));

  return order != 0 ? order : g_strcmp0 (wattle_bus_device_get_id (one), wattle_bus_device_get_id (other));
}

/* An answer without a property leaves NULL in the proxy. */
static gboolean
is_complete (WattleBusObject *object)
{
  WattleBusDevice *device = wattle_bus_object_peek_device (object);

  return device != NULL && wattle_bus_device_get_id (device) != NULL && wattle_bus_device_get_name (device) != NULL
         && wattle_bus_device_get_unit_id (device) != NULL && wattle_bus_object_peek_consent (object) != NULL
         && wattle_bus_object_peek_wipe (object) != NULL;
}

static void
make_patient (WattleBusObject *object)
{
  g_autolist (GDBusInterface) all = g_dbus_object_get_interfaces (G_DBUS_OBJECT (object));

  for (GList *l = all; l != NULL; l = l->next)
    g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (l->data), PATIENT);
}

GPtrArray *
wattle_client_list_devices (WattleCli *cli)
{
  GPtrArray *devices = g_ptr_array_new_with_free_func (g_object_unref);
  g_autolist (GDBusObject) all = g_dbus_object_manager_get_objects (cli->objects);

  for (GList *l = all; l != NULL; l = l->next) {
    if (is_complete (l->data)) {
      make_patient (l->data);
      g_ptr_array_add (devices, g_object_ref (l->data));
    }
  }
  g_ptr_array_sort (devices, by_name);
  return devices;
}

static int
choose_device (WattleCli *cli, const WattleNames *names, guint count, GError **error)
{
  g_autoptr (GPtrArray) choices = g_ptr_array_new_with_free_func (g_free);
  guint chosen;

  for (guint i = 0; i < count; i++)
    g_ptr_array_add (choices, wattle_text_clean (names[i].name));
  g_ptr_array_add (choices, NULL);
  if (!wattle_terminal_ask_choice (cli, _ ("Which device?"), (const char *const *)choices->pdata, &chosen, error))
    return -1;
  return (int)chosen;
}

WattleBusObject *
wattle_client_find_device (WattleCli *cli, const char *text, GError **error)
{
  g_autoptr (GPtrArray) devices = wattle_client_list_devices (cli);
  g_autofree WattleNames *names = g_new0 (WattleNames, devices->len + 1);
  int index = -1;

  for (guint i = 0; i < devices->len; i++) {
    WattleBusDevice *device = wattle_bus_object_peek_device (devices->pdata[i]);

    names[i].id = wattle_bus_device_get_id (device);
    names[i].name = wattle_bus_device_get_name (device);
    names[i].unit = wattle_bus_device_get_unit_id (device);
  }

  if (text != NULL)
    index = wattle_client_match (text, names, devices->len, error);
  else if (devices->len == 0)
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NOT_FOUND,
                         _ ("You have no device yet. “wattle setup” adds one."));
  else if (devices->len == 1)
    index = 0;
  else if (wattle_terminal_is_interactive (cli))
    index = choose_device (cli, names, devices->len, error);
  else
    g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE,
                         _ ("You have more than one device. Say which: “wattle list” shows them."));

  return index >= 0 ? g_object_ref (devices->pdata[index]) : NULL;
}

WattleBusObject *
wattle_client_open_device (WattleCli *cli, char **arguments, guint least, guint most, GError **error)
{
  if (!wattle_command_check_arguments (arguments, least, most, error) || !wattle_client_connect (cli, error))
    return NULL;
  return wattle_client_find_device (cli, arguments[0], error);
}

WattleBusObject *
wattle_client_get_object (WattleCli *cli, const char *path)
{
  GDBusObject *object = g_variant_is_object_path (path) ? g_dbus_object_manager_get_object (cli->objects, path) : NULL;

  if (object != NULL)
    make_patient (WATTLE_BUS_OBJECT (object));
  return object != NULL ? WATTLE_BUS_OBJECT (object) : NULL;
}

GVariant *
wattle_client_get_property (WattleCli *cli, gpointer proxy, const char *name)
{
  GDBusConnection *bus = g_dbus_proxy_get_connection (proxy);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) reply = NULL;
  GVariant *value = NULL;

  g_dbus_connection_call (bus, g_dbus_proxy_get_name (proxy), g_dbus_proxy_get_object_path (proxy),
                          "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", g_dbus_proxy_get_interface_name (proxy), name), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  reply = g_dbus_connection_call_finish (bus, result, NULL);
  if (reply != NULL)
    g_variant_get (reply, "(v)", &value);
  return value;
}

WattleBusPassport *
wattle_client_get_passport (WattleCli *cli, const char *path, GError **error)
{
  g_autoptr (WattleBusObject) object = path != NULL ? wattle_client_get_object (cli, path) : NULL;
  WattleBusPassport *passport = object != NULL ? wattle_bus_object_get_passport (object) : NULL;

  if (passport == NULL)
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_PASSPORT,
                         _ ("There is no passport for this device, so Wattle cannot say what it does."));
  return passport;
}

char *
wattle_client_notice_language (const char *wanted)
{
  g_autofree char *ours = g_strdup (g_get_language_names ()[0]);

  if (wanted != NULL)
    return g_strdup (wanted);
  ours[strcspn (ours, ".@")] = '\0'; /* "de_AT.UTF-8" is "de_AT" */
  return g_strdup (g_str_equal (ours, "C") || g_str_equal (ours, "POSIX") ? "" : ours);
}

GVariant *
wattle_client_get_notice (WattleCli *cli, WattleBusPassport *passport, const char *language, GError **error)
{
  g_autofree char *wanted = wattle_client_notice_language (language);
  g_autoptr (GAsyncResult) result = NULL;
  GVariant *sections = NULL;

  wattle_bus_passport_call_get_notice (passport, wanted, cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  wattle_bus_passport_call_get_notice_finish (passport, &sections, result, error);
  return sections;
}
