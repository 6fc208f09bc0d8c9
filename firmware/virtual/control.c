/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket.
 */
#include "firmware/virtual/control.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define LINE_MAX_BYTES 256

struct _Control {
  GSocketService *service;
  char *path;
  ControlHandler handler;
  gpointer user_data;
};

/* One who sends commands; freed when the connection ends. */
typedef struct {
  Control *control;
  GSocketConnection *connection;
  char line[LINE_MAX_BYTES];
  gsize len;
} Client;

static void read_more (Client *client);

static void
client_free (Client *client)
{
  g_io_stream_close (G_IO_STREAM (client->connection), NULL, NULL);
  g_object_unref (client->connection);
  g_free (client);
}

static gboolean
reply (Client *client, const char *line)
{
  g_auto (GStrv) words = g_strsplit_set (line, " \t\r", -1);
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = NULL;
  g_autofree char *text = NULL;
  guint kept = 0;

  for (guint i = 0; words[i] != NULL; i++) {
    if (*words[i] != 0)
      words[kept++] = words[i];
    else
      g_free (words[i]);
  }
  words[kept] = NULL;
  if (kept == 0)
    return TRUE;
  answer = client->control->handler (client->control->user_data, words, &error);
  if (answer == NULL)
    text = g_strdup_printf ("error: %s\n", error->message);
  else
    text = g_strdup_printf (*answer != 0 ? "ok %s\n" : "ok%s\n", answer);
  return g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (client->connection)), text,
                                    strlen (text), NULL, NULL, NULL);
}

/* Every whole line that has come. */
static gboolean
take_lines (Client *client)
{
  char *end;

  while ((end = memchr (client->line, '\n', client->len)) != NULL) {
    gsize used = (gsize)(end - client->line) + 1;

    *end = 0;
    if (!reply (client, client->line))
      return FALSE;
    client->len -= used;
    memmove (client->line, client->line + used, client->len);
  }
  return client->len < sizeof client->line;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Client *client = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n > 0) {
    client->len += (gsize)n;
    if (take_lines (client)) {
      read_more (client);
      return;
    }
  }
  client_free (client);
}

static void
read_more (Client *client)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (client->connection)),
                             client->line + client->len, sizeof client->line - client->len, G_PRIORITY_DEFAULT, NULL,
                             on_read, client);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  Client *client = g_new0 (Client, 1);

  client->control = user_data;
  client->connection = g_object_ref (connection);
  g_socket_set_timeout (g_socket_connection_get_socket (connection), 0);
  read_more (client);
  return TRUE;
}

Control *
control_new (const char *path, ControlHandler handler, gpointer user_data, GError **error)
{
  g_autoptr (Control) self = g_new0 (Control, 1);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  mode_t mask;
  gboolean ok;

  self->service = g_socket_service_new ();
  self->handler = handler;
  self->user_data = user_data;
  g_unlink (path);
  mask = umask (0077); /* the owner's alone */
  ok = g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, error);
  umask (mask);
  if (!ok) {
    g_prefix_error (error, _ ("The control socket %s cannot be used: "), path);
    return NULL;
  }
  self->path = g_strdup (path);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return g_steal_pointer (&self);
}

void
control_free (Control *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  if (self->path != NULL)
    g_unlink (self->path);
  g_free (self->path);
  g_free (self);
}
