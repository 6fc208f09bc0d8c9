/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate of a wipe: its key, which waits in the keyring for the end of
 * the wipe, and its making.
 *
 * Where the key is lost, with a keyring that was, the certificate is signed with
 * another: whoever verifies it is told that it is not bound to the wipe.
 */
#include <string.h>

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "daemon/device/wipe-private.h"
#include "daemon/device/wire-error.h"
#include "privacy/certificate.h"
#include "privacy/json.h"

#define ABOUT_MAX (64 * 1024)

/* What remains where the cloud is given up. */
static char *
describe_cloud (WattlePassport *passport)
{
  const char *maker = wattle_passport_get_manufacturer (passport), *contact = wattle_passport_get_contact (passport);

  return g_strdup_printf (_ ("The cloud of %s did not answer, so what it holds may still be there. You can ask at %s."),
                          maker, *contact != '\0' ? contact : wattle_passport_get_cloud_url (passport));
}

char *
wattle_wipe_about (WattlePassport *passport, const char *language, gboolean account)
{
  g_auto (GStrv) remains = wattle_passport_get_third_parties (passport, language);
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  JsonArray *array = json_array_new ();

  for (guint i = 0; account && remains[i] != NULL; i++)
    json_array_add_string_element (array, remains[i]);
  json_object_set_array_member (object, "remains", array);
  if (account) {
    g_autofree char *cloud = describe_cloud (passport);

    json_object_set_string_member (object, "cloud", cloud);
  }
  json_object_set_string_member (object, "manufacturer", wattle_passport_get_manufacturer (passport));
  return wattle_json_canonical (node);
}

/* --- the key --- */

GBytes *
wattle_wipe_certificate_key_new (WattleWipePlan *plan)
{
  guint8 key[WATTLE_CERTIFICATE_KEY_SIZE], id[WATTLE_WIPE_ID_SIZE];
  GBytes *bytes;

  wattle_certificate_key_new (key);
  wattle_certificate_key_id (key, id);
  wattle_wipe_plan_set_id (plan, id);
  bytes = wattle_secret_bytes_new (key, sizeof key);
  explicit_bzero (key, sizeof key);
  return bytes;
}

typedef struct {
  WattleWipeJob *self;
  void (*then) (WattleWipeJob *self);
} Keeping;

static void
on_key_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Keeping *keeping = user_data;
  g_autoptr (WattleWipeJob) self = keeping->self;

  if (wattle_keyring_store_finish (WATTLE_KEYRING (source), result, NULL))
    g_clear_pointer (&self->certificate_key, g_bytes_unref);
  if (!self->stopped)
    keeping->then (self);
}

void
wattle_wipe_keep_certificate_key (WattleWipeJob *self, void (*then) (WattleWipeJob *self))
{
  g_autofree char *label = g_strdup_printf (_ ("Signs the wipe certificate: %s"), self->product_name);
  Keeping *keeping = g_new0 (Keeping, 1);

  keeping->self = g_object_ref (self);
  keeping->then = then;
  wattle_keyring_store_async (wattle_services_get_keyring (self->services), wattle_wipe_plan_get_id (self->plan),
                              WATTLE_SECRET_CERTIFICATE, label, self->certificate_key, WATTLE_KEYRING_QUIET, NULL,
                              on_key_kept, keeping);
}

void
wattle_wipe_forget_certificate_key (WattleWipeJob *self)
{
  g_clear_pointer (&self->certificate_key, g_bytes_unref);
  wattle_keyring_clear_async (wattle_services_get_keyring (self->services), wattle_wipe_plan_get_id (self->plan),
                              WATTLE_SECRET_CERTIFICATE, WATTLE_KEYRING_QUIET, NULL, NULL, NULL);
}

/* --- making it --- */

static const char *
given_up_sentence (JsonObject *about)
{
  const char *sentence = about != NULL ? wattle_json_get_string (about, "cloud") : NULL;

  /* A wipe that an older Wattle began. */
  return sentence != NULL ? sentence : _ ("The maker's cloud did not answer, so what it holds may still be there.");
}

static char *
make (WattleWipeJob *self, GBytes *key, GError **error)
{
  g_autoptr (JsonNode) node = wattle_json_parse (self->about, strlen (self->about), ABOUT_MAX, NULL);
  JsonObject *about = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonArray *remains = about != NULL ? wattle_json_get_array (about, "remains") : NULL;
  const char *manufacturer = about != NULL ? wattle_json_get_string (about, "manufacturer") : NULL;
  g_autofree char *receipt = wattle_wipe_receipt_compose (self->plan, self->product, self->passport_sha256);
  g_autoptr (GPtrArray) sentences = g_ptr_array_new ();
  WattleCertificateAbout says = { self->product_name, manufacturer != NULL ? manufacturer : "", NULL };

  for (guint i = 0; remains != NULL && i < json_array_get_length (remains); i++)
    if (json_node_get_value_type (json_array_get_element (remains, i)) == G_TYPE_STRING)
      g_ptr_array_add (sentences, (gpointer)json_array_get_string_element (remains, i));
  if (wattle_wipe_plan_has_given_up (self->plan))
    g_ptr_array_insert (sentences, 0, (gpointer)given_up_sentence (about));
  g_ptr_array_add (sentences, NULL);
  says.remains = (const char *const *)sentences->pdata;
  return wattle_certificate_make (receipt, &says, wattle_services_now (self->services), g_bytes_get_data (key, NULL),
                                  error);
}

static void
certify_with (GTask *task, GBytes *key)
{
  WattleWipeJob *self = g_task_get_source_object (task);
  GError *error = NULL;
  char *certificate = make (self, key, &error);

  if (certificate != NULL)
    g_task_return_pointer (task, certificate, g_free);
  else
    g_task_return_error (task, error);
}

static GBytes *
unbound_key (void)
{
  guint8 key[WATTLE_CERTIFICATE_KEY_SIZE];
  GBytes *bytes;

  wattle_certificate_key_new (key);
  bytes = wattle_secret_bytes_new (key, sizeof key);
  explicit_bzero (key, sizeof key);
  return bytes;
}

static void
on_key (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = wattle_keyring_lookup_finish (WATTLE_KEYRING (source), result, &error);

  if (key == NULL && !g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (key != NULL && g_bytes_get_size (key) != WATTLE_CERTIFICATE_KEY_SIZE)
    g_clear_pointer (&key, g_bytes_unref);
  if (key == NULL)
    key = unbound_key ();
  certify_with (task, key);
}

void
wattle_wipe_certify_async (WattleWipeJob *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (self->certificate_key != NULL) {
    certify_with (task, self->certificate_key);
    return;
  }
  wattle_keyring_lookup_async (wattle_services_get_keyring (self->services), wattle_wipe_plan_get_id (self->plan),
                               WATTLE_SECRET_CERTIFICATE, WATTLE_KEYRING_QUIET, NULL, on_key, g_steal_pointer (&task));
}

char *
wattle_wipe_certify_finish (WattleWipeJob *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
