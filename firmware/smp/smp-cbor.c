/* SPDX-License-Identifier: Apache-2.0 */
/* The little CBOR that SMP takes. */
#include "firmware/smp/smp-cbor.h"

#include <cbor.h>
#include <string.h>

#define LEVELS 8           /* of what is passed over */
#define OPEN_END G_MAXSIZE /* how many are left: until the end is said */

typedef enum {
  TOKEN_OTHER, /* one value that is of no interest */
  TOKEN_NUMBER,
  TOKEN_BYTES,
  TOKEN_TEXT,
  TOKEN_FLAG,
  TOKEN_LIST, /* of @len */
  TOKEN_MAP,
  TOKEN_END,
  TOKEN_TAG, /* belongs to what follows */
} TokenKind;

typedef struct {
  TokenKind kind;
  guint64 number;
  const guint8 *bytes;
  gsize len;
} Token;

typedef struct {
  const guint8 *at;
  gsize left;
} Reader;

/* --- what libcbor calls --- */

static void
on_number8 (void *context, uint8_t value)
{
  *(Token *)context = (Token){ .kind = TOKEN_NUMBER, .number = value };
}

static void
on_number16 (void *context, uint16_t value)
{
  *(Token *)context = (Token){ .kind = TOKEN_NUMBER, .number = value };
}

static void
on_number32 (void *context, uint32_t value)
{
  *(Token *)context = (Token){ .kind = TOKEN_NUMBER, .number = value };
}

static void
on_number64 (void *context, uint64_t value)
{
  *(Token *)context = (Token){ .kind = TOKEN_NUMBER, .number = value };
}

static void
on_bytes (void *context, cbor_data bytes, size_t len)
{
  *(Token *)context = (Token){ .kind = TOKEN_BYTES, .bytes = bytes, .len = len };
}

static void
on_text (void *context, cbor_data bytes, size_t len)
{
  *(Token *)context = (Token){ .kind = TOKEN_TEXT, .bytes = bytes, .len = len };
}

/* Pieces of bytes or text are to be passed over like a list. */
static void
on_open_list (void *context)
{
  *(Token *)context = (Token){ .kind = TOKEN_LIST, .len = OPEN_END };
}

/* There is no input that has as many as OPEN_END, or one less. */
static void
on_list (void *context, size_t len)
{
  *(Token *)context = (Token){ .kind = TOKEN_LIST, .len = MIN (len, OPEN_END - 1) };
}

static void
on_open_map (void *context)
{
  *(Token *)context = (Token){ .kind = TOKEN_MAP, .len = OPEN_END };
}

static void
on_map (void *context, size_t len)
{
  *(Token *)context = (Token){ .kind = TOKEN_MAP, .len = MIN (len, OPEN_END - 1) };
}

static void
on_tag (void *context, uint64_t value)
{
  *(Token *)context = (Token){ .kind = TOKEN_TAG };
}

static void
on_flag (void *context, bool value)
{
  *(Token *)context = (Token){ .kind = TOKEN_FLAG, .number = value };
}

static void
on_end (void *context)
{
  *(Token *)context = (Token){ .kind = TOKEN_END };
}

static void
on_negative8 (void *context, uint8_t value)
{
}

static void
on_negative16 (void *context, uint16_t value)
{
}

static void
on_negative32 (void *context, uint32_t value)
{
}

static void
on_negative64 (void *context, uint64_t value)
{
}

static void
on_float (void *context, float value)
{
}

static void
on_double (void *context, double value)
{
}

static void
on_nothing (void *context)
{
}

/* All of them by name: a program that loads libcbor when it first calls it has none of
 * its constants. */
static const struct cbor_callbacks callbacks = {
  .uint8 = on_number8,
  .uint16 = on_number16,
  .uint32 = on_number32,
  .uint64 = on_number64,
  .negint8 = on_negative8,
  .negint16 = on_negative16,
  .negint32 = on_negative32,
  .negint64 = on_negative64,
  .byte_string = on_bytes,
  .byte_string_start = on_open_list,
  .string = on_text,
  .string_start = on_open_list,
  .array_start = on_list,
  .indef_array_start = on_open_list,
  .map_start = on_map,
  .indef_map_start = on_open_map,
  .tag = on_tag,
  .float2 = on_float,
  .float4 = on_float,
  .float8 = on_double,
  .undefined = on_nothing,
  .null = on_nothing,
  .boolean = on_flag,
  .indef_break = on_end,
};

/* --- reading --- */

static gboolean
next_token (Reader *self, Token *out)
{
  struct cbor_decoder_result result;

  *out = (Token){ .kind = TOKEN_OTHER };
  result = cbor_stream_decode (self->at, self->left, &callbacks, out);
  if (result.status != CBOR_DECODER_FINISHED || result.read == 0 || result.read > self->left)
    return FALSE;
  self->at += result.read;
  self->left -= result.read;
  return TRUE;
}

/* How many values a list or map is to have; each takes a byte at least. */
static gboolean
open_level (const Reader *self, const Token *token, gsize *out)
{
  gsize each = token->kind == TOKEN_MAP ? 2 : 1;

  *out = OPEN_END;
  if (token->len == OPEN_END)
    return TRUE;
  *out = token->len * each;
  return token->len <= self->left / each;
}

/* Passes over the value that begins with @token. */
static gboolean
skip (Reader *self, Token token)
{
  gsize left[LEVELS];
  guint level = 0;

  for (;;) {
    if (token.kind == TOKEN_LIST || token.kind == TOKEN_MAP) {
      if (level == LEVELS || !open_level (self, &token, &left[level]))
        return FALSE;
      level++;
    } else if (token.kind == TOKEN_END) {
      if (level == 0 || left[level - 1] != OPEN_END)
        return FALSE;
      left[level - 1] = 0;
    } else if (token.kind != TOKEN_TAG && level > 0 && left[level - 1] != OPEN_END) {
      left[level - 1]--;
    } else if (token.kind != TOKEN_TAG && level == 0) {
      return TRUE;
    }
    /* What is complete is one value of what it is in. */
    while (level > 0 && left[level - 1] == 0)
      if (--level > 0 && left[level - 1] != OPEN_END)
        left[level - 1]--;
    if ((level == 0 && token.kind != TOKEN_TAG) || !next_token (self, &token))
      return level == 0 && token.kind != TOKEN_TAG;
  }
}

static gboolean
take (SmpField *field, const Token *token)
{
  static const TokenKind kinds[] = {
    [SMP_FIELD_NUMBER] = TOKEN_NUMBER, [SMP_FIELD_BYTES] = TOKEN_BYTES, [SMP_FIELD_TEXT] = TOKEN_TEXT,
    [SMP_FIELD_FLAG] = TOKEN_FLAG,     [SMP_FIELD_MAP] = TOKEN_MAP,
  };

  if (field->found || token->kind != kinds[field->kind] || token->number > G_MAXUINT32)
    return FALSE;
  field->found = TRUE;
  field->number = (guint32)token->number;
  field->bytes = token->bytes;
  field->len = token->len;
  return TRUE;
}

static gboolean
read_value (Reader *self, const Token *name, SmpField *fields, guint n_fields)
{
  const guint8 *begin = self->at;
  SmpField *field = NULL;
  Token value;

  if (!next_token (self, &value))
    return FALSE;
  for (guint i = 0; i < n_fields && field == NULL; i++)
    if (strlen (fields[i].name) == name->len && memcmp (fields[i].name, name->bytes, name->len) == 0)
      field = &fields[i];
  if (field != NULL && field->kind != SMP_FIELD_MAP)
    return take (field, &value);
  if (!skip (self, value))
    return FALSE;
  value.bytes = begin;
  value.len = (gsize)(self->at - begin);
  return field == NULL || take (field, &value);
}

gboolean
smp_read_map (const guint8 *bytes, gsize size, SmpField *fields, guint n_fields)
{
  Reader reader = { bytes, size };
  Token token;
  gsize left;

  if (!next_token (&reader, &token) || token.kind != TOKEN_MAP)
    return FALSE;
  for (left = token.len; left > 0; left -= token.len != OPEN_END) {
    Token name;

    if (!next_token (&reader, &name))
      return FALSE;
    if (name.kind == TOKEN_END && token.len == OPEN_END)
      break;
    if (name.kind != TOKEN_TEXT || !read_value (&reader, &name, fields, n_fields))
      return FALSE;
  }
  return reader.left == 0;
}

/* --- writing --- */

/* libcbor wrote @n bytes; 0: they had no room. */
static void
wrote (SmpWriter *self, gsize n)
{
  self->full |= n == 0;
  self->at += n;
  self->left -= n;
  if (self->full)
    self->left = 0;
}

void
smp_put_map (SmpWriter *self)
{
  wrote (self, cbor_encode_indef_map_start (self->at, self->left));
}

void
smp_put_list (SmpWriter *self)
{
  wrote (self, cbor_encode_indef_array_start (self->at, self->left));
}

void
smp_put_end (SmpWriter *self)
{
  wrote (self, cbor_encode_break (self->at, self->left));
}

static void
put_raw (SmpWriter *self, const guint8 *bytes, gsize len)
{
  if (len > self->left)
    self->full = TRUE;
  if (!self->full && len > 0) {
    memcpy (self->at, bytes, len);
    wrote (self, len);
  }
}

void
smp_put_text_len (SmpWriter *self, const guint8 *text, gsize len)
{
  wrote (self, cbor_encode_string_start (len, self->at, self->left));
  put_raw (self, text, len);
}

void
smp_put_text (SmpWriter *self, const char *text)
{
  smp_put_text_len (self, (const guint8 *)text, strlen (text));
}

void
smp_put_bytes (SmpWriter *self, const guint8 *bytes, gsize len)
{
  wrote (self, cbor_encode_bytestring_start (len, self->at, self->left));
  put_raw (self, bytes, len);
}

void
smp_put_number (SmpWriter *self, guint32 number)
{
  wrote (self, cbor_encode_uint (number, self->at, self->left));
}

void
smp_put_flag (SmpWriter *self, gboolean flag)
{
  wrote (self, cbor_encode_bool (flag != FALSE, self->at, self->left));
}
