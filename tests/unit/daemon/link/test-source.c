/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The socket source: what appears, changes and vanishes in its directory, and
 * whose turn it is to be connected.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/link/socket-source.h"
#include "tests/unit/daemon/wait.h"

typedef struct {
  char *base;
  char *directory;
  WattleLinkSource *source;
  guint appeared, changed, vanished;
  WattlePeer *last;
} Fixture;

static void
on_appeared (WattleLinkSource *source, WattlePeer *peer, Fixture *f)
{
  f->appeared++;
  g_set_object (&f->last, peer);
}

static void
on_changed (WattleLinkSource *source, WattlePeer *peer, Fixture *f)
{
  f->changed++;
}

static void
on_vanished (WattleLinkSource *source, WattlePeer *peer, Fixture *f)
{
  f->vanished++;
  g_assert_false (wattle_peer_is_present (peer));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->base = g_dir_make_tmp ("wtl-XXXXXX", NULL);
  f->directory = g_build_filename (f->base, "links", NULL);
  f->source = wattle_socket_source_new (f->directory);
  g_signal_connect (f->source, "peer-appeared", G_CALLBACK (on_appeared), f);
  g_signal_connect (f->source, "peer-changed", G_CALLBACK (on_changed), f);
  g_signal_connect (f->source, "peer-vanished", G_CALLBACK (on_vanished), f);
}

static void
remove_all (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (directory, name, NULL);

    g_remove (path);
  }
  g_rmdir (directory);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->source);
  g_clear_object (&f->last);
  remove_all (f->directory);
  remove_all (f->base);
  g_free (f->directory);
  g_free (f->base);
}

static void
write_bytes (Fixture *f, const char *name, const void *bytes, gsize len)
{
  g_autofree char *path = g_build_filename (f->directory, name, NULL);

  g_assert_true (g_file_set_contents (path, bytes, len, NULL));
}

static void
advertise (Fixture *f, const char *name, guint8 flags, guint8 instance)
{
  guint8 bytes[WTL_ADVERT_SIZE + 2] = { 0 };
  const guint8 random[5] = { instance, 2, 3, 4, 5 };

  wtl_advert_unowned (flags, 0x00010001, random, bytes);
  bytes[WTL_ADVERT_SIZE] = 244 >> 8;
  bytes[WTL_ADVERT_SIZE + 1] = 244 & 0xff;
  write_bytes (f, name, bytes, sizeof bytes);
}

/* Lets everything that is under way come to rest. */
static void
settle (void)
{
  gint64 end = g_get_monotonic_time () + 50 * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

static void
test_come_and_go (Fixture *f, gconstpointer data)
{
  struct stat info;

  wattle_link_source_set_activity (f->source, WATTLE_ACTIVITY_BACKGROUND);
  g_assert_null (wattle_link_source_get_problem (f->source));
  g_assert_cmpint (g_stat (f->directory, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  advertise (f, "one.advert", 0, 1);
  WAIT_UNTIL (f->appeared == 1);
  g_assert_cmpstr (wattle_peer_get_address (f->last), ==, "one");
  g_assert_cmpstr (wattle_peer_get_link_name (f->last), ==, "socket");
  g_assert_cmpuint (wattle_peer_get_advert (f->last)->product, ==, 0x00010001);
  advertise (f, "one.advert", 0, 1);
  settle ();
  g_assert_cmpuint (f->changed, ==, 0); /* the same is no change */
  advertise (f, "one.advert", WTL_ADVERT_LOCKED, 1);
  WAIT_UNTIL (f->changed == 1);
  g_assert_true (wattle_peer_get_advert (f->last)->flags & WTL_ADVERT_LOCKED);
  {
    g_autofree char *path = g_build_filename (f->directory, "one.advert", NULL);

    g_remove (path);
  }
  WAIT_UNTIL (f->vanished == 1);
  g_assert_cmpuint (f->appeared, ==, 1);
}

static void
test_there_before (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (g_mkdir (f->directory, 0700), ==, 0);
  advertise (f, "one.advert", 0, 1);
  advertise (f, "two.advert", 0, 2);
  settle ();
  g_assert_cmpuint (f->appeared, ==, 0);
  wattle_link_source_set_activity (f->source, WATTLE_ACTIVITY_INTERACTIVE);
  g_assert_cmpuint (f->appeared, ==, 2);
  g_assert_nonnull (wattle_link_source_find_peer (f->source, "two"));
  wattle_link_source_set_activity (f->source, WATTLE_ACTIVITY_OFF);
  g_assert_cmpuint (f->vanished, ==, 2);
}

static void
test_rubbish (Fixture *f, gconstpointer data)
{
  g_autofree char *link = g_build_filename (f->directory, "link.advert", NULL);
  g_autofree char *pipe = g_build_filename (f->directory, "pipe.advert", NULL);
  g_autofree char *folder = g_build_filename (f->directory, "folder.advert", NULL);
  const guint8 zeros[64] = { 0 };

  wattle_link_source_set_activity (f->source, WATTLE_ACTIVITY_BACKGROUND);
  write_bytes (f, "empty.advert", "", 0);
  write_bytes (f, "zeros.advert", zeros, WTL_ADVERT_SIZE + 2);
  write_bytes (f, "long.advert", zeros, sizeof zeros);
  advertise (f, ".advert", 0, 1);
  advertise (f, ".hidden.advert", 0, 1);
  advertise (f, "with space.advert", 0, 1);
  advertise (f, "no-advert", 0, 1);
  g_assert_cmpint (symlink ("/dev/zero", link), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  advertise (f, "good.advert", 0, 1);
  WAIT_UNTIL (f->appeared == 1);
  settle ();
  g_assert_cmpuint (f->appeared, ==, 1);
  g_assert_cmpstr (wattle_peer_get_address (f->last), ==, "good");
  write_bytes (f, "good.advert", "no more", 7);
  WAIT_UNTIL (f->vanished == 1);
}

static void
test_many (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (g_mkdir (f->directory, 0700), ==, 0);
  for (int i = 0; i < WATTLE_SOCKET_PEERS_MAX + 10; i++) {
    g_autofree char *name = g_strdup_printf ("d%d.advert", i);

    advertise (f, name, 0, i);
  }
  wattle_link_source_set_activity (f->source, WATTLE_ACTIVITY_BACKGROUND);
  g_assert_cmpuint (wattle_link_source_get_peers (f->source)->len, ==, WATTLE_SOCKET_PEERS_MAX);
}

static void
test_directory_goes (Fixture *f, gconstpointer data)
{
  wattle_link_source_set_activity (f->source, WATTLE_ACTIVITY_BACKGROUND);
  advertise (f, "one.advert", 0, 1);
  WAIT_UNTIL (f->appeared == 1);
  remove_all (f->directory);
  WAIT_UNTIL (f->vanished == 1);
  WAIT_UNTIL (g_file_test (f->directory, G_FILE_TEST_IS_DIR));
  settle ();
  advertise (f, "one.advert", 0, 1);
  WAIT_UNTIL (f->appeared == 2);
}

static void
test_directory_of_others (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (g_mkdir (f->directory, 0700), ==, 0);
  g_assert_cmpint (chmod (f->directory, 0777), ==, 0);
  advertise (f, "one.advert", 0, 1);
  wattle_link_source_set_activity (f->source, WATTLE_ACTIVITY_BACKGROUND);
  g_assert_nonnull (wattle_link_source_get_problem (f->source));
  g_assert_cmpuint (f->appeared, ==, 0);
}

/* --- connecting --- */

static int
listen_at (Fixture *f, const char *name)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

  g_snprintf (address.sun_path, sizeof address.sun_path, "%s/%s.sock", f->directory, name);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  return fd;
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static void
test_connect (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (WattleLink) link = NULL;
  int fd;
  int accepted;

  wattle_link_source_set_activity (f->source, WATTLE_ACTIVITY_BACKGROUND);
  fd = listen_at (f, "one");
  advertise (f, "one.advert", 0, 1);
  WAIT_UNTIL (f->appeared == 1);
  wattle_peer_connect_async (f->last, WATTLE_CONNECT_INTERACTIVE, NULL, keep_result, &result);
  WAIT_UNTIL (result != NULL);
  link = wattle_peer_connect_finish (f->last, result, NULL);
  g_assert_nonnull (link);
  g_assert_cmpuint (wattle_link_get_mtu (link), ==, 244);
  accepted = accept (fd, NULL, NULL);
  g_assert_cmpint (accepted, >=, 0);
  close (accepted);
  close (fd);
}

/* A process that was killed leaves its files: the refusal shows that it is gone. */
static void
test_connect_to_the_dead (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wattle_link_source_set_activity (f->source, WATTLE_ACTIVITY_BACKGROUND);
  close (listen_at (f, "one"));
  advertise (f, "one.advert", 0, 1);
  WAIT_UNTIL (f->appeared == 1);
  wattle_peer_connect_async (f->last, WATTLE_CONNECT_BACKGROUND, NULL, keep_result, &result);
  WAIT_UNTIL (result != NULL);
  g_assert_null (wattle_peer_connect_finish (f->last, result, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE);
  WAIT_UNTIL (f->vanished == 1);
  g_clear_object (&result);
  g_clear_error (&error);
  wattle_peer_connect_async (f->last, WATTLE_CONNECT_BACKGROUND, NULL, keep_result, &result);
  WAIT_UNTIL (result != NULL);
  g_assert_null (wattle_peer_connect_finish (f->last, result, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE);
}

static void
test_killed_while_looking (Fixture *f, gconstpointer data)
{
  int fd;

  wattle_link_source_set_activity (f->source, WATTLE_ACTIVITY_INTERACTIVE);
  fd = listen_at (f, "one");
  advertise (f, "one.advert", 0, 1);
  WAIT_UNTIL (f->appeared == 1);
  {
    gint64 end = g_get_monotonic_time () + 3 * G_TIME_SPAN_SECOND;

    WAIT_UNTIL (g_get_monotonic_time () > end);
  }
  g_assert_cmpuint (f->vanished, ==, 0);
  close (fd);
  WAIT_UNTIL (f->vanished == 1);
}

/* --- whose turn it is --- */

#define SLOW_TYPE_PEER (slow_peer_get_type ())
G_DECLARE_FINAL_TYPE (SlowPeer, slow_peer, SLOW, PEER, WattlePeer)

struct _SlowPeer {
  WattlePeer parent_instance;
};

G_DEFINE_FINAL_TYPE (SlowPeer, slow_peer, WATTLE_TYPE_PEER)

static GPtrArray *order; /* of GTask: attempts as they are begun */

static void
slow_connect_async (WattlePeer *peer, WattleConnectQueue *queue, GCancellable *cancellable,
                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_ptr_array_add (order, g_task_new (peer, cancellable, callback, user_data));
}

static WattleLink *
slow_connect_finish (WattlePeer *peer, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
slow_peer_class_init (SlowPeerClass *klass)
{
  WATTLE_PEER_CLASS (klass)->connect_async = slow_connect_async;
  WATTLE_PEER_CLASS (klass)->connect_finish = slow_connect_finish;
}

static void
slow_peer_init (SlowPeer *self)
{
}

static void
fail_attempt (guint index)
{
  g_task_return_new_error (g_ptr_array_index (order, index), WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE, "no");
}

static void
test_turns (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "first", "background", "cancelled", "interactive", "urgent" };
  static const WattleConnectPriority priorities[]
      = { WATTLE_CONNECT_BACKGROUND, WATTLE_CONNECT_BACKGROUND, WATTLE_CONNECT_BACKGROUND, WATTLE_CONNECT_INTERACTIVE,
          WATTLE_CONNECT_URGENT };
  WattlePeer *peers[5];
  GAsyncResult *results[5] = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  order = g_ptr_array_new_with_free_func (g_object_unref);
  for (int i = 0; i < 5; i++) {
    peers[i] = g_object_new (SLOW_TYPE_PEER, NULL);
    wattle_peer_setup (peers[i], names[i], "slow");
    wattle_link_source_add_peer (f->source, peers[i]);
    wattle_peer_connect_async (peers[i], priorities[i], i == 2 ? cancellable : NULL, keep_result, &results[i]);
  }
  g_assert_cmpuint (order->len, ==, 1); /* one at a time */
  g_cancellable_cancel (cancellable);
  WAIT_UNTIL (results[2] != NULL);
  g_assert_null (wattle_peer_connect_finish (peers[2], results[2], &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CANCELLED);
  g_assert_cmpuint (order->len, ==, 1);
  fail_attempt (0);
  WAIT_UNTIL (results[0] != NULL && order->len == 2);
  g_assert_true (g_task_get_source_object (g_ptr_array_index (order, 1)) == peers[3]); /* a person waits */
  fail_attempt (1);
  WAIT_UNTIL (results[3] != NULL && order->len == 3);
  g_assert_true (g_task_get_source_object (g_ptr_array_index (order, 2)) == peers[4]); /* a decision waits */
  fail_attempt (2);
  WAIT_UNTIL (results[4] != NULL && order->len == 4);
  g_assert_true (g_task_get_source_object (g_ptr_array_index (order, 3)) == peers[1]);
  fail_attempt (3);
  WAIT_UNTIL (results[1] != NULL);
  settle ();
  g_assert_cmpuint (order->len, ==, 4);
  for (int i = 0; i < 5; i++) {
    g_object_unref (results[i]);
    wattle_link_source_remove_peer (f->source, peers[i]);
    g_object_unref (peers[i]);
  }
  g_ptr_array_unref (order);
}

#define ADD(name, func) g_test_add ("/source/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("come-and-go", test_come_and_go);
  ADD ("there-before", test_there_before);
  ADD ("rubbish", test_rubbish);
  ADD ("many", test_many);
  ADD ("directory-goes", test_directory_goes);
  ADD ("directory-of-others", test_directory_of_others);
  ADD ("connect", test_connect);
  ADD ("connect-to-the-dead", test_connect_to_the_dead);
  ADD ("killed-while-looking", test_killed_while_looking);
  ADD ("turns", test_turns);
  return g_test_run ();
}
