/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames, byte by byte: what goes over the link, and what is refused there.
 */
#include <glib.h>
#include <string.h>

#include "pairing/frame.h"
#include "tests/unit/pairing/pair.h"

/* Packets sent, as hex, with spaces between. */
static int
collect (void *ctx, const uint8_t *packet, size_t len)
{
  GString *sent = ctx;
  g_autofree char *hex = pair_to_hex (packet, len);

  if (sent->len)
    g_string_append_c (sent, ' ');
  g_string_append (sent, hex);
  return 0;
}

static int
no_send (void *ctx, const uint8_t *packet, size_t len)
{
  return -1;
}

static void
test_layout (void)
{
  g_autoptr (GString) sent = g_string_new (NULL);
  struct wtl_port port = { .ctx = sent, .send = collect };
  g_autofree struct wtl_frame_out *out = g_new0 (struct wtl_frame_out, 1);

  for (uint8_t i = 0; i < 40; i++)
    wtl_frame_space (out)[i] = i;
  g_assert_cmpint (wtl_frame_send (out, &port, 20, false, 1), ==, WTL_OK);
  g_assert_cmpstr (sent->str, ==, "c0000100");
  g_string_truncate (sent, 0);
  wtl_frame_space (out)[0] = 0;
  g_assert_cmpint (wtl_frame_send (out, &port, 20, true, 40), ==, WTL_OK);
  g_assert_cmpstr (sent->str, ==,
                   "a10028000102030405060708090a0b0c0d0e0f10"
                   " 221112131415161718191a1b1c1d1e1f20212223"
                   " 6324252627");
  g_assert_cmpint (wtl_frame_send (out, &port, 20, true, 0), ==, WTL_ERROR_TOO_LONG);
  g_assert_cmpint (wtl_frame_send (out, &port, 20, true, WTL_FRAME_MAX + 1), ==, WTL_ERROR_TOO_LONG);
  g_assert_cmpint (wtl_frame_send (out, &port, 20, false, WTL_FRAME_HANDSHAKE_MAX + 1), ==, WTL_ERROR_TOO_LONG);
  port.send = no_send;
  g_assert_cmpint (wtl_frame_send (out, &port, 20, true, 40), ==, WTL_ERROR_SEND);
}

/* Packets in; the status of the last, all before it being taken.  "+" marks a
 * message that is whole. */
static void
test_refused (void)
{
  static const struct {
    const char *packets;
    enum wtl_status status;
  } cases[] = {
    { "c0000100 +", WTL_OK },
    { "8000020a 410b +", WTL_OK },
    { "80000302 0103 4204 +", WTL_OK },
    { "c0000100 + c1000100 +", WTL_OK },
    { "", WTL_ERROR_FRAME },                    /* nothing */
    { "c0", WTL_ERROR_FRAME },                  /* a header alone */
    { "c00001", WTL_ERROR_FRAME },              /* no byte of message */
    { "c0000000", WTL_ERROR_FRAME },            /* length 0 */
    { "c1000100", WTL_ERROR_FRAME },            /* not number 0 */
    { "c0000100 + c0000100", WTL_ERROR_FRAME }, /* number 0 again */
    { "c0000100 + c2000100", WTL_ERROR_FRAME }, /* one is lost */
    { "400a", WTL_ERROR_FRAME },                /* the last before a first */
    { "000a", WTL_ERROR_FRAME },                /* a middle before a first */
    { "8000020a 8100020a", WTL_ERROR_FRAME },   /* a first within a message */
    { "8000020a 610b", WTL_ERROR_FRAME },       /* clear and encrypted mixed */
    { "a000020a 410b", WTL_ERROR_FRAME },
    { "8000020a 410b0c", WTL_ERROR_FRAME }, /* more than announced */
    { "8000020a 010b", WTL_ERROR_FRAME },   /* complete, but not said to be */
    { "8000030a 410b", WTL_ERROR_FRAME },   /* said to be, but not complete */
    { "c000020a", WTL_ERROR_FRAME },
    { "8000010a", WTL_ERROR_FRAME },
    { "800100aa", WTL_OK }, /* 256, a handshake's ceiling */
    { "800101aa", WTL_ERROR_TOO_LONG },
    { "a00414aa", WTL_OK }, /* 1044, a record's ceiling */
    { "a00415aa", WTL_ERROR_TOO_LONG },
    { "80ffffaa", WTL_ERROR_TOO_LONG },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) packets = g_strsplit (cases[i].packets, " ", -1);
    g_autofree struct wtl_frame_in *in = g_new0 (struct wtl_frame_in, 1);
    enum wtl_status status = WTL_ERROR_FRAME;
    bool whole = false;

    g_test_message ("%s", cases[i].packets);
    for (char **packet = packets; *packet; packet++) {
      uint8_t bytes[16];
      size_t len;
      g_autofree uint8_t *exact = NULL; /* so that ASan sees overreading */

      if (strcmp (*packet, "+") == 0) {
        g_assert_true (whole);
        continue;
      }
      len = pair_from_hex (*packet, bytes, sizeof bytes);
      exact = g_memdup2 (bytes, len);
      g_assert_true (packet == packets || status == WTL_OK);
      status = wtl_frame_take (in, exact, len, &whole);
    }
    g_assert_cmpint (status, ==, cases[i].status);
    if (!g_str_has_suffix (cases[i].packets, "+"))
      g_assert_false (whole);
  }
}

static void
test_long_packet (void)
{
  g_autofree struct wtl_frame_in *in = g_new0 (struct wtl_frame_in, 1);
  uint8_t packet[WTL_PACKET_MAX + 1] = { 0xa0, 0x04, 0x00 };
  bool whole;

  g_assert_cmpint (wtl_frame_take (in, packet, sizeof packet, &whole), ==, WTL_ERROR_FRAME);
  g_assert_cmpint (wtl_frame_take (in, packet, WTL_PACKET_MAX, &whole), ==, WTL_OK);
}

struct loop {
  struct wtl_frame_in in;
  bool whole;
  unsigned packets;
};

static int
loop_send (void *ctx, const uint8_t *packet, size_t len)
{
  struct loop *loop = ctx;

  g_assert_false (loop->whole);
  g_assert_cmpint (wtl_frame_take (&loop->in, packet, len, &loop->whole), ==, WTL_OK);
  loop->packets++;
  return 0;
}

/* Every length over every MTU comes out as it went in, in as few packets as
 * there can be. */
static void
test_round_trip (void)
{
  g_autofree struct wtl_frame_out *out = g_new0 (struct wtl_frame_out, 1);
  g_autofree struct loop *loop = g_new0 (struct loop, 1);
  struct wtl_port port = { .ctx = loop, .send = loop_send };
  g_autofree uint8_t *message = g_malloc (WTL_FRAME_MAX);

  pair_random (NULL, message, WTL_FRAME_MAX);
  for (size_t mtu = WTL_PACKET_MIN; mtu <= WTL_PACKET_MAX; mtu++)
    for (size_t len = 1; len <= WTL_FRAME_MAX; len += len % 61 == 0 || mtu < 40 ? 1 : 13) {
      size_t rest = len > mtu - 3 ? len - (mtu - 3) : 0;

      memcpy (wtl_frame_space (out), message, len);
      loop->whole = false;
      loop->packets = 0;
      g_assert_cmpint (wtl_frame_send (out, &port, mtu, true, len), ==, WTL_OK);
      g_assert_true (loop->whole);
      g_assert_cmpuint (loop->packets, ==, 1 + (rest + mtu - 2) / (mtu - 1));
      g_assert_cmpmem (loop->in.data, loop->in.total, message, len);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pairing/frame/layout", test_layout);
  g_test_add_func ("/pairing/frame/refused", test_refused);
  g_test_add_func ("/pairing/frame/long-packet", test_long_packet);
  g_test_add_func ("/pairing/frame/round-trip", test_round_trip);
  return g_test_run ();
}
