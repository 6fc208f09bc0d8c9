/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service put together.
 *
 * Start-up: the session bus is reached in GIO's thread while the database is
 * opened here.  Everything is on the bus before the name is asked for, so that
 * whoever starts us by a call finds what they call.  A database that cannot be
 * opened does not keep the service away: Problems says what is wrong.
 */
#include "daemon/daemon.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <malloc.h>
#include <stdlib.h>

#include "daemon/bus/bus.h"
#include "daemon/bus/paths.h"
#include "daemon/bus/support-notifier.h"
#include "daemon/device/registry.h"
#include "daemon/device/sleep.h"
#include "daemon/link/bluez/source.h"
#include "daemon/link/socket-source.h"

#define SETTLED_AFTER 2 /* seconds */

typedef struct {
  const WattleDaemonOptions *options;
  GMainLoop *loop;
  GDBusConnection *connection;
  WattleDatabase *database;
  GError *database_error;
  WattleServices *services;
  WattleRegistry *registry;
  WattleSleep *sleep;
  WattleBus *bus;
  WattleSupportNotifier *notifier;
  guint name_id;
  guint settle_id;
  int status;
} Daemon;

static void
stop (Daemon *self, int status)
{
  self->status = status;
  g_main_loop_quit (self->loop);
}

static gboolean
on_stop_signal (gpointer user_data)
{
  stop (user_data, EXIT_SUCCESS);
  return G_SOURCE_CONTINUE;
}

static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer user_data)
{
  g_printerr (_ ("wattled: Wattle is running already in this session. Nothing was changed.\n"));
  stop (user_data, EXIT_FAILURE);
}

static void
open_database (Daemon *self)
{
  g_autofree char *path
      = self->options->database != NULL ? g_strdup (self->options->database) : wattle_database_default_path ();

  self->database = wattle_database_open (path, &self->database_error);
  if (self->database == NULL)
    g_printerr ("wattled: %s\n", self->database_error->message);
}

static void
start_registry (Daemon *self, GDBusConnection *connection)
{
  g_autoptr (WattleKeyring) keyring = wattle_keyring_new (connection);
  g_autofree char *links
      = self->options->links != NULL ? g_strdup (self->options->links) : wattle_socket_source_default_directory ();
  g_autoptr (WattleLinkSource) sockets = wattle_socket_source_new (links);

  self->services = wattle_services_new (self->database, self->database_error, keyring);
  self->registry = wattle_registry_new (self->services);
  wattle_registry_add_source (self->registry, sockets);
  if (g_strcmp0 (self->options->adapter, "none") != 0) {
    g_autoptr (WattleLinkSource) bluetooth = wattle_bluez_source_new (self->options->adapter);

    wattle_registry_add_source (self->registry, bluetooth);
  }
  wattle_registry_start (self->registry);
}

/* Starting takes memory for a moment; a service that is there all day gives it
 * back. */
static gboolean
on_settled (gpointer user_data)
{
  Daemon *self = user_data;

  self->settle_id = 0;
  self->notifier = wattle_support_notifier_new (self->connection, self->services, self->registry);
  if (self->database != NULL)
    wattle_database_release_memory (self->database);
#ifdef __GLIBC__
  malloc_trim (0);
#endif
  return G_SOURCE_REMOVE;
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Daemon *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, &error);

  if (connection != NULL) {
    self->connection = g_object_ref (connection);
    start_registry (self, connection);
    self->bus = wattle_bus_new (connection, self->services, self->registry, &error);
  }
  if (self->bus == NULL) {
    g_printerr (_ ("wattled: The session bus cannot be used: %s\n"), error->message);
    stop (self, EXIT_FAILURE);
    return;
  }
  self->name_id = g_bus_own_name_on_connection (connection, WATTLE_BUS_NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, NULL,
                                                on_name_lost, self, NULL);
  self->sleep = wattle_sleep_new (self->registry);
  self->settle_id = g_timeout_add_seconds (SETTLED_AFTER, on_settled, self);
}

int
wattle_daemon_run (const WattleDaemonOptions *options)
{
  Daemon self = { .options = options };
  guint signals[2];

  self.loop = g_main_loop_new (NULL, FALSE);
  signals[0] = g_unix_signal_add (SIGTERM, on_stop_signal, &self);
  signals[1] = g_unix_signal_add (SIGINT, on_stop_signal, &self);
  g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus, &self);
  open_database (&self);
  g_main_loop_run (self.loop);

  g_clear_handle_id (&self.settle_id, g_source_remove);
  if (self.sleep != NULL)
    g_object_run_dispose (G_OBJECT (self.sleep));
  g_clear_object (&self.sleep);
  if (self.registry != NULL)
    wattle_registry_stop (self.registry);
  if (self.name_id != 0)
    g_bus_unown_name (self.name_id);
  g_clear_object (&self.notifier);
  g_clear_object (&self.bus);
  g_clear_object (&self.registry);
  g_clear_object (&self.services);
  g_clear_object (&self.database);
  g_clear_object (&self.connection);
  g_clear_error (&self.database_error);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_source_remove (signals[i]);
  g_main_loop_unref (self.loop);
  return self.status;
}
