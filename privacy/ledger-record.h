/* SPDX-License-Identifier: Apache-2.0 */
/* How a record of the ledger is written and read.  For ledger*.c alone. */
#pragma once

#include "privacy/ledger.h"

G_BEGIN_DECLS

typedef enum {
  WATTLE_RECORD_DECISION,
  WATTLE_RECORD_CONFIRMATION,
} WattleRecordKind;

/* What a record says. */
typedef struct {
  WattleRecordKind kind;
  gint64 time;
  /* a decision */
  char *purpose;
  WattleConsentState state;
  char *notice_sha256;
  char *passport_sha256;
  /* a confirmation */
  char *confirms; /* hash of a record */
  WattleEvidenceKind by;
} WattleRecordContent;

void wattle_record_content_clear (WattleRecordContent *content);

/* The hash of a record: over @previous ("" = the first of @chain) and @json. */
char *wattle_record_hash (const char *chain, const char *previous, const char *json);

/* Canonical texts of new records. */
char *wattle_record_write_decision (const char *chain, guint64 sequence, WattlePassport *passport,
                                    const WattlePurpose *purpose, WattleConsentState state, const char *language,
                                    const char *notice_sha256, gint64 time);
char *wattle_record_write_confirmation (const char *chain, guint64 sequence, const char *record,
                                        WattleEvidence *evidence, gint64 time);

/* Reads a record back.  NULL: it is one of @chain at @sequence, canonical and of
 * a known kind; else what is wrong with it, untranslated.  @evidence may be NULL. */
const char *wattle_record_read (const char *chain, guint64 sequence, const char *json, WattleRecordContent *content,
                                JsonNode **evidence);

/* Whether verified @evidence speaks of the record with hash @record. */
gboolean wattle_record_is_meant (WattleEvidence *evidence, const char *record);

G_END_DECLS
