/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service put together.
 *
 * Start-up: the session bus is reached in GIO's thread while the database is
 * opened and read here.  What we know is on the bus before the name is asked
 * for, so that whoever starts us by a call finds what they call.  What goes on
 * outside (links, the keyring, the cloud) begins after that.  A database that cannot be
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
  WattleKeyring *keyring;
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
add_source (Daemon *self, WattleLinkSource *taken)
{
  g_autoptr (WattleLinkSource) source = taken;

  wattle_registry_add_source (self->registry, source);
}

static void
load_registry (Daemon *self)
{
  g_autofree char *links
      = self->options->links != NULL ? g_strdup (self->options->links) : wattle_socket_source_default_directory ();

  self->keyring = wattle_keyring_new (NULL);
  self->services = wattle_services_new (self->database, self->database_error, self->keyring);
  self->registry = wattle_registry_new (self->services);
  add_source (self, wattle_socket_source_new (links));
  if (g_strcmp0 (self->options->adapter, "none") != 0)
    add_source (self, wattle_bluez_source_new (self->options->adapter));
  wattle_registry_load (self->registry);
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

  self->connection = g_bus_get_finish (result, &error);
  if (self->connection != NULL)
    self->bus = wattle_bus_new (self->connection, self->services, self->registry, &error);
  if (self->bus == NULL) {
    g_printerr (_ ("wattled: The session bus cannot be used: %s\n"), error->message);
    stop (self, EXIT_FAILURE);
    return;
  }
  self->name_id = g_bus_own_name_on_connection (self->connection, WATTLE_BUS_NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE,
                                                NULL, on_name_lost, self, NULL);
  wattle_keyring_connect (self->keyring, self->connection);
  wattle_registry_start (self->registry);
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
  load_registry (&self);
  g_main_loop_run (self.loop);

  g_clear_handle_id (&self.settle_id, g_source_remove);
  if (self.sleep != NULL)
    g_object_run_dispose (G_OBJECT (self.sleep));
  g_clear_object (&self.sleep);
  wattle_registry_stop (self.registry);
  if (self.name_id != 0)
    g_bus_unown_name (self.name_id);
  g_clear_object (&self.notifier);
  g_clear_object (&self.bus);
  g_clear_object (&self.registry);
  g_clear_object (&self.services);
  g_clear_object (&self.keyring);
  g_clear_object (&self.database);
  g_clear_object (&self.connection);
  g_clear_error (&self.database_error);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_source_remove (signals[i]);
  g_main_loop_unref (self.loop);
  return self.status;
}
