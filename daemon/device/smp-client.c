/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of SMP, the companion's side. */
#include "daemon/device/smp-client.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "firmware/smp/smp-cbor.h"

#define HEAD_SIZE 8
#define VERSION 1 /* the second: errors tell their group */

/* Bytes of the file in a frame, so that all else has room, too; of words, as flash is written. */
#define FIRST_PIECE 288
#define NEXT_PIECE 344

enum { OP_WRITE = 2, OP_WRITE_ANSWER = 3 };
enum { GROUP_OS = 0, GROUP_IMAGE = 1 };
enum { COMMAND_STATE = 0, COMMAND_UPLOAD = 1, COMMAND_RESET = 5 };

/* Of the group for images, img_mgmt.h, and of mcumgr itself, mgmt_defines.h. */
static const struct {
  guint32 group; /* GROUP_OS: mcumgr's own */
  guint32 number;
  WattleError code;
  const char *sentence;
} problems[] = {
  { GROUP_IMAGE, 9, WATTLE_ERROR_BUSY,
    N_ ("The device is still trying other software. Switch it off and on, then try again.") },
  { GROUP_IMAGE, 12, WATTLE_ERROR_DEVICE_STORAGE, N_ ("The device's memory has failed. Ask its manufacturer.") },
  { GROUP_IMAGE, 13, WATTLE_ERROR_DEVICE_STORAGE, N_ ("The device's memory has failed. Ask its manufacturer.") },
  { GROUP_IMAGE, 27, WATTLE_ERROR_NOT_ALLOWED, N_ ("The device runs newer software already.") },
  { GROUP_IMAGE, 28, WATTLE_ERROR_BUSY,
    N_ ("The device is still trying other software. Switch it off and on, then try again.") },
  { GROUP_IMAGE, 30, WATTLE_ERROR_NOT_ALLOWED, N_ ("This software is too large for the device.") },
  { GROUP_OS, 2, WATTLE_ERROR_NOT_ALLOWED, N_ ("This software is too large for the device.") },
  { GROUP_OS, 6, WATTLE_ERROR_BUSY,
    N_ ("The device is still trying other software. Switch it off and on, then try again.") },
  { GROUP_OS, 8, WATTLE_ERROR_VERSION, N_ ("The device is too old for this. Update it first.") },
};

static SmpWriter
begin (wtl_SmpFrame *out)
{
  memset (out, 0, sizeof *out);
  return (SmpWriter){ out->frame.bytes + HEAD_SIZE, sizeof out->frame.bytes - HEAD_SIZE, FALSE };
}

static void
finish (wtl_SmpFrame *out, const SmpWriter *writer, guint16 group, guint8 sequence, guint8 command)
{
  gsize len = (gsize)(writer->at - out->frame.bytes) - HEAD_SIZE;
  guint8 *head = out->frame.bytes;

  g_return_if_fail (!writer->full);
  head[0] = VERSION << 3 | OP_WRITE;
  head[2] = (guint8)(len >> 8);
  head[3] = (guint8)len;
  head[4] = (guint8)(group >> 8);
  head[5] = (guint8)group;
  head[6] = sequence;
  head[7] = command;
  out->frame.size = (pb_size_t)(HEAD_SIZE + len);
}

gsize
wattle_smp_put_piece (wtl_SmpFrame *out, guint8 sequence, const guint8 *file, gsize size, gsize offset,
                      const guint8 sha[WATTLE_SMP_HASH_SIZE])
{
  SmpWriter writer = begin (out);
  gsize piece = MIN (size - offset, offset == 0 ? FIRST_PIECE : NEXT_PIECE);

  smp_put_map (&writer);
  smp_put_text (&writer, "off");
  smp_put_number (&writer, (guint32)offset);
  if (offset == 0) {
    smp_put_text (&writer, "len");
    smp_put_number (&writer, (guint32)size);
    smp_put_text (&writer, "sha");
    smp_put_bytes (&writer, sha, WATTLE_SMP_HASH_SIZE);
  }
  smp_put_text (&writer, "data");
  smp_put_bytes (&writer, file + offset, piece);
  smp_put_end (&writer);
  finish (out, &writer, GROUP_IMAGE, sequence, COMMAND_UPLOAD);
  return piece;
}

void
wattle_smp_put_try (wtl_SmpFrame *out, guint8 sequence, const guint8 hash[WATTLE_SMP_HASH_SIZE])
{
  SmpWriter writer = begin (out);

  smp_put_map (&writer);
  smp_put_text (&writer, "hash");
  smp_put_bytes (&writer, hash, WATTLE_SMP_HASH_SIZE);
  smp_put_text (&writer, "confirm");
  smp_put_flag (&writer, FALSE);
  smp_put_end (&writer);
  finish (out, &writer, GROUP_IMAGE, sequence, COMMAND_STATE);
}

void
wattle_smp_put_reset (wtl_SmpFrame *out, guint8 sequence)
{
  SmpWriter writer = begin (out);

  smp_put_map (&writer);
  smp_put_end (&writer);
  finish (out, &writer, GROUP_OS, sequence, COMMAND_RESET);
}

static gboolean
say (guint32 group, guint32 number, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (problems); i++)
    if (problems[i].group == group && problems[i].number == number) {
      g_set_error_literal (error, WATTLE_ERROR, problems[i].code, gettext (problems[i].sentence));
      return FALSE;
    }
  /* Translators: %u:%u is a number for whoever looks into it */
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_FAILED, _ ("The device did not take the software (%u:%u)."), group,
               number);
  return FALSE;
}

/* Whether the head says that it belongs to @asked and how long it is. */
static gboolean
is_answer (const wtl_SmpFrame *asked, const wtl_SmpFrame *answer)
{
  const guint8 *a = asked->frame.bytes, *b = answer->frame.bytes;

  return answer->frame.size >= HEAD_SIZE && (b[0] & 7) == OP_WRITE_ANSWER
         && (gsize)(b[2] << 8 | b[3]) == answer->frame.size - (gsize)HEAD_SIZE && memcmp (a + 4, b + 4, 4) == 0;
}

gboolean
wattle_smp_read_answer (const wtl_SmpFrame *asked, const wtl_SmpFrame *answer, guint32 *offset, GError **error)
{
  SmpField fields[] = { { "off", SMP_FIELD_NUMBER }, { "rc", SMP_FIELD_NUMBER }, { "err", SMP_FIELD_MAP } };
  SmpField why[] = { { "group", SMP_FIELD_NUMBER }, { "rc", SMP_FIELD_NUMBER } };
  const SmpField *off = &fields[0], *rc = &fields[1], *err = &fields[2];

  if (!is_answer (asked, answer)
      || !smp_read_map (answer->frame.bytes + HEAD_SIZE, answer->frame.size - HEAD_SIZE, fields, G_N_ELEMENTS (fields))
      || (err->found && !smp_read_map (err->bytes, err->len, why, G_N_ELEMENTS (why))))
    goto nonsense;
  if (err->found)
    return say (why[0].number, why[1].number, error);
  if (rc->found && rc->number != 0)
    return say (GROUP_OS, rc->number, error);
  if (offset != NULL && !off->found)
    goto nonsense;
  if (offset != NULL)
    *offset = off->number;
  return TRUE;
nonsense:
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_PROTOCOL,
                       _ ("The device sent something that it may not send. Try again; if it goes on, do not use it."));
  return FALSE;
}
