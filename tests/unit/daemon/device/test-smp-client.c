/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of SMP as another reader of CBOR sees them, and answers that are none. */
#include <string.h>

#include "daemon/device/smp-client.h"
#include "firmware/smp/smp-cbor.h"

#define HEAD 8

static guint
get16 (const guint8 *bytes)
{
  return (guint)(bytes[0] << 8 | bytes[1]);
}

static void
assert_head (const wtl_SmpFrame *frame, guint group, guint8 sequence, guint8 command)
{
  const guint8 *bytes = frame->frame.bytes;

  g_assert_cmpuint (frame->frame.size, <=, sizeof frame->frame.bytes);
  g_assert_cmpuint (get16 (bytes + 2), ==, frame->frame.size - HEAD);
  g_assert_cmphex (bytes[0], ==, 1 << 3 | 2);
  g_assert_cmpuint (bytes[1], ==, 0);
  g_assert_cmpuint (get16 (bytes + 4), ==, group);
  g_assert_cmpuint (bytes[6], ==, sequence);
  g_assert_cmpuint (bytes[7], ==, command);
}

/* Every byte of the file comes once, in whatever size the file is. */
static void
test_pieces (void)
{
  static const gsize sizes[] = { 1, 287, 288, 289, 1000, 65536, 4 * 1024 * 1024 };
  const guint8 sha[WATTLE_SMP_HASH_SIZE] = { 1, 2, 3 };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++) {
    g_autofree guint8 *file = g_malloc (sizes[s]);
    gsize at = 0;
    guint8 sequence = 250;

    for (gsize i = 0; i < sizes[s]; i++)
      file[i] = (guint8)(i * 7 + i / 251);
    while (at < sizes[s]) {
      SmpField fields[] = { { "off", SMP_FIELD_NUMBER },
                            { "len", SMP_FIELD_NUMBER },
                            { "sha", SMP_FIELD_BYTES },
                            { "data", SMP_FIELD_BYTES } };
      wtl_SmpFrame frame;
      gsize piece = wattle_smp_put_piece (&frame, ++sequence, file, sizes[s], at, sha);

      assert_head (&frame, 1, sequence, 1);
      g_assert_true (smp_read_map (frame.frame.bytes + HEAD, frame.frame.size - HEAD, fields, 4));
      g_assert_cmpuint (fields[0].number, ==, at);
      g_assert_true (fields[1].found == (at == 0) && fields[2].found == (at == 0));
      g_assert_cmpmem (fields[3].bytes, fields[3].len, file + at, piece);
      if (at == 0) {
        g_assert_cmpuint (fields[1].number, ==, sizes[s]);
        g_assert_cmpmem (fields[2].bytes, fields[2].len, sha, sizeof sha);
      }
      at += piece;
    }
    g_assert_cmpuint (at, ==, sizes[s]);
  }
}

static void
test_others (void)
{
  const guint8 hash[WATTLE_SMP_HASH_SIZE] = { 9 };
  SmpField fields[] = { { "hash", SMP_FIELD_BYTES }, { "confirm", SMP_FIELD_FLAG } };
  wtl_SmpFrame frame;

  wattle_smp_put_try (&frame, 7, hash);
  assert_head (&frame, 1, 7, 0);
  g_assert_true (smp_read_map (frame.frame.bytes + HEAD, frame.frame.size - HEAD, fields, 2));
  g_assert_cmpmem (fields[0].bytes, fields[0].len, hash, sizeof hash);
  g_assert_true (fields[1].found && fields[1].number == 0);
  wattle_smp_put_reset (&frame, 8);
  assert_head (&frame, 0, 8, 5);
  g_assert_true (smp_read_map (frame.frame.bytes + HEAD, frame.frame.size - HEAD, fields, 0));
}

/* An answer to @asked with the body @hex. */
static wtl_SmpFrame
answer (const wtl_SmpFrame *asked, const char *hex)
{
  wtl_SmpFrame out = *asked;
  gsize len = strlen (hex) / 2;

  for (gsize i = 0; i < len; i++)
    out.frame.bytes[HEAD + i]
        = (guint8)(g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  out.frame.bytes[0]++;
  out.frame.bytes[2] = 0;
  out.frame.bytes[3] = (guint8)len;
  out.frame.size = (pb_size_t)(HEAD + len);
  return out;
}

static wtl_SmpFrame
piece (void)
{
  const guint8 sha[WATTLE_SMP_HASH_SIZE] = { 0 };
  wtl_SmpFrame out;

  wattle_smp_put_piece (&out, 200, (const guint8 *)"file", 4, 0, sha);
  return out;
}

static void
test_answers (void)
{
  static const struct {
    const char *hex;
    int code; /* -1: good */
    guint32 offset;
  } cases[] = {
    { "bf636f66661903e8ff", -1, 1000 },                                      /* {"off": 1000} */
    { "a1636f666600", -1, 0 },                                               /* of a length that is told */
    { "a262726300636f666605", -1, 5 },                                       /* {"rc": 0, "off": 5} */
    { "a2636f666605656d61746368f5", -1, 5 },                                 /* and what we do not know */
    { "a16272630d", WATTLE_ERROR_FAILED, 0 },                                /* {"rc": 13} */
    { "a162726308", WATTLE_ERROR_VERSION, 0 },                               /* {"rc": 8} */
    { "a163657272a26567726f757001627263181e", WATTLE_ERROR_NOT_ALLOWED, 0 }, /* {"err": {"group": 1, "rc": 30}} */
    { "bf63657272bf6567726f75700162726309ffff", WATTLE_ERROR_BUSY, 0 },
    { "a163657272a26567726f7570016272630c", WATTLE_ERROR_DEVICE_STORAGE, 0 },
    { "a163657272a0", WATTLE_ERROR_FAILED, 0 },
    { "a0", WATTLE_ERROR_PROTOCOL, 0 }, /* no offset */
    { "", WATTLE_ERROR_PROTOCOL, 0 },
    { "ff", WATTLE_ERROR_PROTOCOL, 0 },
    { "a1636f6666", WATTLE_ERROR_PROTOCOL, 0 },
    { "a1636f66661b0000000100000000", WATTLE_ERROR_PROTOCOL, 0 }, /* more than there can be */
    { "a1636f666620", WATTLE_ERROR_PROTOCOL, 0 },                 /* negative */
    { "a163657272f5", WATTLE_ERROR_PROTOCOL, 0 },                 /* "err" is no map */
    { "a163657272a162726344aabbccdd", WATTLE_ERROR_PROTOCOL, 0 },
    { "a163657272a1", WATTLE_ERROR_PROTOCOL, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const wtl_SmpFrame asked = piece (), told = answer (&asked, cases[i].hex);
    g_autoptr (GError) error = NULL;
    guint32 offset = 77;

    g_test_message ("%s", cases[i].hex);
    g_assert_true (wattle_smp_read_answer (&asked, &told, &offset, &error) == (cases[i].code < 0));
    if (cases[i].code < 0)
      g_assert_cmpuint (offset, ==, cases[i].offset);
    else
      g_assert_error (error, WATTLE_ERROR, cases[i].code);
  }
}

/* An answer to something else is none. */
static void
test_other_answers (void)
{
  const wtl_SmpFrame asked = piece (), good = answer (&asked, "a1636f666600");
  guint32 offset;

  g_assert_true (wattle_smp_read_answer (&asked, &good, &offset, NULL));
  g_assert_true (wattle_smp_read_answer (&asked, &good, NULL, NULL));
  for (guint byte = 0; byte < HEAD; byte++) {
    wtl_SmpFrame wrong = good;

    wrong.frame.bytes[byte] ^= 1;
    /* Byte 1 has flags that mean nothing. */
    g_assert_true (wattle_smp_read_answer (&asked, &wrong, &offset, NULL) == (byte == 1));
  }
  for (pb_size_t size = 0; size < good.frame.size; size++) {
    wtl_SmpFrame cut = good;

    cut.frame.size = size;
    g_assert_false (wattle_smp_read_answer (&asked, &cut, &offset, NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smp-client/pieces", test_pieces);
  g_test_add_func ("/smp-client/others", test_others);
  g_test_add_func ("/smp-client/answers", test_answers);
  g_test_add_func ("/smp-client/other-answers", test_other_answers);
  return g_test_run ();
}
