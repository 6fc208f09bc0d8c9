/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watches the directory with inotify itself rather than GFileMonitor, which
 * holds events back, keeps a thread, and polls for a directory that has gone.
 *
 * A process that is killed leaves its files behind.  That is noticed when a
 * connection is refused, and, while a person looks at a list, every few seconds
 * in the kernel's list of sockets, without bothering the device.
 */
#include "daemon/link/socket-source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "daemon/link/socket-peer.h"

#define ADVERT_SUFFIX ".advert"
#define ADVERT_FILE_SIZE (WTL_ADVERT_SIZE + 2)
#define NAME_MAX_LENGTH 64
#define LOOK_AGAIN_S 2 /* while a person looks */
#define WATCHED (IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF)

struct _WattleSocketSource {
  WattleLinkSource parent_instance;

  char *directory;
  int inotify; /* -1 = off */
  guint watch_id;
  guint look_id; /* 0 = nobody looks */
};

G_DEFINE_FINAL_TYPE (WattleSocketSource, wattle_socket_source, WATTLE_TYPE_LINK_SOURCE)

/* The device's name where @file is "NAME.advert", else NULL. */
static char *
device_name (const char *file)
{
  g_autofree char *name = NULL;

  if (!g_str_has_suffix (file, ADVERT_SUFFIX))
    return NULL;
  name = g_strndup (file, strlen (file) - strlen (ADVERT_SUFFIX));
  if (name[0] == '\0' || name[0] == '.' || strlen (name) > NAME_MAX_LENGTH)
    return NULL;
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("._-", *p) == NULL)
      return NULL;
  return g_steal_pointer (&name);
}

static gboolean
read_advert (WattleSocketSource *self, const char *name, struct wtl_advert *advert, gsize *mtu)
{
  g_autofree char *path = g_strconcat (self->directory, "/", name, ADVERT_SUFFIX, NULL);
  guint8 data[ADVERT_FILE_SIZE + 1];
  struct stat info;
  gssize n = -1;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

  if (fd < 0)
    return FALSE;
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode))
    n = read (fd, data, sizeof data);
  close (fd);
  if (n != ADVERT_FILE_SIZE || wtl_advert_parse (data, WTL_ADVERT_SIZE, advert) != WTL_OK)
    return FALSE;
  *mtu = data[WTL_ADVERT_SIZE] << 8 | data[WTL_ADVERT_SIZE + 1];
  return *mtu >= WATTLE_LINK_MTU_MIN && *mtu <= WATTLE_LINK_MTU_MAX;
}

static void
on_refused (WattlePeer *peer, WattleSocketSource *self)
{
  wattle_link_source_remove_peer (WATTLE_LINK_SOURCE (self), peer);
}

static void
add_peer (WattleSocketSource *self, const char *name, const struct wtl_advert *advert, gsize mtu)
{
  WattleLinkSource *source = WATTLE_LINK_SOURCE (self);
  g_autofree char *path = g_strconcat (self->directory, "/", name, ".sock", NULL);
  g_autoptr (WattlePeer) peer = NULL;

  if (wattle_link_source_get_peers (source)->len >= WATTLE_SOCKET_PEERS_MAX)
    return;
  peer = wattle_socket_peer_new (name, path);
  wattle_socket_peer_set_mtu (WATTLE_SOCKET_PEER (peer), mtu);
  wattle_peer_update (peer, advert, 0);
  g_signal_connect_object (peer, "refused", G_CALLBACK (on_refused), self, 0);
  wattle_link_source_add_peer (source, peer);
}

/* Brings the list in line with what @name's file says now. */
static void
look_at (WattleSocketSource *self, const char *name)
{
  WattleLinkSource *source = WATTLE_LINK_SOURCE (self);
  WattlePeer *peer = wattle_link_source_find_peer (source, name);
  struct wtl_advert advert;
  gsize mtu;

  if (!read_advert (self, name, &advert, &mtu)) {
    if (peer != NULL)
      wattle_link_source_remove_peer (source, peer);
    return;
  }
  if (peer == NULL) {
    add_peer (self, name, &advert, mtu);
    return;
  }
  wattle_socket_peer_set_mtu (WATTLE_SOCKET_PEER (peer), mtu);
  if (wattle_peer_update (peer, &advert, 0))
    wattle_link_source_change_peer (source, peer);
}

static void
look_at_file (WattleSocketSource *self, const char *file)
{
  g_autofree char *name = device_name (file);

  if (name != NULL)
    look_at (self, name);
}

static void
remove_peers (WattleSocketSource *self)
{
  WattleLinkSource *source = WATTLE_LINK_SOURCE (self);
  GPtrArray *peers = wattle_link_source_get_peers (source);

  while (peers->len > 0)
    wattle_link_source_remove_peer (source, g_ptr_array_index (peers, peers->len - 1));
}

static void
scan (WattleSocketSource *self)
{
  GPtrArray *peers = wattle_link_source_get_peers (WATTLE_LINK_SOURCE (self));
  g_autoptr (GPtrArray) known = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (self->directory, 0, NULL);
  const char *file;

  for (guint i = 0; i < peers->len; i++)
    g_ptr_array_add (known, g_strdup (wattle_peer_get_address (g_ptr_array_index (peers, i))));
  for (guint i = 0; i < known->len; i++)
    look_at (self, g_ptr_array_index (known, i));
  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    look_at_file (self, file);
}

/* Whether @peer has stopped listening since it was looked at before.  One that
 * never showed up in @sockets, the kernel's list, goes by another path there. */
static gboolean
has_died (WattleSocketSource *self, WattlePeer *peer, const char *sockets)
{
  g_autofree char *line = g_strdup_printf (" %s/%s.sock\n", self->directory, wattle_peer_get_address (peer));
  gboolean listed = strstr (sockets, line) != NULL;
  gboolean was_listed = wattle_socket_peer_get_listed (WATTLE_SOCKET_PEER (peer));

  wattle_socket_peer_set_listed (WATTLE_SOCKET_PEER (peer), listed);
  return was_listed && !listed;
}

static gboolean
on_look_again (gpointer user_data)
{
  g_autoptr (WattleSocketSource) self = g_object_ref (user_data);
  GPtrArray *peers = wattle_link_source_get_peers (WATTLE_LINK_SOURCE (self));
  g_autofree char *sockets = NULL;

  if (peers->len == 0 || !g_file_get_contents ("/proc/net/unix", &sockets, NULL, NULL))
    return G_SOURCE_CONTINUE;
  for (guint i = peers->len; i-- > 0;)
    if (i < peers->len && has_died (self, g_ptr_array_index (peers, i), sockets))
      wattle_link_source_remove_peer (WATTLE_LINK_SOURCE (self), g_ptr_array_index (peers, i));
  return G_SOURCE_CONTINUE;
}

static void
stop (WattleSocketSource *self)
{
  g_clear_handle_id (&self->watch_id, g_source_remove);
  if (self->inotify >= 0)
    close (self->inotify);
  self->inotify = -1;
}

static void
set_problem (WattleSocketSource *self, const char *why)
{
  g_autoptr (GError) error = g_error_new (WATTLE_ERROR, WATTLE_ERROR_FAILED,
                                          _ ("Wattle cannot look for devices in %s: %s."), self->directory, why);

  wattle_link_source_set_problem (WATTLE_LINK_SOURCE (self), error);
}

/* Ours alone: whoever can write there can pretend to be a device that is near,
 * though not one that knows a code. */
static gboolean
prepare_directory (WattleSocketSource *self)
{
  struct stat info;

  if (g_mkdir_with_parents (self->directory, 0700) != 0 || lstat (self->directory, &info) != 0) {
    set_problem (self, g_strerror (errno));
    return FALSE;
  }
  if (!S_ISDIR (info.st_mode) || info.st_uid != geteuid () || (info.st_mode & 0022) != 0) {
    set_problem (self, _ ("other users can write there"));
    return FALSE;
  }
  return TRUE;
}

static gboolean on_inotify (gint fd, GIOCondition condition, gpointer user_data);

static void
start (WattleSocketSource *self)
{
  if (!prepare_directory (self))
    return;
  self->inotify = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (self->inotify < 0 || inotify_add_watch (self->inotify, self->directory, WATCHED | IN_ONLYDIR) < 0) {
    set_problem (self, g_strerror (errno));
    stop (self);
    return;
  }
  self->watch_id = g_unix_fd_add (self->inotify, G_IO_IN, on_inotify, self);
  wattle_link_source_set_problem (WATTLE_LINK_SOURCE (self), NULL);
  scan (self);
}

static gboolean
on_inotify (gint fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (WattleSocketSource) self = g_object_ref (user_data);
  union {
    struct inotify_event event;
    char bytes[8192];
  } buffer;
  gssize n = read (fd, &buffer, sizeof buffer);

  for (char *p = buffer.bytes; n > 0 && p < buffer.bytes + n && self->inotify == fd;) {
    const struct inotify_event *event = (const struct inotify_event *)p;

    p += sizeof *event + event->len;
    if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) {
      /* The directory itself has gone: make it again and watch that. */
      self->watch_id = 0;
      stop (self);
      remove_peers (self);
      start (self);
      return G_SOURCE_REMOVE;
    }
    if (event->mask & IN_Q_OVERFLOW)
      scan (self);
    else if (event->len > 0)
      look_at_file (self, event->name);
  }
  return self->inotify == fd ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
wattle_socket_source_set_activity (WattleLinkSource *source, WattleActivity activity)
{
  WattleSocketSource *self = WATTLE_SOCKET_SOURCE (source);

  g_clear_handle_id (&self->look_id, g_source_remove);
  if (activity == WATTLE_ACTIVITY_INTERACTIVE)
    self->look_id = g_timeout_add_seconds (LOOK_AGAIN_S, on_look_again, self);
  if (activity == WATTLE_ACTIVITY_OFF) {
    stop (self);
    remove_peers (self);
  } else if (self->inotify < 0) {
    start (self);
  }
}

static void
wattle_socket_source_finalize (GObject *object)
{
  WattleSocketSource *self = WATTLE_SOCKET_SOURCE (object);

  g_clear_handle_id (&self->look_id, g_source_remove);
  stop (self);
  g_free (self->directory);
  G_OBJECT_CLASS (wattle_socket_source_parent_class)->finalize (object);
}

static void
wattle_socket_source_class_init (WattleSocketSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_socket_source_finalize;
  WATTLE_LINK_SOURCE_CLASS (klass)->name = "socket";
  WATTLE_LINK_SOURCE_CLASS (klass)->set_activity = wattle_socket_source_set_activity;
}

static void
wattle_socket_source_init (WattleSocketSource *self)
{
  self->inotify = -1;
}

char *
wattle_socket_source_default_directory (void)
{
  return g_build_filename (g_get_user_runtime_dir (), "wattle", "links", NULL);
}

WattleLinkSource *
wattle_socket_source_new (const char *directory)
{
  WattleSocketSource *self = g_object_new (WATTLE_TYPE_SOCKET_SOURCE, NULL);

  self->directory = g_strdup (directory);
  return WATTLE_LINK_SOURCE (self);
}
