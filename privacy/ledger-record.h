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
  gint64 expires; /* 0 = it does not by itself */
  char *notice_sha256;
  char *passport_sha256;
  /* a confirmation */
  char *confirms; /* hash of a record */
  WattleEvidenceKind by;
} WattleRecordContent;

void wattle_record_content_clear (WattleRecordContent *content);

/* The hash of a record: over @previous ("" = the first of @chain) and @length bytes of
 * @json. */
char *wattle_record_hash (const char *chain, const char *previous, const char *json, gsize length);

/* What a new decision's record is made of. */
typedef struct {
  WattlePassport *passport;
  const WattlePurpose *purpose;
  WattleConsentState state; /* any but NOT_ASKED */
  const char *language;
  const char *notice_sha256;
  gint64 expires; /* 0 = it does not by itself */
  gint64 time;
} WattleDecision;

/* "dpv:ConsentGiven", ... */
const char *wattle_record_status (WattleConsentState state);
/* "device", "cloud", "computer". */
const char *wattle_record_confirmer (WattleEvidenceKind by);

/* Canonical texts of new records. */
char *wattle_record_write_decision (const char *chain, guint64 sequence, const WattleDecision *decision);
char *wattle_record_write_confirmation (const char *chain, guint64 sequence, const char *record,
                                        WattleEvidence *evidence, gint64 time);

/* Reads a record back.  NULL: it is one of @chain at @sequence, canonical and of
 * a known kind; else what is wrong with it, untranslated.  @evidence may be NULL. */
const char *wattle_record_read (const char *chain, guint64 sequence, const char *json, gsize length,
                                WattleRecordContent *content, JsonNode **evidence);

/* Whether verified @evidence speaks of the record with hash @record. */
gboolean wattle_record_is_meant (WattleEvidence *evidence, const char *record);

G_END_DECLS
