/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The socket link: whole packets in order, a bounded queue, one end.
 */
#include <string.h>
#include <sys/socket.h>

#include "daemon/link/socket-link.h"
#include "tests/unit/daemon/wait.h"

typedef struct {
  WattleLink *link;
  int far; /* the other side */
  GPtrArray *packets;
  guint closed;
  GError *why;
} Fixture;

static void
on_packet (WattleLink *link, GBytes *packet, Fixture *f)
{
  g_ptr_array_add (f->packets, g_bytes_ref (packet));
}

static void
on_closed (WattleLink *link, const GError *error, Fixture *f)
{
  f->closed++;
  f->why = error == NULL ? NULL : g_error_copy (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocket) socket = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), ==, 0);
  socket = g_socket_new_from_fd (fds[0], NULL);
  f->far = fds[1];
  f->link = wattle_socket_link_new (socket, 100);
  f->packets = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_signal_connect (f->link, "packet", G_CALLBACK (on_packet), f);
  g_signal_connect (f->link, "closed", G_CALLBACK (on_closed), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->link);
  g_ptr_array_unref (f->packets);
  g_clear_error (&f->why);
  if (f->far >= 0)
    close (f->far);
}

static void
test_packets (Fixture *f, gconstpointer data)
{
  for (guint8 i = 1; i <= 100; i++) {
    guint8 packet[100];

    memset (packet, i, sizeof packet);
    g_assert_cmpint (send (f->far, packet, i, 0), ==, i);
  }
  WAIT_UNTIL (f->packets->len == 100);
  for (guint i = 0; i < 100; i++) {
    gsize len;
    const guint8 *bytes = g_bytes_get_data (g_ptr_array_index (f->packets, i), &len);

    g_assert_cmpuint (len, ==, i + 1);
    g_assert_cmpuint (bytes[len - 1], ==, i + 1);
  }
}

static void
test_sizes (Fixture *f, gconstpointer data)
{
  guint8 packet[101] = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (wattle_link_send (f->link, packet, 0, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (wattle_link_send (f->link, packet, 101, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT);
  g_assert_true (wattle_link_send (f->link, packet, 100, NULL));
  g_assert_cmpint (recv (f->far, packet, sizeof packet, 0), ==, 100);
}

/* The other side does not read: the queue fills, and no further; then it reads,
 * and gets everything in order. */
static void
test_queue (Fixture *f, gconstpointer data)
{
  guint32 number = 0;
  guint32 expected = 0;
  g_autoptr (GError) error = NULL;

  while (wattle_link_send (f->link, (guint8 *)&number, sizeof number, &error)) {
    number++;
    g_assert_cmpuint (number, <, 100000);
  }
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_BUSY);
  g_assert_cmpuint (number, >=, WATTLE_LINK_QUEUE_MAX);
  while (expected < number) {
    guint32 got;
    gssize n = recv (f->far, &got, sizeof got, 0);

    if (n < 0) {
      g_main_context_iteration (NULL, TRUE);
      continue;
    }
    g_assert_cmpuint (got, ==, expected);
    expected++;
  }
  g_assert_true (wattle_link_send (f->link, (guint8 *)&number, sizeof number, NULL));
}

static void
test_other_side_closes (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  close (f->far);
  f->far = -1;
  WAIT_UNTIL (f->closed == 1);
  g_assert_error (f->why, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE);
  g_assert_true (wattle_link_is_closed (f->link));
  g_assert_false (wattle_link_send (f->link, (const guint8 *)"x", 1, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE);
  wattle_link_close (f->link);
  g_assert_cmpuint (f->closed, ==, 1);
}

static void
test_this_side_closes (Fixture *f, gconstpointer data)
{
  char byte;

  g_assert_cmpint (send (f->far, "late", 4, 0), ==, 4);
  wattle_link_close (f->link);
  g_assert_cmpuint (f->closed, ==, 1);
  g_assert_null (f->why);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (f->packets->len, ==, 0);
  g_assert_cmpint (recv (f->far, &byte, 1, 0), <=, 0);
}

static void
test_too_long (Fixture *f, gconstpointer data)
{
  guint8 packet[WATTLE_LINK_MTU_MAX + 1] = { 0 };

  g_assert_cmpint (send (f->far, packet, sizeof packet, 0), ==, sizeof packet);
  WAIT_UNTIL (f->closed == 1);
  g_assert_error (f->why, WATTLE_ERROR, WATTLE_ERROR_PROTOCOL);
  g_assert_cmpuint (f->packets->len, ==, 0);
}

static void
close_it (WattleLink *link, GBytes *packet, gpointer data)
{
  wattle_link_close (link);
}

/* A handler may close the link it is called by; nothing comes after. */
static void
test_close_in_handler (Fixture *f, gconstpointer data)
{
  g_signal_connect (f->link, "packet", G_CALLBACK (close_it), NULL);
  g_assert_cmpint (send (f->far, "one", 3, 0), ==, 3);
  g_assert_cmpint (send (f->far, "two", 3, 0), ==, 3);
  WAIT_UNTIL (f->closed == 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (f->packets->len, ==, 1);
}

#define ADD(name, func) g_test_add ("/link/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("packets", test_packets);
  ADD ("sizes", test_sizes);
  ADD ("queue", test_queue);
  ADD ("other-side-closes", test_other_side_closes);
  ADD ("this-side-closes", test_this_side_closes);
  ADD ("too-long", test_too_long);
  ADD ("close-in-handler", test_close_in_handler);
  return g_test_run ();
}
