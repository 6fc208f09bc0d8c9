/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WattleWipePlan: how far a wipe is.
 */
#include "privacy/wipe-plan.h"

#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>
#include <string.h>

#include "common/error.h"
#include "privacy/json.h"

#define ID_BYTES 16
#define ID_LENGTH (2 * ID_BYTES)
#define MAX_SIZE (128 * 1024)
#define BIT(place) (1u << (place))

struct place {
  WattleWipeState state;
  WattleEvidence *evidence; /* when done */
  gint64 done_at;           /* or given up */
};

struct _WattleWipePlan {
  GObject parent_instance;
  char id[ID_LENGTH + 1];
  guint8 id_bytes[ID_BYTES];
  gint64 requested_at;
  guint step;
  gboolean cancelled;
  struct place places[WATTLE_WIPE_N_PLACES];
  WattleWipeJournalFunc journal_func;
  gpointer journal;
};

G_DEFINE_FINAL_TYPE (WattleWipePlan, wattle_wipe_plan, G_TYPE_OBJECT)

/* When a place is part of a wipe. */
typedef enum {
  ALWAYS,
  OPTIONAL,  /* not needed where there is no account, or no device any more */
  WHEN_LOST, /* only where the device is lost */
} Need;

/* Each place: its name, what has to be over before it, what shows that it is
 * done, and what a cloud's receipt for it is called. */
static const struct {
  const char *name;
  guint after;
  WattleEvidenceKind evidence;
  const char *claim;
  Need need;
} places[] = {
  [WATTLE_WIPE_CLOUD_DATA] = { "cloud-data", 0, WATTLE_EVIDENCE_CLOUD, "device-deletion", OPTIONAL },
  [WATTLE_WIPE_CLOUD_ACCOUNT]
  = { "cloud-account", BIT (WATTLE_WIPE_CLOUD_DATA), WATTLE_EVIDENCE_CLOUD, "account-deletion", OPTIONAL },
  [WATTLE_WIPE_DEVICE] = { "device", 0, WATTLE_EVIDENCE_DEVICE, NULL, OPTIONAL },
  [WATTLE_WIPE_KEYRING] = { "keyring",
                            BIT (WATTLE_WIPE_CLOUD_ACCOUNT) | BIT (WATTLE_WIPE_DEVICE) | BIT (WATTLE_WIPE_TRACES)
                                | BIT (WATTLE_WIPE_SPARE_KEYS),
                            WATTLE_EVIDENCE_LOCAL, NULL, ALWAYS },
  [WATTLE_WIPE_RECORDS] = { "records", BIT (WATTLE_WIPE_KEYRING), WATTLE_EVIDENCE_LOCAL, NULL, ALWAYS },
  [WATTLE_WIPE_TRACES] = { "traces", 0, WATTLE_EVIDENCE_LOCAL, NULL, WHEN_LOST },
  [WATTLE_WIPE_SPARE_KEYS] = { "spare-keys", BIT (WATTLE_WIPE_CLOUD_ACCOUNT), WATTLE_EVIDENCE_LOCAL, NULL, WHEN_LOST },
};
G_STATIC_ASSERT (G_N_ELEMENTS (places) == WATTLE_WIPE_N_PLACES);

static const char *const state_names[] = {
  [WATTLE_WIPE_PENDING] = "pending",       [WATTLE_WIPE_RUNNING] = "running",   [WATTLE_WIPE_DONE] = "done",
  [WATTLE_WIPE_NOT_NEEDED] = "not-needed", [WATTLE_WIPE_GIVEN_UP] = "given-up",
};

const char *
wattle_wipe_place_name (WattleWipePlace place)
{
  g_return_val_if_fail (place < WATTLE_WIPE_N_PLACES, NULL);
  return places[place].name;
}

WattleEvidenceKind
wattle_wipe_place_evidence (WattleWipePlace place)
{
  g_return_val_if_fail (place < WATTLE_WIPE_N_PLACES, WATTLE_EVIDENCE_LOCAL);
  return places[place].evidence;
}

const char *
wattle_wipe_state_name (WattleWipeState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (state_names), NULL);
  return state_names[state];
}

static gboolean
is_over (const struct place *place)
{
  return place->state == WATTLE_WIPE_DONE || place->state == WATTLE_WIPE_NOT_NEEDED
         || place->state == WATTLE_WIPE_GIVEN_UP;
}

/* Whether a place is the cloud's, which alone can be given up. */
static gboolean
is_cloud (WattleWipePlace place)
{
  return places[place].evidence == WATTLE_EVIDENCE_CLOUD;
}

/* Whether all that @place comes after is over. */
static gboolean
may_run (WattleWipePlan *self, WattleWipePlace place)
{
  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++)
    if ((places[place].after & BIT (i)) && !is_over (&self->places[i]))
      return FALSE;
  return TRUE;
}

/* Whether @evidence shows that @place was wiped by this very wipe. */
static gboolean
evidence_fits (WattleWipePlan *self, WattleWipePlace place, WattleEvidence *evidence)
{
  const WattleStatement *statement = wattle_evidence_get_statement (evidence);
  JsonObject *claims = wattle_evidence_get_claims (evidence);

  if (wattle_evidence_get_kind (evidence) != places[place].evidence)
    return FALSE;
  if (statement)
    return statement->kind == WATTLE_STATEMENT_WIPE && statement->reference_len == ID_BYTES
           && memcmp (statement->reference, self->id_bytes, ID_BYTES) == 0;
  if (claims)
    return g_strcmp0 (wattle_json_get_string (claims, "kind"), places[place].claim) == 0
           && g_strcmp0 (wattle_json_get_string (claims, "request"), self->id) == 0;
  return TRUE;
}

/* ------------------------------------------------------------ new and stored */

WattleWipePlan *
wattle_wipe_plan_new (guint not_needed, gint64 time)
{
  WattleWipePlan *self = g_object_new (WATTLE_TYPE_WIPE_PLAN, NULL);

  guint8 id[ID_BYTES];

  if (gnutls_rnd (GNUTLS_RND_RANDOM, id, ID_BYTES) < 0)
    g_error ("The system has no randomness to give");
  wattle_wipe_plan_set_id (self, id);
  self->requested_at = time;
  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++)
    if (places[i].need == WHEN_LOST || ((not_needed & BIT (i)) && places[i].need == OPTIONAL))
      self->places[i].state = WATTLE_WIPE_NOT_NEEDED;
  return self;
}

void
wattle_wipe_plan_set_id (WattleWipePlan *self, const guint8 id[16])
{
  g_return_if_fail (self->step == 0);
  memcpy (self->id_bytes, id, ID_BYTES);
  for (guint i = 0; i < ID_BYTES; i++)
    g_snprintf (self->id + 2 * i, 3, "%02x", id[i]);
}

gboolean
wattle_wipe_plan_has_place (WattleWipePlan *self, WattleWipePlace place)
{
  g_return_val_if_fail (place < WATTLE_WIPE_N_PLACES, FALSE);
  return places[place].need != WHEN_LOST || self->places[place].state != WATTLE_WIPE_NOT_NEEDED;
}

char *
wattle_wipe_plan_to_json (WattleWipePlan *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  JsonObject *all = json_object_new ();

  json_object_set_string_member (object, "format", WATTLE_WIPE_PLAN_FORMAT);
  json_object_set_string_member (object, "id", self->id);
  json_object_set_int_member (object, "requested_at", self->requested_at);
  json_object_set_int_member (object, "step", self->step);
  json_object_set_boolean_member (object, "cancelled", self->cancelled);
  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++) {
    const struct place *place = &self->places[i];
    JsonObject *out;

    if (!wattle_wipe_plan_has_place (self, i))
      continue;
    out = json_object_new ();
    json_object_set_string_member (out, "state", state_names[place->state]);
    if (place->evidence) {
      json_object_set_int_member (out, "done_at", place->done_at);
      json_object_set_member (out, "evidence", wattle_evidence_to_json (place->evidence));
    }
    if (place->state == WATTLE_WIPE_GIVEN_UP)
      json_object_set_int_member (out, "given_up_at", place->done_at);
    json_object_set_object_member (all, places[i].name, out);
  }
  json_object_set_object_member (object, "places", all);
  return wattle_json_canonical (node);
}

static gboolean
read_place (WattleWipePlan *self, WattleWipePlace place, JsonObject *object)
{
  struct place *out = &self->places[place];
  const char *state = object ? wattle_json_get_string (object, "state") : NULL;
  int found = -1;

  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (g_strcmp0 (state, state_names[i]) == 0)
      found = i;
  if (found < 0 || (found == WATTLE_WIPE_NOT_NEEDED && places[place].need != OPTIONAL)
      || (found == WATTLE_WIPE_GIVEN_UP && !is_cloud (place)))
    return FALSE;
  out->state = found;
  if (found == WATTLE_WIPE_GIVEN_UP)
    return wattle_json_get_integer (object, "given_up_at", &out->done_at) && json_object_get_size (object) == 2;
  if (found != WATTLE_WIPE_DONE)
    return json_object_get_size (object) == 1;
  out->evidence = wattle_evidence_from_json (json_object_get_member (object, "evidence"), NULL);
  return out->evidence && wattle_json_get_integer (object, "done_at", &out->done_at)
         && json_object_get_size (object) == 3 && evidence_fits (self, place, out->evidence);
}

static gboolean
read_places (WattleWipePlan *self, JsonObject *all)
{
  gboolean lost = all && json_object_has_member (all, places[WATTLE_WIPE_TRACES].name);
  guint told = 0;

  for (guint i = 0; all && i < WATTLE_WIPE_N_PLACES; i++) {
    self->places[i].state = WATTLE_WIPE_NOT_NEEDED;
    if (places[i].need == WHEN_LOST && !lost)
      continue;
    if (!read_place (self, i, wattle_json_get_object (all, places[i].name)))
      return FALSE;
    told++;
  }
  if (!all || json_object_get_size (all) != told)
    return FALSE;
  /* What has begun must have been allowed to. */
  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++)
    if ((self->places[i].state == WATTLE_WIPE_RUNNING || self->places[i].state == WATTLE_WIPE_DONE)
        && !may_run (self, i))
      return FALSE;
  /* The cloud is given up as a whole. */
  if (self->places[WATTLE_WIPE_CLOUD_DATA].state == WATTLE_WIPE_GIVEN_UP
      && self->places[WATTLE_WIPE_CLOUD_ACCOUNT].state < WATTLE_WIPE_NOT_NEEDED)
    return FALSE;
  return !self->cancelled || wattle_wipe_plan_get_progress (self) == 0;
}

static gboolean
read_plan (WattleWipePlan *self, JsonObject *object)
{
  const char *id = wattle_json_get_string (object, "id");
  JsonNode *cancelled = json_object_get_member (object, "cancelled");
  gint64 step;

  if (g_strcmp0 (wattle_json_get_string (object, "format"), WATTLE_WIPE_PLAN_FORMAT) != 0
      || !wattle_is_hex (id, ID_LENGTH) || json_object_get_size (object) != 6)
    return FALSE;
  if (!wattle_json_get_integer (object, "requested_at", &self->requested_at)
      || !wattle_json_get_integer (object, "step", &step) || step < 0 || step > G_MAXINT || !cancelled
      || json_node_get_value_type (cancelled) != G_TYPE_BOOLEAN)
    return FALSE;
  self->step = step;
  self->cancelled = json_node_get_boolean (cancelled);
  g_strlcpy (self->id, id, sizeof self->id);
  for (guint i = 0; i < ID_BYTES; i++)
    self->id_bytes[i] = g_ascii_xdigit_value (id[2 * i]) << 4 | g_ascii_xdigit_value (id[2 * i + 1]);
  return read_places (self, wattle_json_get_object (object, "places"));
}

WattleWipePlan *
wattle_wipe_plan_new_from_json (const char *json, gssize length, GError **error)
{
  g_autoptr (WattleWipePlan) self = g_object_new (WATTLE_TYPE_WIPE_PLAN, NULL);
  g_autoptr (JsonNode) node = wattle_json_parse (json, length < 0 ? strlen (json) : (gsize)length, MAX_SIZE, NULL);

  if (node && JSON_NODE_HOLDS_OBJECT (node) && read_plan (self, json_node_get_object (node)))
    return g_steal_pointer (&self);
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_STORE_CORRUPT,
                       _ ("Wattle’s notes about a wipe under way are damaged."));
  return NULL;
}

void
wattle_wipe_plan_set_journal (WattleWipePlan *self, WattleWipeJournalFunc func, gpointer journal)
{
  self->journal_func = func;
  self->journal = journal;
}

static void
wattle_wipe_plan_finalize (GObject *object)
{
  WattleWipePlan *self = WATTLE_WIPE_PLAN (object);

  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++)
    g_clear_pointer (&self->places[i].evidence, wattle_evidence_unref);
  G_OBJECT_CLASS (wattle_wipe_plan_parent_class)->finalize (object);
}

static void
wattle_wipe_plan_class_init (WattleWipePlanClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_wipe_plan_finalize;
}

static void
wattle_wipe_plan_init (WattleWipePlan *self)
{
}

/* ---------------------------------------------------------------- questions */

const char *
wattle_wipe_plan_get_id (WattleWipePlan *self)
{
  return self->id;
}

const guint8 *
wattle_wipe_plan_get_id_bytes (WattleWipePlan *self)
{
  return self->id_bytes;
}

gint64
wattle_wipe_plan_get_requested_at (WattleWipePlan *self)
{
  return self->requested_at;
}

guint
wattle_wipe_plan_get_step (WattleWipePlan *self)
{
  return self->step;
}

WattleWipeState
wattle_wipe_plan_get_state (WattleWipePlan *self, WattleWipePlace place)
{
  g_return_val_if_fail (place < WATTLE_WIPE_N_PLACES, WATTLE_WIPE_PENDING);
  return self->places[place].state;
}

WattleEvidence *
wattle_wipe_plan_get_evidence (WattleWipePlan *self, WattleWipePlace place)
{
  g_return_val_if_fail (place < WATTLE_WIPE_N_PLACES, NULL);
  return self->places[place].evidence;
}

gint64
wattle_wipe_plan_get_done_at (WattleWipePlan *self, WattleWipePlace place)
{
  g_return_val_if_fail (place < WATTLE_WIPE_N_PLACES, 0);
  return self->places[place].done_at;
}

gboolean
wattle_wipe_plan_is_lost (WattleWipePlan *self)
{
  return wattle_wipe_plan_has_place (self, WATTLE_WIPE_TRACES);
}

gboolean
wattle_wipe_plan_waits_for_device (WattleWipePlan *self)
{
  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++)
    if (i != WATTLE_WIPE_KEYRING && i != WATTLE_WIPE_RECORDS && is_over (&self->places[i]) == (i == WATTLE_WIPE_DEVICE))
      return FALSE;
  return TRUE;
}

gboolean
wattle_wipe_plan_is_complete (WattleWipePlan *self)
{
  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++)
    if (!is_over (&self->places[i]))
      return FALSE;
  return TRUE;
}

gboolean
wattle_wipe_plan_has_given_up (WattleWipePlan *self)
{
  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++)
    if (self->places[i].state == WATTLE_WIPE_GIVEN_UP)
      return TRUE;
  return FALSE;
}

gboolean
wattle_wipe_plan_is_cancelled (WattleWipePlan *self)
{
  return self->cancelled;
}

gboolean
wattle_wipe_plan_can_cancel (WattleWipePlan *self)
{
  if (self->cancelled)
    return FALSE;
  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++)
    if (self->places[i].state != WATTLE_WIPE_PENDING && self->places[i].state != WATTLE_WIPE_NOT_NEEDED)
      return FALSE;
  return TRUE;
}

gboolean
wattle_wipe_plan_is_ready (WattleWipePlan *self, WattleWipePlace place)
{
  g_return_val_if_fail (place < WATTLE_WIPE_N_PLACES, FALSE);
  return self->step > 0 && !self->cancelled && !is_over (&self->places[place]) && may_run (self, place);
}

double
wattle_wipe_plan_get_progress (WattleWipePlan *self)
{
  /* In halves: running is one, done is two. */
  guint reached = 0, all = 0;

  for (guint i = 0; i < WATTLE_WIPE_N_PLACES; i++) {
    if (self->places[i].state == WATTLE_WIPE_NOT_NEEDED)
      continue;
    all += 2;
    reached += MIN (self->places[i].state, WATTLE_WIPE_DONE); /* PENDING 0, RUNNING 1, DONE 2 */
  }
  return (double)reached / all;
}

/* -------------------------------------------------------------- transitions */

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED, message);
  return FALSE;
}

/* Writes the plan as it is now as the next entry; the caller takes the transition
 * back where this fails. */
static gboolean
write_journal (WattleWipePlan *self, GError **error)
{
  g_autofree char *json = NULL;

  g_return_val_if_fail (self->journal_func != NULL, FALSE);
  self->step++;
  json = wattle_wipe_plan_to_json (self);
  if (self->journal_func (self->journal, self->id, self->step, json, error))
    return TRUE;
  self->step--;
  return FALSE;
}

/* Moves one place on, journal first.  Takes a reference of @evidence. */
static gboolean
move (WattleWipePlan *self, WattleWipePlace index, WattleWipeState state, WattleEvidence *evidence, gint64 time,
      GError **error)
{
  struct place *place = &self->places[index];
  const struct place before = *place;

  place->state = state;
  place->evidence = evidence;
  place->done_at = time;
  if (!write_journal (self, error)) {
    *place = before;
    return FALSE;
  }
  if (evidence)
    wattle_evidence_ref (evidence);
  return TRUE;
}

gboolean
wattle_wipe_plan_begin (WattleWipePlan *self, GError **error)
{
  if (self->step > 0)
    return refuse (error, _ ("This wipe has begun already."));
  return write_journal (self, error);
}

gboolean
wattle_wipe_plan_start (WattleWipePlan *self, WattleWipePlace place, GError **error)
{
  g_return_val_if_fail (place < WATTLE_WIPE_N_PLACES, FALSE);
  if (!wattle_wipe_plan_is_ready (self, place))
    return refuse (error, _ ("This part of the wipe cannot start now."));
  if (self->places[place].state == WATTLE_WIPE_RUNNING)
    return TRUE;
  return move (self, place, WATTLE_WIPE_RUNNING, NULL, 0, error);
}

gboolean
wattle_wipe_plan_finish (WattleWipePlan *self, WattleWipePlace place, WattleEvidence *evidence, gint64 time,
                         GError **error)
{
  g_return_val_if_fail (place < WATTLE_WIPE_N_PLACES, FALSE);
  if (self->places[place].state != WATTLE_WIPE_RUNNING)
    return refuse (error, _ ("This part of the wipe is not under way."));
  if (!evidence_fits (self, place, evidence)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE,
                         _ ("The receipt is for something else than this wipe."));
    return FALSE;
  }
  return move (self, place, WATTLE_WIPE_DONE, evidence, time, error);
}

gboolean
wattle_wipe_plan_skip (WattleWipePlan *self, WattleWipePlace place, GError **error)
{
  g_return_val_if_fail (place < WATTLE_WIPE_N_PLACES, FALSE);
  if (places[place].need != OPTIONAL || self->step == 0 || self->cancelled
      || self->places[place].state != WATTLE_WIPE_PENDING)
    return refuse (error, _ ("This part of the wipe cannot be left out."));
  return move (self, place, WATTLE_WIPE_NOT_NEEDED, NULL, 0, error);
}

gboolean
wattle_wipe_plan_declare_lost (WattleWipePlan *self, GError **error)
{
  static const WattleWipePlace added[] = { WATTLE_WIPE_TRACES, WATTLE_WIPE_SPARE_KEYS };

  if (self->cancelled || is_over (&self->places[WATTLE_WIPE_DEVICE]))
    return refuse (error, _ ("The device is wiped already, so it does not matter that it is lost."));
  if (wattle_wipe_plan_is_lost (self))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (added); i++)
    self->places[added[i]].state = WATTLE_WIPE_PENDING;
  if (self->step == 0 || write_journal (self, error))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (added); i++)
    self->places[added[i]].state = WATTLE_WIPE_NOT_NEEDED;
  return FALSE;
}

gboolean
wattle_wipe_plan_give_up_cloud (WattleWipePlan *self, gint64 time, GError **error)
{
  struct place before[WATTLE_WIPE_N_PLACES];
  gboolean any = FALSE;

  memcpy (before, self->places, sizeof before);
  for (guint i = 0; self->step > 0 && !self->cancelled && i < WATTLE_WIPE_N_PLACES; i++)
    if (is_cloud (i) && !is_over (&self->places[i])) {
      self->places[i] = (struct place){ .state = WATTLE_WIPE_GIVEN_UP, .done_at = time };
      any = TRUE;
    }
  if (!any)
    return refuse (error, _ ("The wipe is not waiting for a cloud."));
  if (write_journal (self, error))
    return TRUE;
  memcpy (self->places, before, sizeof before);
  return FALSE;
}

gboolean
wattle_wipe_plan_cancel (WattleWipePlan *self, GError **error)
{
  if (!wattle_wipe_plan_can_cancel (self))
    return refuse (error, _ ("It is too late to stop: something may have been wiped already."));
  self->cancelled = TRUE;
  if (self->step > 0 && !write_journal (self, error)) {
    self->cancelled = FALSE;
    return FALSE;
  }
  return TRUE;
}
