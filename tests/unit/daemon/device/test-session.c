/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session that is handed an open conversation: it holds, whatever is under
 * way, and a second one does not take its place.
 */
#include <string.h>

#include "daemon/device/session.h"
#include "tests/unit/daemon/device/far-end.h"

/* A device in sight that nobody gets a connection to. */
G_DECLARE_FINAL_TYPE (TestPeer, test_peer, TEST, PEER, WattlePeer)
struct _TestPeer {
  WattlePeer parent_instance;
};
G_DEFINE_FINAL_TYPE (TestPeer, test_peer, WATTLE_TYPE_PEER)

static void
test_peer_class_init (TestPeerClass *klass)
{
}

static void
test_peer_init (TestPeer *self)
{
}

typedef struct {
  GTestDBus *bus;
  GDBusConnection *connection;
  FarEnd *far;
  WattleConversation *conversation;
  WattlePeer *peer;
  WattleSession *session;
  guint connected, disconnected;
} Fixture;

static void
count (guint *counter)
{
  (*counter)++;
}

static WattleConversation *
open_conversation (FarEnd **far)
{
  g_autoptr (WattleLink) link = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static (FAR_END_KEY, strlen (FAR_END_KEY));
  WattleConversation *conversation;

  *far = far_end_new (512, &link);
  conversation = wattle_conversation_new (link);
  wattle_conversation_open_async (conversation, wtl_SECRET_KIND_OWNER_KEY, 0, key, NULL, keep_result, &result);
  WAIT_UNTIL (result != NULL);
  g_assert_true (wattle_conversation_open_finish (conversation, result, NULL));
  return conversation;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (WattleKeyring) keyring = NULL;
  g_autoptr (WattleServices) services = NULL;
  g_autoptr (GError) no_database = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_STORE, "none here");
  g_autoptr (GError) error = NULL;

  f->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->bus);
  f->connection = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (f->bus),
                                                          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                              | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                          NULL, NULL, &error);
  g_assert_no_error (error);
  keyring = wattle_keyring_new (f->connection);
  services = wattle_services_new (NULL, no_database, keyring);
  f->conversation = open_conversation (&f->far);
  f->peer = g_object_new (test_peer_get_type (), NULL);
  wattle_peer_setup (f->peer, "near", "test");
  f->session = wattle_session_new (services, "device", 0);
  g_signal_connect_swapped (f->session, "connected", G_CALLBACK (count), &f->connected);
  g_signal_connect_swapped (f->session, "disconnected", G_CALLBACK (count), &f->disconnected);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  wattle_session_stop (f->session);
  g_object_unref (f->session);
  wattle_conversation_close (f->conversation);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (f->conversation);
  g_object_unref (f->peer);
  far_end_free (f->far);
  g_dbus_connection_close_sync (f->connection, NULL, NULL);
  g_object_unref (f->connection);
  g_test_dbus_down (f->bus);
  g_object_unref (f->bus);
}

/* Long enough for the attempt to end: there is no keyring on this bus. */
static void
let_the_attempt_end (void)
{
  gint64 until = g_get_monotonic_time () + 300 * G_TIME_SPAN_MILLISECOND;

  WAIT_UNTIL (g_get_monotonic_time () > until);
}

static void
test_adopt_during_attempt (Fixture *f, gconstpointer data)
{
  wattle_session_set_peer (f->session, f->peer);
  g_assert_cmpint (wattle_session_get_state (f->session), ==, WATTLE_SESSION_CONNECTING);
  wattle_session_adopt (f->session, f->conversation);
  g_assert_cmpint (wattle_session_get_state (f->session), ==, WATTLE_SESSION_CONNECTED);
  let_the_attempt_end ();
  g_assert_cmpint (wattle_session_get_state (f->session), ==, WATTLE_SESSION_CONNECTED);
  g_assert_true (wattle_session_get_conversation (f->session) == f->conversation);
  g_assert_null (wattle_session_get_problem (f->session));
  g_assert_cmpuint (f->connected, ==, 1);
  g_assert_cmpuint (f->disconnected, ==, 0);
}

static void
test_adopt_closed (Fixture *f, gconstpointer data)
{
  wattle_conversation_close (f->conversation);
  wattle_session_adopt (f->session, f->conversation);
  g_assert_cmpint (wattle_session_get_state (f->session), ==, WATTLE_SESSION_AWAY);
  g_assert_cmpuint (f->connected, ==, 0);
}

static void
test_adopt_twice (Fixture *f, gconstpointer data)
{
  FarEnd *far;
  g_autoptr (WattleConversation) second = open_conversation (&far);

  wattle_session_adopt (f->session, f->conversation);
  wattle_session_adopt (f->session, second);
  g_assert_true (wattle_session_get_conversation (f->session) == f->conversation);
  g_assert_true (wattle_conversation_is_open (f->conversation));
  g_assert_false (wattle_conversation_is_open (second));
  far_end_free (far);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/session/adopt-during-attempt", Fixture, NULL, set_up, test_adopt_during_attempt, tear_down);
  g_test_add ("/session/adopt-closed", Fixture, NULL, set_up, test_adopt_closed, tear_down);
  g_test_add ("/session/adopt-twice", Fixture, NULL, set_up, test_adopt_twice, tear_down);
  return g_test_run ();
}
