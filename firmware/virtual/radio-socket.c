/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The radio as a directory in which companions look for devices.
 */
#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "firmware/virtual/packet-socket.h"
#include "firmware/virtual/radio-private.h"

typedef struct {
  Radio radio;
  char *socket_path;
  char *advert_path;
  int listen_fd;
  guint listen_source;
  PacketSocket *companion; /* NULL = none */
} SocketRadio;

/* --- the advertisement --- */

static void
socket_advertise (Radio *radio)
{
  SocketRadio *self = (SocketRadio *)radio;
  g_autofree char *fresh = g_strconcat (self->advert_path, ".new", NULL);
  guint8 advert[WTL_ADVERT_SIZE + 2];

  memcpy (advert, radio->advert, WTL_ADVERT_SIZE);
  advert[WTL_ADVERT_SIZE] = (guint8)(radio->options->mtu >> 8);
  advert[WTL_ADVERT_SIZE + 1] = (guint8)radio->options->mtu;
  if (!g_file_set_contents_full (fresh, (const char *)advert, sizeof advert, G_FILE_SET_CONTENTS_NONE, 0600, NULL)
      || g_rename (fresh, self->advert_path) != 0)
    g_printerr (_ ("The advertisement %s could not be written.\n"), self->advert_path);
}

/* --- the connection --- */

static void
socket_hang_up (Radio *radio)
{
  g_clear_pointer (&((SocketRadio *)radio)->companion, packet_socket_close);
}

static void
on_received (gpointer user_data, const guint8 *packet, gsize len)
{
  radio_received (user_data, packet, len);
}

static void
on_closed (gpointer user_data)
{
  radio_lost (user_data);
}

static const PacketSocketHandlers companion_handlers = { on_received, on_closed };

static void
socket_send (Radio *radio, const guint8 *packet, gsize len)
{
  packet_socket_send (((SocketRadio *)radio)->companion, packet, len);
}

static gboolean
socket_is_full (Radio *radio)
{
  return packet_socket_is_full (((SocketRadio *)radio)->companion);
}

/* --- companions come --- */

static gboolean
on_connection (int listen_fd, GIOCondition condition, gpointer user_data)
{
  SocketRadio *self = user_data;
  int fd = accept4 (listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (fd < 0)
    return G_SOURCE_CONTINUE;
  /* The one before may have hung up without our having read that yet. */
  if (self->companion != NULL && packet_socket_is_gone (self->companion))
    radio_lost (&self->radio);
  if (self->companion != NULL) {
    close (fd);
    return G_SOURCE_CONTINUE;
  }
  self->companion = packet_socket_new (fd, &companion_handlers, self);
  if (!radio_connected (&self->radio, (gsize)self->radio.options->mtu))
    socket_hang_up (&self->radio);
  return G_SOURCE_CONTINUE;
}

/* A socket that nobody answers at is left from a power cut. */
static gboolean
is_in_use (const struct sockaddr_un *address)
{
  int fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  gboolean in_use = fd >= 0 && connect (fd, (const struct sockaddr *)address, sizeof *address) == 0;

  if (fd >= 0)
    close (fd);
  return in_use;
}

static gboolean
start_listening (SocketRadio *self, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  if (strlen (self->socket_path) >= sizeof address.sun_path) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG,
                 _ ("The path %s is too long for a socket. Choose a shorter one with --links."), self->socket_path);
    return FALSE;
  }
  memcpy (address.sun_path, self->socket_path, strlen (self->socket_path));
  if (is_in_use (&address)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
                 _ ("Another device is called %s. Choose another name with --name."), self->radio.options->name);
    return FALSE;
  }
  unlink (self->socket_path);
  self->listen_fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (self->listen_fd < 0 || bind (self->listen_fd, (struct sockaddr *)&address, sizeof address) != 0
      || listen (self->listen_fd, 4) != 0) {
    int code = errno;

    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("The socket %s cannot be used: %s"),
                 self->socket_path, g_strerror (code));
    return FALSE;
  }
  self->listen_source = g_unix_fd_add (self->listen_fd, G_IO_IN, on_connection, self);
  return TRUE;
}

static gboolean
socket_enter (Radio *radio, GError **error)
{
  if (!start_listening ((SocketRadio *)radio, error))
    return FALSE;
  if (radio->has_advert)
    socket_advertise (radio);
  return TRUE;
}

static void
socket_vanish (Radio *radio)
{
  SocketRadio *self = (SocketRadio *)radio;

  unlink (self->advert_path);
  unlink (self->socket_path);
}

static void
socket_leave (Radio *radio)
{
  SocketRadio *self = (SocketRadio *)radio;

  g_clear_handle_id (&self->listen_source, g_source_remove);
  close (self->listen_fd);
  self->listen_fd = -1;
  socket_vanish (radio);
}

static void
socket_free (Radio *radio)
{
  SocketRadio *self = (SocketRadio *)radio;

  g_clear_handle_id (&self->listen_source, g_source_remove);
  if (self->listen_fd >= 0)
    close (self->listen_fd);
  g_free (self->socket_path);
  g_free (self->advert_path);
  g_free (self);
}

static const RadioKind socket_kind = {
  .enter = socket_enter,
  .leave = socket_leave,
  .vanish = socket_vanish,
  .advertise = socket_advertise,
  .send = socket_send,
  .is_full = socket_is_full,
  .hang_up = socket_hang_up,
  .free = socket_free,
};

Radio *
radio_socket_new (const Options *options, GError **error)
{
  SocketRadio *self;

  if (g_mkdir_with_parents (options->links, 0700) != 0) {
    int code = errno;

    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("The directory %s cannot be used: %s"),
                 options->links, g_strerror (code));
    return NULL;
  }
  self = g_new0 (SocketRadio, 1);
  self->radio.kind = &socket_kind;
  self->listen_fd = -1;
  self->socket_path = g_strdup_printf ("%s/%s.sock", options->links, options->name);
  self->advert_path = g_strdup_printf ("%s/%s.advert", options->links, options->name);
  return &self->radio;
}
