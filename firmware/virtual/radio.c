/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The radio: a directory in which companions look for devices.
 */
#include "firmware/virtual/radio.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "firmware/virtual/faults.h"

#define PACKET_MAX 512
#define QUEUE_MAX 256 /* packets the companion has not taken yet */
#define BURST 16      /* packets read before others get a turn */

struct _Radio {
  const Options *options;
  const RadioHandlers *handlers;
  gpointer user_data;
  char *socket_path;
  char *advert_path;
  guint8 advert[WTL_ADVERT_SIZE + 2];
  gboolean has_advert;
  gboolean in_range;
  int packets_left; /* until it walks out of range; -1 = never */
  guint leave_source;
  guint back_source;

  int listen_fd;
  guint listen_source;
  int fd; /* the companion's; -1 = none */
  guint in_source;
  guint out_source;
  GQueue queue; /* of GBytes */
  Faults in, out;
};

static void
clear_source (guint *source)
{
  if (*source != 0)
    g_source_remove (*source);
  *source = 0;
}

/* --- the advertisement --- */

static void
publish (Radio *self)
{
  g_autofree char *fresh = g_strconcat (self->advert_path, ".new", NULL);

  if (!self->in_range || !self->has_advert)
    return;
  if (!g_file_set_contents_full (fresh, (const char *)self->advert, sizeof self->advert, G_FILE_SET_CONTENTS_NONE, 0600,
                                 NULL)
      || g_rename (fresh, self->advert_path) != 0)
    g_printerr (_ ("The advertisement %s could not be written.\n"), self->advert_path);
}

void
radio_advertise (Radio *self, const guint8 advert[WTL_ADVERT_SIZE])
{
  memcpy (self->advert, advert, WTL_ADVERT_SIZE);
  self->advert[WTL_ADVERT_SIZE] = (guint8)(self->options->mtu >> 8);
  self->advert[WTL_ADVERT_SIZE + 1] = (guint8)self->options->mtu;
  self->has_advert = TRUE;
  publish (self);
}

/* --- the connection --- */

void
radio_hang_up (Radio *self)
{
  guint8 rest[PACKET_MAX];

  if (self->fd < 0)
    return;
  clear_source (&self->in_source);
  clear_source (&self->out_source);
  g_queue_clear_full (&self->queue, (GDestroyNotify)g_bytes_unref);
  faults_reset (&self->in);
  faults_reset (&self->out);
  /* Closing with unread packets would make the other side lose what was said
   * last, such as why it was refused. */
  while (recv (self->fd, rest, sizeof rest, MSG_DONTWAIT) > 0)
    ;
  close (self->fd);
  self->fd = -1;
}

static void
lose_companion (Radio *self)
{
  if (self->fd < 0)
    return;
  radio_hang_up (self);
  self->handlers->disconnected (self->user_data);
}

static gboolean
on_back (gpointer user_data)
{
  Radio *self = user_data;
  g_autoptr (GError) error = NULL;

  self->back_source = 0;
  if (!radio_set_in_range (self, TRUE, &error))
    g_printerr ("%s\n", error->message);
  return G_SOURCE_REMOVE;
}

static gboolean
on_leave (gpointer user_data)
{
  Radio *self = user_data;

  self->leave_source = 0;
  self->packets_left = -1;
  radio_set_in_range (self, FALSE, NULL);
  if (self->options->back_after > 0)
    self->back_source = g_timeout_add ((guint)self->options->back_after, on_back, self);
  return G_SOURCE_REMOVE;
}

/* Whether a packet still gets through.  The link goes later, because the core
 * may be in the middle of an answer. */
static gboolean
use_packet (Radio *self)
{
  if (self->packets_left < 0)
    return TRUE;
  if (self->packets_left == 0)
    return FALSE;
  self->packets_left--;
  if (self->packets_left == 0)
    self->leave_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_leave, self, NULL);
  return TRUE;
}

static void
take_packet (gpointer user_data, const guint8 *packet, gsize len)
{
  Radio *self = user_data;

  if (self->fd >= 0 && use_packet (self))
    self->handlers->packet (self->user_data, packet, len);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Radio *self = user_data;

  for (int i = 0; i < BURST && self->fd == fd; i++) {
    guint8 packet[PACKET_MAX];
    ssize_t n = recv (fd, packet, sizeof packet, MSG_DONTWAIT | MSG_TRUNC);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno == EAGAIN)
      return G_SOURCE_CONTINUE;
    if (n <= 0 || n > PACKET_MAX)
      lose_companion (self);
    else
      faults_pass (&self->in, packet, (gsize)n, take_packet, self);
  }
  /* Where the connection ended, its source is gone already. */
  return G_SOURCE_CONTINUE;
}

/* Whether @packet went out: 1, waits: 0, or never will: -1. */
static int
send_now (Radio *self, GBytes *packet)
{
  gsize len;
  gconstpointer data = g_bytes_get_data (packet, &len);
  ssize_t n;

  do
    n = send (self->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n >= 0)
    return 1;
  return errno == EAGAIN || errno == ENOBUFS ? 0 : -1;
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  Radio *self = user_data;

  while (!g_queue_is_empty (&self->queue)) {
    int sent = send_now (self, g_queue_peek_head (&self->queue));

    if (sent == 0)
      return G_SOURCE_CONTINUE;
    if (sent < 0)
      break; /* the reading side notices, too */
    g_bytes_unref (g_queue_pop_head (&self->queue));
  }
  self->out_source = 0;
  return G_SOURCE_REMOVE;
}

static void
send_packet (gpointer user_data, const guint8 *packet, gsize len)
{
  Radio *self = user_data;
  g_autoptr (GBytes) bytes = g_bytes_new (packet, len);

  if (self->fd < 0)
    return;
  if (g_queue_is_empty (&self->queue) && send_now (self, bytes) != 0)
    return;
  g_queue_push_tail (&self->queue, g_steal_pointer (&bytes));
  if (self->out_source == 0)
    self->out_source = g_unix_fd_add (self->fd, G_IO_OUT, on_writable, self);
}

gboolean
radio_send (Radio *self, const guint8 *packet, gsize len)
{
  if (self->fd < 0 || g_queue_get_length (&self->queue) >= QUEUE_MAX)
    return FALSE;
  if (!use_packet (self))
    return TRUE; /* as radio does: it never knows */
  faults_pass (&self->out, packet, len, send_packet, self);
  return TRUE;
}

/* --- companions come --- */

static gboolean
is_gone (int fd)
{
  struct pollfd pollfd = { fd, POLLRDHUP, 0 };

  return poll (&pollfd, 1, 0) == 1;
}

static gboolean
on_connection (int listen_fd, GIOCondition condition, gpointer user_data)
{
  Radio *self = user_data;
  int fd = accept4 (listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (fd < 0)
    return G_SOURCE_CONTINUE;
  /* The one before may have hung up without our having read that yet. */
  if (self->fd >= 0 && is_gone (self->fd))
    lose_companion (self);
  if (self->fd >= 0 || !self->handlers->connected (self->user_data)) {
    close (fd);
    return G_SOURCE_CONTINUE;
  }
  self->fd = fd;
  self->in_source = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, self);
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
start_listening (Radio *self, GError **error)
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
                 _ ("Another device is called %s. Choose another name with --name."), self->options->name);
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

static void
stop_listening (Radio *self)
{
  clear_source (&self->listen_source);
  if (self->listen_fd < 0)
    return;
  close (self->listen_fd);
  self->listen_fd = -1;
  unlink (self->advert_path);
  unlink (self->socket_path);
}

void
radio_vanish (Radio *self)
{
  unlink (self->advert_path);
  unlink (self->socket_path);
}

gboolean
radio_set_in_range (Radio *self, gboolean in_range, GError **error)
{
  if (self->in_range == in_range)
    return TRUE;
  self->in_range = in_range;
  clear_source (&self->leave_source);
  clear_source (&self->back_source);
  if (!in_range) {
    stop_listening (self);
    lose_companion (self);
    return TRUE;
  }
  if (!start_listening (self, error)) {
    self->in_range = FALSE;
    return FALSE;
  }
  publish (self);
  return TRUE;
}

Radio *
radio_new (const Options *options, const RadioHandlers *handlers, gpointer user_data, GError **error)
{
  g_autoptr (Radio) self = g_new0 (Radio, 1);

  self->options = options;
  self->handlers = handlers;
  self->user_data = user_data;
  self->listen_fd = self->fd = -1;
  self->packets_left = options->out_of_range_after > 0 ? options->out_of_range_after : -1;
  self->socket_path = g_strdup_printf ("%s/%s.sock", options->links, options->name);
  self->advert_path = g_strdup_printf ("%s/%s.advert", options->links, options->name);
  g_queue_init (&self->queue);
  faults_init (&self->in, options, 1);
  faults_init (&self->out, options, 2);
  if (g_mkdir_with_parents (options->links, 0700) != 0) {
    int code = errno;

    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("The directory %s cannot be used: %s"),
                 options->links, g_strerror (code));
    return NULL;
  }
  return radio_set_in_range (self, TRUE, error) ? g_steal_pointer (&self) : NULL;
}

void
radio_free (Radio *self)
{
  clear_source (&self->leave_source);
  clear_source (&self->back_source);
  radio_hang_up (self);
  stop_listening (self);
  faults_clear (&self->in);
  faults_clear (&self->out);
  g_free (self->socket_path);
  g_free (self->advert_path);
  g_free (self);
}
