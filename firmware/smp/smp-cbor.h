/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The little CBOR (RFC 8949) that SMP takes: one map of named values in, one out.
 * libcbor's streams say what the bytes mean; nothing is built up in memory.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  SMP_FIELD_NUMBER, /* from 0 to 2^32 - 1 */
  SMP_FIELD_BYTES,
  SMP_FIELD_TEXT,
  SMP_FIELD_FLAG,
  SMP_FIELD_MAP, /* its bytes, for smp_read_map() */
} SmpFieldKind;

typedef struct {
  const char *name;
  SmpFieldKind kind;
  gboolean found;
  guint32 number;      /* or flag */
  const guint8 *bytes; /* in the input */
  gsize len;
} SmpField;

/* Reads a map.  What has another name is passed over; a name that comes twice, a
 * value of another kind, text or bytes in pieces, more than a few levels, and bytes
 * after the map are refused. */
gboolean smp_read_map (const guint8 *bytes, gsize size, SmpField *fields, guint n_fields);

/* Writes into a buffer; once it is full, it stays so and nothing more is written. */
typedef struct {
  guint8 *at;
  gsize left;
  gboolean full;
} SmpWriter;

/* Maps and lists end with smp_put_end(), as mcumgr sends them. */
void smp_put_map (SmpWriter *self);
void smp_put_list (SmpWriter *self);
void smp_put_end (SmpWriter *self);
void smp_put_text (SmpWriter *self, const char *text);
void smp_put_text_len (SmpWriter *self, const guint8 *text, gsize len);
void smp_put_bytes (SmpWriter *self, const guint8 *bytes, gsize len);
void smp_put_number (SmpWriter *self, guint32 number);
void smp_put_flag (SmpWriter *self, gboolean flag);

G_END_DECLS
