/* SPDX-License-Identifier: Apache-2.0 */
/* SMP for updates. */
#include "firmware/virtual/smp.h"

#include <string.h>

#include "firmware/smp/smp-cbor.h"

enum { OP_READ = 0, OP_WRITE = 2 };
enum { GROUP_OS = 0, GROUP_IMAGE = 1 };
enum { VERSION_1 = 0, VERSION_2 = 1 };

#define BUFFER_SIZE 384 /* of a frame, as wtl_SmpFrame has it */
#define BUFFER_COUNT 2

/* mcumgr's own errors, mgmt_defines.h. */
typedef enum {
  MGMT_OK = 0,
  MGMT_UNKNOWN = 1,
  MGMT_INVALID = 3,
  MGMT_BAD_STATE = 6,
  MGMT_TOO_LONG = 7,
  MGMT_UNSUPPORTED = 8,
  MGMT_TOO_NEW = 13,
} MgmtError;

/* Those of its group for images, img_mgmt.h. */
typedef enum {
  IMG_OK = 0,
  IMG_HASH_NOT_FOUND = 8,
  IMG_NO_FREE_SLOT = 9,
  IMG_WRITE_FAILED = 12,
  IMG_ERASE_FAILED = 13,
  IMG_INVALID_SLOT = 14,
  IMG_INVALID_OFFSET = 20,
  IMG_INVALID_LENGTH = 21,
  IMG_INVALID_HEADER = 22,
  IMG_INVALID_MAGIC = 23,
  IMG_INVALID_HASH = 24,
  IMG_NO_VERSION = 26,
  IMG_RUNNING_IS_NEWER = 27,
  IMG_ALREADY_PENDING = 28,
  IMG_TOO_LARGE = 30,
  IMG_OVERRUN = 31,
  IMG_CONFIRM_DENIED = 32,
  IMG_TEST_DENIED = 33,
} ImgError;

/* What the first version of the protocol calls them. */
static const struct {
  ImgError error;
  MgmtError old;
} old_errors[] = {
  { IMG_NO_FREE_SLOT, MGMT_BAD_STATE },    { IMG_RUNNING_IS_NEWER, MGMT_BAD_STATE },
  { IMG_ALREADY_PENDING, MGMT_BAD_STATE }, { IMG_INVALID_SLOT, MGMT_INVALID },
  { IMG_INVALID_OFFSET, MGMT_INVALID },    { IMG_INVALID_LENGTH, MGMT_INVALID },
  { IMG_INVALID_HEADER, MGMT_INVALID },    { IMG_INVALID_HASH, MGMT_INVALID },
};

typedef struct {
  guint8 operation, version, sequence, command;
  guint16 group;
  const guint8 *body;
  gsize body_len;
} Request;

/* Writes the values of the answer, and says what of mcumgr's is wrong; what is wrong
 * with the group goes to @error. */
typedef MgmtError (*Handler) (Smp *self, const Request *request, SmpWriter *out, ImgError *error);

/* --- the group "os" --- */

static MgmtError
handle_echo (Smp *self, const Request *request, SmpWriter *out, ImgError *error)
{
  SmpField fields[] = { { "d", SMP_FIELD_TEXT } };

  if (!smp_read_map (request->body, request->body_len, fields, G_N_ELEMENTS (fields)))
    return MGMT_INVALID;
  smp_put_text (out, "r");
  smp_put_text_len (out, fields[0].bytes, fields[0].len);
  return MGMT_OK;
}

static MgmtError
handle_reset (Smp *self, const Request *request, SmpWriter *out, ImgError *error)
{
  self->reset (self->user_data);
  return MGMT_OK;
}

static MgmtError
handle_parameters (Smp *self, const Request *request, SmpWriter *out, ImgError *error)
{
  smp_put_text (out, "buf_size");
  smp_put_number (out, BUFFER_SIZE);
  smp_put_text (out, "buf_count");
  smp_put_number (out, BUFFER_COUNT);
  return MGMT_OK;
}

/* --- images: state --- */

/* mcumgr has a dot before the build. */
static void
put_version (SmpWriter *out, const ImageVersion *version)
{
  char text[IMAGE_VERSION_SIZE];

  image_version_format (version, text);
  smp_put_text (out, g_strdelimit (text, "+", '.'));
}

static void
put_flag (SmpWriter *out, const char *name, gboolean flag)
{
  smp_put_text (out, name);
  smp_put_flag (out, flag);
}

static void
put_slot (const Smp *self, guint slot, SmpWriter *out)
{
  SlotsState state = self->images->slots.state;
  Image image;

  if (!images_get (self->images, slot, &image))
    return;
  smp_put_map (out);
  smp_put_text (out, "slot");
  smp_put_number (out, slot);
  smp_put_text (out, "version");
  put_version (out, &image.version);
  smp_put_text (out, "hash");
  smp_put_bytes (out, image.sha256, sizeof image.sha256);
  put_flag (out, "bootable", (image.flags & IMAGE_FLAG_NOT_BOOTABLE) == 0);
  put_flag (out, "pending", slot == 1 && state == SLOTS_PENDING);
  /* While one is on trial, the other is what returns. */
  put_flag (out, "confirmed", (slot == 0) == (state != SLOTS_TRIED));
  put_flag (out, "active", slot == 0);
  put_flag (out, "permanent", FALSE);
  smp_put_end (out);
}

static MgmtError
handle_get_state (Smp *self, const Request *request, SmpWriter *out, ImgError *error)
{
  smp_put_text (out, "images");
  smp_put_list (out);
  put_slot (self, 0, out);
  put_slot (self, 1, out);
  smp_put_end (out);
  smp_put_text (out, "splitStatus");
  smp_put_number (out, 0);
  return MGMT_OK;
}

/* The slot with the image of this hash, or -1. */
static int
find_slot (const Smp *self, const guint8 *hash)
{
  Image image;

  for (int slot = 0; slot < 2; slot++)
    if (images_get (self->images, (guint)slot, &image) && memcmp (image.sha256, hash, sizeof image.sha256) == 0)
      return slot;
  return -1;
}

static ImgError
set_next (Smp *self, int slot, gboolean confirm)
{
  SlotsState state = self->images->slots.state;

  if (confirm && slot != 0)
    return IMG_CONFIRM_DENIED;
  if (!confirm && slot == 0)
    return IMG_TEST_DENIED;
  if ((confirm && state == SLOTS_PENDING) || (!confirm && state == SLOTS_TRIED))
    return IMG_ALREADY_PENDING;
  if (confirm)
    return images_confirm (self->images) ? IMG_OK : IMG_WRITE_FAILED;
  return images_try (self->images) ? IMG_OK : IMG_WRITE_FAILED;
}

static MgmtError
handle_set_state (Smp *self, const Request *request, SmpWriter *out, ImgError *error)
{
  SmpField fields[] = { { "hash", SMP_FIELD_BYTES }, { "confirm", SMP_FIELD_FLAG } };
  const SmpField *hash = &fields[0], *confirm = &fields[1];
  int slot = 0;

  if (!smp_read_map (request->body, request->body_len, fields, G_N_ELEMENTS (fields)))
    return MGMT_INVALID;
  if (hash->len == 0 ? !confirm->number : hash->len != IMAGE_HASH_SIZE)
    *error = IMG_INVALID_HASH;
  else if (hash->len != 0 && (slot = find_slot (self, hash->bytes)) < 0)
    *error = IMG_HASH_NOT_FOUND;
  else
    *error = set_next (self, slot, confirm->number != 0);
  return *error == IMG_OK ? handle_get_state (self, request, out, error) : MGMT_OK;
}

/* --- images: upload --- */

typedef enum { UPLOAD_DATA, UPLOAD_LENGTH, UPLOAD_OFFSET, UPLOAD_SHA, UPLOAD_UPGRADE, UPLOAD_FIELDS } UploadField;

static void
forget_upload (Smp *self)
{
  self->uploading = FALSE;
  self->offset = self->size = 0;
  self->sha_len = 0;
}

/* Whether an image is above what runs. */
static ImgError
check_upgrade (const Smp *self, const Image *next)
{
  Image running;

  if (!images_get (self->images, 0, &running))
    return IMG_NO_VERSION;
  return image_version_compare (&next->version, &running.version) > 0 ? IMG_OK : IMG_RUNNING_IS_NEWER;
}

/* The first piece of an image, before anything is changed. */
static ImgError
check_begin (const Smp *self, const SmpField *fields)
{
  const SmpField *data = &fields[UPLOAD_DATA], *length = &fields[UPLOAD_LENGTH], *sha = &fields[UPLOAD_SHA];
  Image image;

  if (data->len < IMAGE_HEADER_SIZE)
    return IMG_INVALID_HEADER;
  if (!length->found)
    return IMG_INVALID_LENGTH;
  if (!image_read_header (data->bytes, data->len, &image))
    return IMG_INVALID_MAGIC;
  if (sha->len > sizeof self->sha)
    return IMG_INVALID_HASH;
  if (self->images->slots.state == SLOTS_TRIED)
    return IMG_NO_FREE_SLOT;
  if (length->number > images_get_slot_size (self->images))
    return IMG_TOO_LARGE;
  if (data->len > length->number)
    return IMG_OVERRUN;
  return fields[UPLOAD_UPGRADE].number ? check_upgrade (self, &image) : IMG_OK;
}

/* The same image as the one under way: it goes on where that is. */
static gboolean
is_resumed (const Smp *self, const SmpField *fields)
{
  const SmpField *sha = &fields[UPLOAD_SHA];

  return self->uploading && sha->len > 0 && sha->len == self->sha_len && memcmp (sha->bytes, self->sha, sha->len) == 0;
}

static void
begin_upload (Smp *self, const SmpField *fields)
{
  forget_upload (self);
  self->uploading = TRUE;
  self->size = fields[UPLOAD_LENGTH].number;
  self->sha_len = fields[UPLOAD_SHA].len;
  if (self->sha_len > 0)
    memcpy (self->sha, fields[UPLOAD_SHA].bytes, self->sha_len);
}

static ImgError
take_piece (Smp *self, const SmpField *fields)
{
  const SmpField *data = &fields[UPLOAD_DATA];
  guint32 offset = fields[UPLOAD_OFFSET].number;
  gboolean last;

  if (!fields[UPLOAD_OFFSET].found)
    return IMG_INVALID_OFFSET;
  if (offset == 0) {
    ImgError error = check_begin (self, fields);

    if (error != IMG_OK || is_resumed (self, fields))
      return error;
    begin_upload (self, fields);
  } else if (offset != self->offset) {
    return IMG_OK; /* the answer says where to go on */
  } else if (data->len > self->size - offset) {
    return IMG_OVERRUN;
  }
  last = data->len == self->size - offset;
  if (data->len > 0 && !images_fill (self->images, offset, data->bytes, data->len, last))
    return IMG_WRITE_FAILED;
  self->offset += (guint32)data->len;
  return IMG_OK;
}

static MgmtError
handle_upload (Smp *self, const Request *request, SmpWriter *out, ImgError *error)
{
  SmpField fields[] = {
    [UPLOAD_DATA] = { "data", SMP_FIELD_BYTES },      [UPLOAD_LENGTH] = { "len", SMP_FIELD_NUMBER },
    [UPLOAD_OFFSET] = { "off", SMP_FIELD_NUMBER },    [UPLOAD_SHA] = { "sha", SMP_FIELD_BYTES },
    [UPLOAD_UPGRADE] = { "upgrade", SMP_FIELD_FLAG }, [UPLOAD_FIELDS] = { "image", SMP_FIELD_NUMBER },
  };

  if (!smp_read_map (request->body, request->body_len, fields, G_N_ELEMENTS (fields)))
    return MGMT_INVALID;
  *error = take_piece (self, fields);
  if (*error == IMG_OK) {
    smp_put_text (out, "off");
    smp_put_number (out, self->offset);
  }
  if (*error != IMG_OK || (self->uploading && self->offset == self->size))
    forget_upload (self);
  return MGMT_OK;
}

static MgmtError
handle_erase (Smp *self, const Request *request, SmpWriter *out, ImgError *error)
{
  SmpField fields[] = { { "slot", SMP_FIELD_NUMBER } };
  guint32 slot;

  if (!smp_read_map (request->body, request->body_len, fields, G_N_ELEMENTS (fields)))
    return MGMT_INVALID;
  slot = fields[0].found ? fields[0].number : 1;
  if (slot > 1)
    *error = IMG_INVALID_SLOT;
  else if (slot == 0 || self->images->slots.state == SLOTS_TRIED)
    *error = IMG_NO_FREE_SLOT;
  else if (!images_erase (self->images))
    *error = IMG_ERASE_FAILED;
  if (*error != IMG_NO_FREE_SLOT)
    forget_upload (self);
  return MGMT_OK;
}

/* --- frames --- */

static const struct {
  guint16 group;
  guint8 command;
  guint8 operation;
  Handler handle;
} commands[] = {
  { GROUP_OS, 0, OP_READ, handle_echo },         { GROUP_OS, 0, OP_WRITE, handle_echo },
  { GROUP_OS, 5, OP_WRITE, handle_reset },       { GROUP_OS, 6, OP_READ, handle_parameters },
  { GROUP_IMAGE, 0, OP_READ, handle_get_state }, { GROUP_IMAGE, 0, OP_WRITE, handle_set_state },
  { GROUP_IMAGE, 1, OP_WRITE, handle_upload },   { GROUP_IMAGE, 5, OP_WRITE, handle_erase },
};

static Handler
find_handler (const Request *request)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (commands[i].group == request->group && commands[i].command == request->command
        && commands[i].operation == request->operation)
      return commands[i].handle;
  return NULL;
}

static MgmtError
translate (ImgError error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (old_errors); i++)
    if (old_errors[i].error == error)
      return old_errors[i].old;
  return MGMT_UNKNOWN;
}

static void
put_group_error (SmpWriter *out, const Request *request, ImgError error)
{
  smp_put_text (out, "err");
  smp_put_map (out);
  smp_put_text (out, "group");
  smp_put_number (out, request->group);
  smp_put_text (out, "rc");
  smp_put_number (out, error);
  smp_put_end (out);
}

/* The map of the answer. */
static MgmtError
put_answer (Smp *self, const Request *request, SmpWriter *out)
{
  Handler handle = request->version > VERSION_2 ? NULL : find_handler (request);
  ImgError error = IMG_OK;
  MgmtError problem;

  if (request->version > VERSION_2)
    return MGMT_TOO_NEW;
  if (handle == NULL)
    return MGMT_UNSUPPORTED;
  smp_put_map (out);
  problem = handle (self, request, out, &error);
  if (problem == MGMT_OK && error != IMG_OK && request->version == VERSION_1)
    problem = translate (error);
  if (problem == MGMT_OK && error != IMG_OK)
    put_group_error (out, request, error);
  smp_put_end (out);
  return problem == MGMT_OK && out->full ? MGMT_TOO_LONG : problem;
}

static gboolean
read_request (const guint8 *frame, gsize len, Request *out)
{
  if (len < SMP_HEAD_SIZE || (gsize)(frame[2] << 8 | frame[3]) != len - SMP_HEAD_SIZE)
    return FALSE;
  *out = (Request){
    .operation = frame[0] & 7,
    .version = frame[0] >> 3 & 3,
    .group = (guint16)(frame[4] << 8 | frame[5]),
    .sequence = frame[6],
    .command = frame[7],
    .body = frame + SMP_HEAD_SIZE,
    .body_len = len - SMP_HEAD_SIZE,
  };
  return out->operation == OP_READ || out->operation == OP_WRITE;
}

static void
put_head (const Request *request, guint8 *out, gsize body_len)
{
  out[0] = (guint8)(MIN (request->version, VERSION_2) << 3 | (request->operation + 1));
  out[1] = 0;
  out[2] = (guint8)(body_len >> 8);
  out[3] = (guint8)body_len;
  out[4] = (guint8)(request->group >> 8);
  out[5] = (guint8)request->group;
  out[6] = request->sequence;
  out[7] = request->command;
}

gboolean
smp_answer (Smp *self, const guint8 *frame, gsize len, guint8 *out, gsize size, gsize *out_len)
{
  Request request;
  SmpWriter writer;
  MgmtError problem;

  if (size < SMP_HEAD_SIZE || !read_request (frame, len, &request))
    return FALSE;
  writer = (SmpWriter){ out + SMP_HEAD_SIZE, size - SMP_HEAD_SIZE, FALSE };
  problem = put_answer (self, &request, &writer);
  if (problem != MGMT_OK) {
    writer = (SmpWriter){ out + SMP_HEAD_SIZE, size - SMP_HEAD_SIZE, FALSE };
    smp_put_map (&writer);
    smp_put_text (&writer, "rc");
    smp_put_number (&writer, problem);
    smp_put_end (&writer);
  }
  *out_len = (gsize)(writer.at - out);
  put_head (&request, out, *out_len - SMP_HEAD_SIZE);
  return !writer.full;
}
