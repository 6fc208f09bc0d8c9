/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WattlePassport: a manufacturer's statement, checked, then read as it is.
 */
#include "privacy/passport.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "common/error.h"
#include "privacy/country.h"
#include "privacy/json.h"
#include "privacy/passport-check.h"
#include "privacy/passport-private.h"

#define KEY_SIZE 65
#define PIN_SIZE 32

struct _WattlePassport {
  GObject parent_instance;
  GBytes *bytes; /* of the file */
  char *sha256;
  JsonNode *node; /* owns what the next ones point to */
  JsonObject *root;
  WattlePassportCheck *check;
  GStrv languages;
  GArray *purposes; /* WattlePurpose */
  guint8 *pin;      /* PIN_SIZE; NULL without a cloud */
  guint8 *key;      /* KEY_SIZE; NULL without a cloud */
};

G_DEFINE_FINAL_TYPE (WattlePassport, wattle_passport, G_TYPE_OBJECT)

/* The point that generates P-256 (FIPS 186-5, SP 800-186 section 3.2.1.3).  Nobody's key:
 * its private key is 1.  The samples hold it in the place of a cloud's. */
static const guint8 placeholder_key[KEY_SIZE]
    = "\x04\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39"
      "\x45\xd8\x98\xc2\x96\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\x2b\xce\x33\x57\x6b\x31\x5e"
      "\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";

static const guint8 placeholder_pin[PIN_SIZE];

/* ------------------------------------------------------------------ private */

JsonObject *
wattle_passport_get_root (WattlePassport *self)
{
  return self->root;
}

const char *
wattle_text_get (JsonObject *object, const char *language)
{
  g_autofree char *tag = wattle_language_normalize (language);
  const char *text;

  if (!object)
    return NULL;
  do {
    text = wattle_json_get_string (object, tag);
  } while (!text && wattle_language_widen (tag));
  return text ? text : wattle_json_get_string (object, "en");
}

/* The item of the list @name with this id. */
static JsonObject *
find_item (JsonObject *root, const char *name, const char *id)
{
  JsonArray *list = wattle_json_get_array (root, name);

  for (guint i = 0; list && i < json_array_get_length (list); i++) {
    JsonObject *item = json_array_get_object_element (list, i);

    if (g_strcmp0 (wattle_json_get_string (item, "id"), id) == 0)
      return item;
  }
  return NULL;
}

JsonObject *
wattle_passport_find_party (JsonObject *root, const char *id)
{
  return find_item (root, "parties", id);
}

JsonObject *
wattle_passport_find_data (JsonObject *root, const char *id)
{
  return find_item (root, "data", id);
}

char *
wattle_party_describe (JsonObject *root, const char *party, JsonObject *use, WattleSpeech *speech)
{
  JsonObject *object = wattle_passport_find_party (root, party);
  const char *code = use ? wattle_json_get_string (use, "country") : NULL;
  g_autofree char *country = NULL;

  if (g_str_equal (party, "owner"))
    return wattle_speech_format (speech, N_ ("you"), NULL);
  if (!object)
    object = wattle_json_get_object (root, "manufacturer");
  if (!code && !use)
    code = wattle_json_get_string (object, "country");
  country = code ? wattle_country_name (code, speech->countries) : NULL;
  if (!country)
    return g_strdup (wattle_json_get_string (object, "name"));
  return g_strdup_printf ("%s (%s)", wattle_json_get_string (object, "name"), country);
}

const char *
wattle_contact_for_people (const char *url)
{
  return g_str_has_prefix (url, "mailto:") ? url + strlen ("mailto:") : url;
}

/* ------------------------------------------------------------------ loading */

static gboolean
refuse (GPtrArray *problems, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);

  if (problems->len == 0)
    return FALSE;
  for (guint i = 0; i < problems->len; i++)
    g_string_append_printf (list, "\n- %s", (const char *)g_ptr_array_index (problems, i));
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_PASSPORT, _ ("This product passport cannot be used:%s"), list->str);
  return TRUE;
}

static int
compare_languages (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Languages that all texts have: English, then by name. */
static GStrv
common_languages (const WattlePassportCheck *check)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer language, count;

  g_hash_table_iter_init (&iter, check->languages);
  while (g_hash_table_iter_next (&iter, &language, &count))
    if (GPOINTER_TO_UINT (count) == check->n_texts && !g_str_equal (language, "en"))
      g_ptr_array_add (list, g_strdup (language));
  g_ptr_array_sort (list, compare_languages);
  g_ptr_array_insert (list, 0, g_strdup ("en"));
  g_ptr_array_add (list, NULL);
  return (GStrv)g_ptr_array_free (list, FALSE);
}

static void
read_purposes (WattlePassport *self)
{
  JsonArray *purposes = wattle_json_get_array (self->root, "purposes");

  for (guint i = 0; purposes && i < json_array_get_length (purposes); i++) {
    WattlePurpose purpose
        = { json_array_get_object_element (purposes, i), self->root, (const char *const *)self->languages };

    g_array_append_val (self->purposes, purpose);
  }
}

static void
read_coordinate (JsonObject *key, const char *name, guint8 out[32])
{
  const char *text = wattle_json_get_string (key, name);
  g_autoptr (GBytes) bytes = wattle_base64url_decode (text, strlen (text));

  memcpy (out, g_bytes_get_data (bytes, NULL), 32);
}

static void
read_cloud (WattlePassport *self)
{
  JsonObject *cloud = wattle_json_get_object (self->root, "cloud");
  JsonObject *key;
  gsize size;

  if (!cloud)
    return;
  self->pin = g_base64_decode (wattle_json_get_string (cloud, "spki_sha256"), &size);
  key = wattle_json_get_object (cloud, "receipt_key");
  self->key = g_malloc (KEY_SIZE);
  self->key[0] = 0x04;
  read_coordinate (key, "x", self->key + 1);
  read_coordinate (key, "y", self->key + 33);
}

WattlePassport *
wattle_passport_new_from_bytes (GBytes *bytes, GError **error)
{
  g_autoptr (WattlePassport) self = g_object_new (WATTLE_TYPE_PASSPORT, NULL);
  g_autoptr (GError) local = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  self->node = wattle_json_parse (text, length, WATTLE_PASSPORT_MAX_SIZE, &local);
  if (!self->node) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_PASSPORT, _ ("This product passport cannot be used:%s%s"), "\n- ",
                 local->message);
    return NULL;
  }
  self->check = wattle_passport_check (self->node);
  if (refuse (self->check->problems, error))
    return NULL;
  self->bytes = g_bytes_ref (bytes);
  self->sha256 = wattle_sha256_hex (text, length);
  self->root = json_node_get_object (self->node);
  self->languages = common_languages (self->check);
  read_purposes (self);
  read_cloud (self);
  return g_steal_pointer (&self);
}

static void
wattle_passport_finalize (GObject *object)
{
  WattlePassport *self = WATTLE_PASSPORT (object);

  g_array_unref (self->purposes);
  g_strfreev (self->languages);
  g_clear_pointer (&self->check, wattle_passport_check_free);
  g_clear_pointer (&self->node, json_node_unref);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->sha256);
  g_free (self->pin);
  g_free (self->key);
  G_OBJECT_CLASS (wattle_passport_parent_class)->finalize (object);
}

static void
wattle_passport_class_init (WattlePassportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_passport_finalize;
}

static void
wattle_passport_init (WattlePassport *self)
{
  self->purposes = g_array_new (FALSE, FALSE, sizeof (WattlePurpose));
}

/* ---------------------------------------------------------------- accessors */

/* @member of the object @part; "" where either is missing. */
static const char *
string_of (WattlePassport *self, const char *part, const char *member)
{
  JsonObject *object = wattle_json_get_object (self->root, part);
  const char *text = object ? wattle_json_get_string (object, member) : NULL;

  return text ? text : "";
}

/* The same for a text; NULL where it is missing.  @part NULL: of the passport itself. */
static const char *
text_of (WattlePassport *self, const char *part, const char *member, const char *language)
{
  JsonObject *object = part ? wattle_json_get_object (self->root, part) : self->root;

  return object ? wattle_text_get (wattle_json_get_object (object, member), language) : NULL;
}

const char *
wattle_passport_get_sha256 (WattlePassport *self)
{
  return self->sha256;
}

char *
wattle_passport_dup_json (WattlePassport *self)
{
  return g_strndup (g_bytes_get_data (self->bytes, NULL), g_bytes_get_size (self->bytes));
}

guint
wattle_passport_get_version (WattlePassport *self)
{
  gint64 version = 0;

  wattle_json_get_integer (self->root, "version", &version);
  return version;
}

const char *
wattle_passport_get_published (WattlePassport *self)
{
  return wattle_json_get_string (self->root, "published");
}

guint32
wattle_passport_get_product (WattlePassport *self)
{
  gint64 number = 0;

  wattle_json_get_integer (wattle_json_get_object (self->root, "product"), "number", &number);
  return number;
}

const char *
wattle_passport_get_name (WattlePassport *self, const char *language)
{
  return text_of (self, "product", "name", language);
}

const char *
wattle_passport_get_model (WattlePassport *self)
{
  return wattle_json_get_string (wattle_json_get_object (self->root, "product"), "model");
}

const char *
wattle_passport_get_manufacturer (WattlePassport *self)
{
  return string_of (self, "manufacturer", "name");
}

const char *
wattle_passport_get_contact (WattlePassport *self)
{
  return wattle_contact_for_people (string_of (self, "manufacturer", "contact"));
}

const char *const *
wattle_passport_get_languages (WattlePassport *self)
{
  return (const char *const *)self->languages;
}

GStrv
wattle_passport_get_omissions (WattlePassport *self, const char *language)
{
  g_autoptr (WattleSpeech) speech = wattle_speech_new (wattle_passport_get_languages (self), language);
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < self->check->omissions->len; i++) {
    const WattleOmission *omission = g_ptr_array_index (self->check->omissions, i);
    const char *purpose = wattle_text_get (omission->purpose, speech->language);

    g_ptr_array_add (list, wattle_speech_format (speech, omission->sentence, "purpose", purpose ? purpose : "", "party",
                                                 omission->party ? omission->party : "", NULL));
  }
  g_ptr_array_add (list, NULL);
  return (GStrv)g_ptr_array_free (list, FALSE);
}

const char *
wattle_passport_get_support_start (WattlePassport *self)
{
  return string_of (self, "support", "start");
}

const char *
wattle_passport_get_support_end (WattlePassport *self)
{
  return string_of (self, "support", "end");
}

const char *
wattle_passport_get_support_reason (WattlePassport *self, const char *language)
{
  return text_of (self, "support", "reason", language);
}

const char *
wattle_passport_get_support_promise (WattlePassport *self, const char *language)
{
  return text_of (self, "support", "promise", language);
}

const char *
wattle_passport_get_support_after (WattlePassport *self, const char *language)
{
  return text_of (self, "support", "after", language);
}

const char *
wattle_passport_get_security_contact (WattlePassport *self)
{
  return string_of (self, "security", "contact");
}

const char *
wattle_passport_get_advisories (WattlePassport *self)
{
  return string_of (self, "security", "advisories");
}

const char *
wattle_passport_get_without_internet (WattlePassport *self, const char *language)
{
  return text_of (self, "stops", "without_internet", language);
}

const char *
wattle_passport_get_without_cloud (WattlePassport *self, const char *language)
{
  return text_of (self, "stops", "without_cloud", language);
}

const char *
wattle_passport_get_after_support (WattlePassport *self, const char *language)
{
  return text_of (self, "stops", "after_support", language);
}

const char *
wattle_passport_get_reset (WattlePassport *self, const char *language)
{
  return text_of (self, NULL, "reset", language);
}

const char *
wattle_passport_get_disposal (WattlePassport *self, const char *language)
{
  return text_of (self, NULL, "disposal", language);
}

gboolean
wattle_passport_has_cloud (WattlePassport *self)
{
  return self->key != NULL;
}

gboolean
wattle_passport_is_template (WattlePassport *self)
{
  if (!self->key)
    return FALSE;
  return memcmp (self->key, placeholder_key, KEY_SIZE) == 0 || memcmp (self->pin, placeholder_pin, PIN_SIZE) == 0;
}

const char *
wattle_passport_get_cloud_url (WattlePassport *self)
{
  return self->key ? string_of (self, "cloud", "url") : NULL;
}

const char *
wattle_passport_get_cloud_spki_sha256 (WattlePassport *self)
{
  return self->key ? string_of (self, "cloud", "spki_sha256") : NULL;
}

const guint8 *
wattle_passport_get_cloud_pin (WattlePassport *self)
{
  return self->pin;
}

const guint8 *
wattle_passport_get_receipt_key (WattlePassport *self)
{
  return self->key;
}

gboolean
wattle_passport_has_readings (WattlePassport *self)
{
  return wattle_json_get_object (self->root, "readings") != NULL;
}

const char *
wattle_passport_get_unit (WattlePassport *self)
{
  return string_of (self, "readings", "unit");
}

guint
wattle_passport_get_scale (WattlePassport *self)
{
  gint64 scale = 1;

  wattle_json_get_integer (wattle_json_get_object (self->root, "readings"), "scale", &scale);
  return scale;
}

guint
wattle_passport_get_decimals (WattlePassport *self)
{
  gint64 decimals = 0;

  wattle_json_get_integer (wattle_json_get_object (self->root, "readings"), "decimals", &decimals);
  return decimals;
}

const char *
wattle_passport_get_reading_name (WattlePassport *self, const char *language)
{
  const char *name = text_of (self, "readings", "name", language);

  return name ? name : "";
}

guint
wattle_passport_get_n_purposes (WattlePassport *self)
{
  return self->purposes->len;
}

const WattlePurpose *
wattle_passport_get_purpose (WattlePassport *self, guint index)
{
  g_return_val_if_fail (index < self->purposes->len, NULL);
  return &g_array_index (self->purposes, WattlePurpose, index);
}

const WattlePurpose *
wattle_passport_find_purpose (WattlePassport *self, const char *id)
{
  for (guint i = 0; i < self->purposes->len; i++)
    if (g_strcmp0 (wattle_purpose_get_id (wattle_passport_get_purpose (self, i)), id) == 0)
      return wattle_passport_get_purpose (self, i);
  return NULL;
}

const WattlePurpose *
wattle_passport_find_device_purpose (WattlePassport *self, guint number)
{
  for (guint i = 0; number > 0 && i < self->purposes->len; i++)
    if (wattle_purpose_get_number (wattle_passport_get_purpose (self, i)) == number)
      return wattle_passport_get_purpose (self, i);
  return NULL;
}

guint32
wattle_passport_get_purpose_mask (WattlePassport *self)
{
  guint32 mask = 0;

  for (guint i = 0; i < self->purposes->len; i++)
    mask |= wattle_purpose_get_bit (wattle_passport_get_purpose (self, i));
  return mask;
}

guint32
wattle_passport_get_needed_mask (WattlePassport *self)
{
  guint32 mask = 0;

  for (guint i = 0; i < self->purposes->len; i++) {
    const WattlePurpose *purpose = wattle_passport_get_purpose (self, i);

    if (!wattle_purpose_needs_consent (purpose))
      mask |= wattle_purpose_get_bit (purpose);
  }
  return mask;
}

/* Whether some purpose's data gets to the party. */
static gboolean
is_used (WattlePassport *self, const char *party)
{
  for (guint i = 0; i < self->purposes->len; i++) {
    const WattlePurpose *purpose = wattle_passport_get_purpose (self, i);

    for (guint j = 0; j < wattle_purpose_get_n_uses (purpose); j++)
      if (g_strcmp0 (wattle_json_get_string (wattle_purpose_get_use (purpose, j), "party"), party) == 0)
        return TRUE;
  }
  return FALSE;
}

GStrv
wattle_passport_get_third_parties (WattlePassport *self, const char *language)
{
  g_autoptr (WattleSpeech) speech = wattle_speech_new (wattle_passport_get_languages (self), language);
  JsonArray *parties = wattle_json_get_array (self->root, "parties");
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; parties && i < json_array_get_length (parties); i++) {
    JsonObject *party = json_array_get_object_element (parties, i);
    const char *id = wattle_json_get_string (party, "id");
    g_autofree char *name = wattle_party_describe (self->root, id, NULL, speech);

    if (g_strcmp0 (wattle_json_get_string (party, "role"), "third-party") != 0 || !is_used (self, id))
      continue;
    g_ptr_array_add (
        list, wattle_speech_format (
                  speech, N_ ("{name} may have copies of its own. To have them deleted, write to {contact}."), "name",
                  name, "contact", wattle_contact_for_people (wattle_json_get_string (party, "contact")), NULL));
  }
  g_ptr_array_add (list, NULL);
  return (GStrv)g_ptr_array_free (list, FALSE);
}
