/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/daemon/device/far-end.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/device/random.h"
#include "daemon/link/socket-link.h"

static uint64_t
now_ms (void *ctx)
{
  return g_get_monotonic_time () / 1000;
}

static int
port_send (void *ctx, const uint8_t *packet, size_t len)
{
  FarEnd *far = ctx;
  g_autofree guint8 *copy = g_memdup2 (packet, len);

  if (far->mute)
    return 0;
  if (far->sent++ == far->corrupt)
    copy[len - 1] ^= 0x40;
  far_end_send_raw (far, copy, len);
  return 0;
}

static enum wtl_status
load_verifier (void *ctx, unsigned kind, unsigned slot, struct wtl_verifier *out)
{
  FarEnd *far = ctx;

  *out = far->verifier;
  return far->load;
}

static enum wtl_status
attempt_begin (void *ctx, unsigned kind, struct wtl_attempts *if_wrong)
{
  FarEnd *far = ctx;

  *if_wrong = far->attempts;
  return WTL_OK;
}

static void
attempt_peek (void *ctx, unsigned kind, struct wtl_attempts *now)
{
  *now = ((FarEnd *)ctx)->attempts;
}

static enum wtl_status
attempt_ok (void *ctx, unsigned kind)
{
  return WTL_OK;
}

static void
make_verifier (FarEnd *far)
{
  struct wtl_prover prover;

  /* Salted for codes and passwords alike; an owner key has none. */
  g_assert_cmpint (wtl_prover_from_owner_key ((const uint8_t *)FAR_END_KEY, &prover), ==, WTL_OK);
  g_assert_cmpint (wtl_verifier_from_prover (&prover, wattle_random_port, NULL, &far->verifier), ==, WTL_OK);
}

static void
on_message (FarEnd *far)
{
  wtl_Request request = wtl_Request_init_zero;
  wtl_Response response = wtl_Response_init_zero;

  g_assert_cmpint (wtl_request_decode (far->channel.message, far->channel.message_len, &request), ==, WTL_OK);
  far->requests++;
  response.id = request.id;
  if (far->answer != NULL && far->answer (far, &request, &response))
    far_end_send (far, &response);
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer user_data)
{
  FarEnd *far = user_data;
  guint8 packet[WATTLE_LINK_MTU_MAX];
  enum wtl_event event = WTL_EVENT_NONE;
  gssize n = recv (fd, packet, sizeof packet, MSG_DONTWAIT);

  if (n < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    return G_SOURCE_REMOVE;
  if (far->received++ == far->hang_up_after) {
    far_end_hang_up (far);
    return G_SOURCE_REMOVE;
  }
  if (wtl_channel_receive (&far->channel, packet, n, &event) != WTL_OK && !far->mute) {
    far_end_hang_up (far); /* as a device does */
    return G_SOURCE_REMOVE;
  }
  far->open = wtl_channel_is_open (&far->channel);
  if (event == WTL_EVENT_MESSAGE)
    on_message (far);
  return G_SOURCE_CONTINUE;
}

FarEnd *
far_end_new (gsize mtu, WattleLink **near)
{
  FarEnd *far = g_new0 (FarEnd, 1);
  g_autoptr (GSocket) socket = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), ==, 0);
  socket = g_socket_new_from_fd (fds[0], NULL);
  far->socket = g_socket_new_from_fd (fds[1], NULL);
  *near = wattle_socket_link_new (socket, mtu);
  far->port = (struct wtl_port){ .ctx = far,
                                 .random = wattle_random_port,
                                 .now_ms = now_ms,
                                 .send = port_send,
                                 .load_verifier = load_verifier,
                                 .attempt_begin = attempt_begin,
                                 .attempt_peek = attempt_peek,
                                 .attempt_ok = attempt_ok };
  far->attempts.left = 4;
  far->hang_up_after = -1;
  far->corrupt = -1;
  make_verifier (far);
  g_assert_cmpint (wtl_channel_init_verifier (&far->channel, &far->port, mtu), ==, WTL_OK);
  far->source = g_unix_fd_source_new (fds[1], G_IO_IN | G_IO_HUP);
  g_source_set_callback (far->source, G_SOURCE_FUNC (on_readable), far, NULL);
  g_source_attach (far->source, NULL);
  return far;
}

void
far_end_hang_up (FarEnd *far)
{
  g_socket_close (far->socket, NULL);
}

void
far_end_free (FarEnd *far)
{
  g_source_destroy (far->source);
  g_source_unref (far->source);
  wtl_channel_close (&far->channel);
  g_object_unref (far->socket);
  g_free (far);
}

void
far_end_send_raw (FarEnd *far, const void *packet, gsize len)
{
  send (g_socket_get_fd (far->socket), packet, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void
far_end_send (FarEnd *far, const wtl_Response *response)
{
  wtl_channel_send_response (&far->channel, response);
}

void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}
