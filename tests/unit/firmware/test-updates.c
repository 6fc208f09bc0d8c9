/* SPDX-License-Identifier: Apache-2.0 */
/* Updates by SMP, and what the boot loader of a virtual device does with them. */
#include <glib/gstdio.h>
#include <string.h>

#include "firmware/core/nor.h"
#include "firmware/smp/smp-cbor.h"
#include "firmware/virtual/smp.h"

#define PRODUCT 0x00010001
#define PAGES 2
#define SIZE (SLOTS_FLASH_PAGES (PAGES) * SLOTS_PAGE)
#define PIECE 200

enum { READ = 0, WRITE = 2 };
enum { OS = 0, IMAGE = 1 };
enum { STATE = 0, UPLOAD = 1, ERASE = 5 };

/* img_mgmt.h and mgmt_defines.h of mcumgr. */
enum {
  RC_OK = 0,
  RC_UNKNOWN = 1,
  RC_BAD_STATE = 6,
  RC_NO_FREE_SLOT = 9,
  RC_WRITE_FAILED = 12,
  RC_INVALID_MAGIC = 23,
  RC_RUNNING_IS_NEWER = 27,
  RC_TOO_LARGE = 30
};

typedef struct {
  gchar *bytes;
  gsize size;
} File;

/* Made by wattle-vendor once for all tests. */
static File old, new, older, other_product, other_key;
static ImageKey *key;

typedef struct {
  guint8 memory[SIZE];
  struct wtl_nor nor;
  struct wtl_flash flash;
  Images images;
  Smp smp;
  guint8 version; /* of SMP */
  guint8 frame[512], answer[384];
  gsize answer_len;
  SmpWriter body;
} Board;

static void
on_reset (gpointer user_data)
{
}

/* Switches the board on, its power to go at the @cut-th operation.  Returns whether it starts. */
static gboolean
power_on (Board *board, guint64 cut, guint32 torn)
{
  board->nor = (struct wtl_nor){ .bytes = board->memory,
                                 .page_size = SLOTS_PAGE,
                                 .page_count = SLOTS_FLASH_PAGES (PAGES),
                                 .cut_at = cut,
                                 .torn = torn };
  wtl_nor_flash (&board->nor, &board->flash);
  board->smp = (Smp){ .images = &board->images, .reset = on_reset };
  board->version = 1;
  return images_open (&board->images, &board->flash, key, PRODUCT, NULL) && images_boot (&board->images, NULL);
}

/* One that runs the old image. */
static Board *
board_new (void)
{
  Board *board = g_new0 (Board, 1);

  memset (board->memory, 0xff, SIZE);
  memcpy (board->memory, old.bytes, old.size);
  g_assert_true (power_on (board, 0, 0));
  return board;
}

static guint
running (const Board *board)
{
  Image image;

  g_assert_true (images_get (&board->images, 0, &image));
  return image.version.major * 100u + image.version.minor;
}

static gboolean
has_next (const Board *board)
{
  Image image;

  return images_get (&board->images, 1, &image);
}

/* --- SMP --- */

static SmpWriter *
begin (Board *board, guint8 operation, guint8 group, guint8 command)
{
  const guint8 head[SMP_HEAD_SIZE] = { (guint8)(board->version << 3 | operation), 0, 0, 0, 0, group, 9, command };

  memcpy (board->frame, head, sizeof head);
  board->body = (SmpWriter){ board->frame + SMP_HEAD_SIZE, sizeof board->frame - SMP_HEAD_SIZE, FALSE };
  smp_put_map (&board->body);
  return &board->body;
}

/* The answer's "rc", wherever it is; 0 where it has none. */
static guint
ask (Board *board)
{
  const guint8 *rc;
  gsize len;

  smp_put_end (&board->body);
  g_assert_false (board->body.full);
  len = (gsize)(board->body.at - board->frame);
  board->frame[2] = (guint8)((len - SMP_HEAD_SIZE) >> 8);
  board->frame[3] = (guint8)(len - SMP_HEAD_SIZE);
  g_assert_true (smp_answer (&board->smp, board->frame, len, board->answer, sizeof board->answer, &board->answer_len));
  g_assert_cmpuint (board->answer[6], ==, 9);
  rc = memmem (board->answer, board->answer_len, "\x62rc", 3);
  if (rc == NULL)
    return RC_OK;
  return rc[3] == 0x18 ? rc[4] : rc[3];
}

static guint
send_piece (Board *board, const File *file, gsize at, gsize len, const char *sha, gboolean upgrade)
{
  SmpWriter *body = begin (board, WRITE, IMAGE, UPLOAD);

  smp_put_text (body, "off");
  smp_put_number (body, (guint32)at);
  smp_put_text (body, "data");
  smp_put_bytes (body, (const guint8 *)file->bytes + at, len);
  if (at == 0) {
    smp_put_text (body, "len");
    smp_put_number (body, (guint32)file->size);
  }
  if (sha != NULL) {
    smp_put_text (body, "sha");
    smp_put_bytes (body, (const guint8 *)sha, strlen (sha));
  }
  if (upgrade) {
    smp_put_text (body, "upgrade");
    smp_put_flag (body, TRUE);
  }
  return ask (board);
}

/* Where the last answer says to go on. */
static guint32
next_offset (const Board *board)
{
  SmpField fields[] = { { "off", SMP_FIELD_NUMBER } };

  g_assert_true (smp_read_map (board->answer + SMP_HEAD_SIZE, board->answer_len - SMP_HEAD_SIZE, fields, 1));
  g_assert_true (fields[0].found);
  return fields[0].number;
}

static guint
upload (Board *board, const File *file)
{
  guint rc = RC_OK;

  for (gsize at = 0; at < file->size && rc == RC_OK; at += PIECE)
    rc = send_piece (board, file, at, MIN (PIECE, file->size - at), NULL, FALSE);
  return rc;
}

static guint
try (Board *board)
{
  SmpWriter *body = begin (board, WRITE, IMAGE, STATE);
  Image image;

  if (!images_get (&board->images, 1, &image))
    return RC_UNKNOWN;
  smp_put_text (body, "hash");
  smp_put_bytes (body, image.sha256, sizeof image.sha256);
  return ask (board);
}

static guint
erase (Board *board)
{
  begin (board, WRITE, IMAGE, ERASE);
  return ask (board);
}

/* --- tests --- */

static void
test_kept (void)
{
  g_autofree Board *board = board_new ();

  g_assert_cmpuint (upload (board, &new), ==, RC_OK);
  g_assert_cmpuint (running (board), ==, 100);
  g_assert_cmpuint (try (board), ==, RC_OK);
  g_assert_true (power_on (board, 0, 0));
  g_assert_cmpuint (running (board), ==, 101);
  g_assert_true (images_confirm (&board->images));
  g_assert_true (power_on (board, 0, 0));
  g_assert_cmpuint (running (board), ==, 101);
}

/* One that never confirms itself makes place for the one before. */
static void
test_returns (void)
{
  g_autofree Board *board = board_new ();

  g_assert_cmpuint (upload (board, &new), ==, RC_OK);
  g_assert_cmpuint (try (board), ==, RC_OK);
  g_assert_true (power_on (board, 0, 0));
  /* While it is on trial, what would return is left alone. */
  g_assert_cmpuint (erase (board), ==, RC_NO_FREE_SLOT);
  g_assert_cmpuint (upload (board, &new), ==, RC_NO_FREE_SLOT);
  g_assert_true (power_on (board, 0, 0));
  g_assert_cmpuint (running (board), ==, 100);
  g_assert_true (has_next (board));
  g_assert_true (power_on (board, 0, 0));
  g_assert_cmpuint (running (board), ==, 100);
}

/* What the boot loader does not start: it is gone after, and the old one runs. */
static void
test_refused (void)
{
  g_autofree gchar *damaged_bytes = g_memdup2 (new.bytes, new.size);
  File damaged = { damaged_bytes, new.size };
  const File *const files[] = { &older, &other_product, &other_key, &damaged };

  damaged.bytes[40] ^= 1;
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree Board *board = board_new ();

    g_assert_cmpuint (upload (board, files[i]), ==, RC_OK);
    g_assert_cmpuint (try (board), ==, RC_OK);
    g_assert_true (power_on (board, 0, 0));
    g_assert_cmpuint (running (board), ==, 100);
    g_assert_false (has_next (board));
    g_assert_cmpint (board->images.slots.state, ==, SLOTS_KEPT);
  }
}

static void
test_erase (void)
{
  g_autofree Board *board = board_new ();

  g_assert_cmpuint (upload (board, &new), ==, RC_OK);
  g_assert_cmpuint (try (board), ==, RC_OK);
  g_assert_true (has_next (board));
  g_assert_cmpuint (erase (board), ==, RC_OK);
  g_assert_false (has_next (board));
  for (guint i = 0; i < PAGES * SLOTS_PAGE; i++)
    g_assert_cmpuint (board->memory[PAGES * SLOTS_PAGE + i], ==, 0xff);
  g_assert_true (power_on (board, 0, 0));
  g_assert_cmpuint (running (board), ==, 100);
}

/* A lost link: the same image goes on where it was, another begins anew. */
static void
test_resume (void)
{
  g_autofree Board *board = board_new ();

  g_assert_cmpuint (send_piece (board, &new, 0, PIECE, "first", FALSE), ==, RC_OK);
  g_assert_cmpuint (send_piece (board, &new, PIECE, PIECE, NULL, FALSE), ==, RC_OK);
  g_assert_cmpuint (next_offset (board), ==, 2 * PIECE);
  g_assert_cmpuint (send_piece (board, &new, 0, PIECE, "first", FALSE), ==, RC_OK);
  g_assert_cmpuint (next_offset (board), ==, 2 * PIECE);
  /* A piece from elsewhere is not taken; the answer says which is wanted. */
  g_assert_cmpuint (send_piece (board, &new, 5 * PIECE, PIECE, NULL, FALSE), ==, RC_OK);
  g_assert_cmpuint (next_offset (board), ==, 2 * PIECE);
  g_assert_cmpuint (send_piece (board, &older, 0, PIECE, "second", FALSE), ==, RC_OK);
  g_assert_cmpuint (next_offset (board), ==, PIECE);
  for (gsize at = PIECE; at < older.size; at += PIECE)
    g_assert_cmpuint (send_piece (board, &older, at, MIN (PIECE, older.size - at), NULL, FALSE), ==, RC_OK);
  g_assert_cmpmem (board->memory + PAGES * SLOTS_PAGE, older.size, older.bytes, older.size);
}

/* Errors of the group, in both versions of the protocol, before anything changes. */
static void
test_errors (void)
{
  g_autofree Board *board = board_new ();
  File rubbish = { (gchar *)board->memory + SIZE - 2 * PIECE, PIECE };
  File large = { new.bytes, PAGES *SLOTS_PAGE + 1 };
  guint64 operations = board->nor.operations;

  for (board->version = 1; board->version != 255; board->version--) {
    const guint8 is_new = board->version;

    g_assert_cmpuint (send_piece (board, &rubbish, 0, PIECE, NULL, FALSE), ==, is_new ? RC_INVALID_MAGIC : RC_UNKNOWN);
    g_assert_cmpuint (send_piece (board, &older, 0, PIECE, NULL, TRUE), ==,
                      is_new ? RC_RUNNING_IS_NEWER : RC_BAD_STATE);
    g_assert_cmpuint (send_piece (board, &large, 0, PIECE, NULL, FALSE), ==, is_new ? RC_TOO_LARGE : RC_UNKNOWN);
    g_assert_true ((memmem (board->answer, board->answer_len,
                            "\x63"
                            "err",
                            4)
                    != NULL)
                   == is_new);
  }
  g_assert_cmpuint (board->nor.operations, ==, operations);
}

/* With the power cut anywhere in an upload, a swap and the way back, the device starts
 * with one of the two, whole, and takes the new one then. */
static void
test_cuts (void)
{
  static const guint32 torn[] = { 0, 0xffff0000, 0x5a5a5a5b };
  guint cuts = 0, tried = 0;

  for (guint64 n = 1;; n += 41) {
    g_autofree Board *board = board_new ();
    gboolean is_on = power_on (board, n, torn[n % G_N_ELEMENTS (torn)]);

    is_on = is_on && upload (board, &new) == RC_OK && try (board) == RC_OK
            && images_boot (&board->images, NULL) /* swaps */
            && images_boot (&board->images, NULL) /* and back */;
    g_assert_true (is_on != board->nor.dead);
    if (is_on)
      break;
    cuts++;
    g_assert_true (power_on (board, 0, 0));
    if (running (board) == 101) {
      tried++;
      g_assert_cmpint (board->images.slots.state, ==, SLOTS_TRIED);
      g_assert_true (power_on (board, 0, 0));
    }
    g_assert_cmpuint (running (board), ==, 100);
    g_assert_cmpuint (upload (board, &new), ==, RC_OK);
    g_assert_cmpuint (try (board), ==, RC_OK);
    g_assert_true (power_on (board, 0, 0));
    g_assert_cmpuint (running (board), ==, 101);
  }
  g_test_message ("%u cuts, the new image ran after %u", cuts, tried);
  g_assert_cmpuint (cuts, >, 200);
  g_assert_cmpuint (tried, >, 0);
  g_assert_cmpuint (tried, <, cuts);
}

/* --- images --- */

static void
vendor (const char *dir, const char *words)
{
  g_autofree char *line = g_strdup_printf ("cd %s && exec %s image %s", dir, g_getenv ("WATTLE_VENDOR"), words);
  const char *argv[] = { "sh", "-c", line, NULL };
  int status = -1;

  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

static void
take_file (const char *dir, const char *name, File *out)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);

  g_assert_true (g_file_get_contents (path, &out->bytes, &out->size, NULL));
  g_remove (path);
}

static void
make_image (const char *dir, const char *words, File *out)
{
  g_autofree char *line = g_strdup_printf ("new payload --header-size 32 -o image %s", words);

  vendor (dir, line);
  take_file (dir, "image", out);
}

static void
make_images (void)
{
  static const char *const left[] = { "payload", "ours", "theirs", "their-public" };
  g_autofree char *dir = g_dir_make_tmp ("wattle-updates-XXXXXX", NULL);
  g_autofree char *payload = g_build_filename (dir, "payload", NULL);
  g_autofree char *content = g_strnfill (5003, 'x');
  g_autoptr (GBytes) pem = NULL;
  File public;

  g_assert_true (g_file_set_contents (payload, content, -1, NULL));
  vendor (dir, "key --key ours --public public");
  vendor (dir, "key --key theirs --public their-public");
  make_image (dir, "--version 1.0.0 --product 0x00010001 --key ours", &old);
  make_image (dir, "--version 1.1.0 --product 0x00010001 --key ours", &new);
  make_image (dir, "--version 0.9.0 --product 0x00010001 --key ours", &older);
  make_image (dir, "--version 1.1.0 --product 0x00010002 --key ours", &other_product);
  make_image (dir, "--version 1.1.0 --product 0x00010001 --key theirs", &other_key);
  take_file (dir, "public", &public);
  pem = g_bytes_new_take (public.bytes, public.size);
  key = image_key_new (pem, NULL);
  g_assert_nonnull (key);
  for (guint i = 0; i < G_N_ELEMENTS (left); i++) {
    g_autofree char *path = g_build_filename (dir, left[i], NULL);

    g_remove (path);
  }
  g_rmdir (dir);
}

int
main (int argc, char **argv)
{
  File *const files[] = { &old, &new, &older, &other_product, &other_key };
  int result;

  g_test_init (&argc, &argv, NULL);
  make_images ();
  g_test_add_func ("/updates/kept", test_kept);
  g_test_add_func ("/updates/returns", test_returns);
  g_test_add_func ("/updates/refused", test_refused);
  g_test_add_func ("/updates/erase", test_erase);
  g_test_add_func ("/updates/resume", test_resume);
  g_test_add_func ("/updates/errors", test_errors);
  g_test_add_func ("/updates/cuts", test_cuts);
  result = g_test_run ();
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    g_free (files[i]->bytes);
  image_key_free (key);
  return result;
}
