/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wipe plan: which places are wiped, in which order, and how far it is.
 * A pure state machine; who acts on it is daemon/device.
 *
 *     cloud-data ──▶ cloud-account ──┐
 *                                    ├──▶ keyring ──▶ records
 *     device ────────────────────────┘
 *
 * A device that is *lost* may be wiped years later or never, so what need not
 * wait for it does not:
 *
 *     traces
 *     cloud-data ──▶ cloud-account ──▶ spare-keys
 *     device
 *     all of these ──▶ keyring ──▶ records
 *
 * Traces are all local records but those that the device's own wipe needs; spare
 * keys all but the two that it needs: the owner key, and the key that tells its
 * advertisement.
 *
 * The cloud and the device do not wait for each other: either may be out of
 * reach for long.  The keyring holds what is needed to reach both, so it comes
 * after; the local records come last, because the journal is of them.
 *
 * A place goes pending → running → done, or pending → not-needed, never back.  The
 * two of a cloud that is gone for good can be *given up*, which is not done: nobody
 * has confirmed anything, and every receipt says so.
 *
 * *running* is journalled before the first act that cannot be taken back, so it
 * means "may have happened": whoever finds it after a crash does the act again,
 * as every act can be repeated.  What can be taken back (connecting,
 * WipePrepare, keeping the next owner's code) belongs before it.
 */
#pragma once

#include <glib-object.h>

#include "privacy/evidence.h"

G_BEGIN_DECLS

/* The "format" of a journal entry. */
#define WATTLE_WIPE_PLAN_FORMAT "wattle-wipe-plan-1"

typedef enum {
  WATTLE_WIPE_CLOUD_DATA,
  WATTLE_WIPE_CLOUD_ACCOUNT,
  WATTLE_WIPE_DEVICE,
  WATTLE_WIPE_KEYRING,
  WATTLE_WIPE_RECORDS,
  WATTLE_WIPE_TRACES,     /* only of a lost device */
  WATTLE_WIPE_SPARE_KEYS, /* only of a lost device */
  WATTLE_WIPE_N_PLACES,
} WattleWipePlace;

typedef enum {
  WATTLE_WIPE_PENDING,
  WATTLE_WIPE_RUNNING,
  WATTLE_WIPE_DONE,
  WATTLE_WIPE_NOT_NEEDED,
  WATTLE_WIPE_GIVEN_UP, /* of the cloud's places: over, but not confirmed */
} WattleWipeState;

/* "cloud-data", "cloud-account", "device", "keyring", "records", "traces", "spare-keys". */
const char *wattle_wipe_place_name (WattleWipePlace place);
/* Who shows that the place is done. */
WattleEvidenceKind wattle_wipe_place_evidence (WattleWipePlace place);
/* "pending", "running", "done", "not-needed", "given-up". */
const char *wattle_wipe_state_name (WattleWipeState state);

/* Makes one journal entry durable: @json is the whole plan after the transition
 * number @step (1, 2, ...), replacing the one before.  FALSE with @error set:
 * the transition does not take place. */
typedef gboolean (*WattleWipeJournalFunc) (gpointer journal, const char *wipe_id, guint step, const char *json,
                                           GError **error);

#define WATTLE_TYPE_WIPE_PLAN (wattle_wipe_plan_get_type ())
G_DECLARE_FINAL_TYPE (WattleWipePlan, wattle_wipe_plan, WATTLE, WIPE_PLAN, GObject)

/* A new plan with a random id; every place is pending, those in @not_needed
 * (bits 1 << place; only the two of the cloud and the device) are not-needed.
 * Nothing is journalled yet: wattle_wipe_plan_begin() does that. */
WattleWipePlan *wattle_wipe_plan_new (guint not_needed, gint64 time);
/* Another id than the random one; before it begins. */
void wattle_wipe_plan_set_id (WattleWipePlan *self, const guint8 id[16]);

/* Takes a plan up again from its journal entry.  Evidence in it is verified
 * again.  WATTLE_ERROR_STORE_CORRUPT. */
WattleWipePlan *wattle_wipe_plan_new_from_json (const char *json, gssize length, GError **error);
/* The journal entry of the plan as it is now. */
char *wattle_wipe_plan_to_json (WattleWipePlan *self);

/* Where transitions are made durable.  Must be set before any. */
void wattle_wipe_plan_set_journal (WattleWipePlan *self, WattleWipeJournalFunc func, gpointer journal);

const char *wattle_wipe_plan_get_id (WattleWipePlan *self);         /* 32 hexadecimal digits */
const guint8 *wattle_wipe_plan_get_id_bytes (WattleWipePlan *self); /* 16 bytes */
gint64 wattle_wipe_plan_get_requested_at (WattleWipePlan *self);
guint wattle_wipe_plan_get_step (WattleWipePlan *self); /* 0 = not begun */
WattleWipeState wattle_wipe_plan_get_state (WattleWipePlan *self, WattleWipePlace place);
/* NULL unless done. */
WattleEvidence *wattle_wipe_plan_get_evidence (WattleWipePlan *self, WattleWipePlace place);
/* When the place was done or given up; 0 before. */
gint64 wattle_wipe_plan_get_done_at (WattleWipePlan *self, WattleWipePlace place);

/* Whether a journal or receipt tells of the place: those of a lost device only
 * where it is. */
gboolean wattle_wipe_plan_has_place (WattleWipePlan *self, WattleWipePlace place);
/* Whether the person said that the device is lost. */
gboolean wattle_wipe_plan_is_lost (WattleWipePlan *self);
/* Whether only the device is outstanding, and what waits for it. */
gboolean wattle_wipe_plan_waits_for_device (WattleWipePlan *self);
/* Whether nothing is outstanding. */
gboolean wattle_wipe_plan_is_complete (WattleWipePlan *self);
/* Whether a place was given up. */
gboolean wattle_wipe_plan_has_given_up (WattleWipePlan *self);
gboolean wattle_wipe_plan_is_cancelled (WattleWipePlan *self);
/* Whether nothing can have been wiped yet. */
gboolean wattle_wipe_plan_can_cancel (WattleWipePlan *self);
/* Whether the place is pending or running and what it waits for is behind it. */
gboolean wattle_wipe_plan_is_ready (WattleWipePlan *self, WattleWipePlace place);
/* 0.0 to 1.0. */
double wattle_wipe_plan_get_progress (WattleWipePlan *self);

/* The transitions.  Each is journalled first and leaves the plan as it was
 * where it fails.  WATTLE_ERROR_NOT_ALLOWED where the order forbids it; the
 * journal's own errors. */
gboolean wattle_wipe_plan_begin (WattleWipePlan *self, GError **error);
/* Just before the first act that cannot be taken back.  Again is no error and
 * writes nothing. */
gboolean wattle_wipe_plan_start (WattleWipePlan *self, WattleWipePlace place, GError **error);
/* @evidence must suit the place and speak of this wipe: a device statement of
 * kind wipe with the wipe id as its reference, a cloud receipt whose claim
 * "request" is the wipe id, or this computer's word for keyring and records.
 * WATTLE_ERROR_NOT_GENUINE otherwise. */
gboolean wattle_wipe_plan_finish (WattleWipePlan *self, WattleWipePlace place, WattleEvidence *evidence, gint64 time,
                                  GError **error);
/* Turns out not to be needed; only while pending. */
gboolean wattle_wipe_plan_skip (WattleWipePlan *self, WattleWipePlace place, GError **error);
/* The device is lost: what need not wait for it is wiped without.  Before the
 * wipe begins, or later as long as the device is not wiped; again is no error
 * and writes nothing. */
gboolean wattle_wipe_plan_declare_lost (WattleWipePlan *self, GError **error);
/* The cloud is gone for good: those of its places that are outstanding are given
 * up, in one transition.  There must be one, and the wipe must have begun. */
gboolean wattle_wipe_plan_give_up_cloud (WattleWipePlan *self, gint64 time, GError **error);
/* Only while wattle_wipe_plan_can_cancel(). */
gboolean wattle_wipe_plan_cancel (WattleWipePlan *self, GError **error);

G_END_DECLS
