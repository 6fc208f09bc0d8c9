/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Database, keyring, clock and language in one place.
 */
#include "daemon/device/services.h"

#include "daemon/store/log.h"

struct _WattleServices {
  GObject parent_instance;

  WattleDatabase *database; /* NULL where it could not be opened */
  GError *database_error;
  WattleKeyring *keyring;
};

G_DEFINE_FINAL_TYPE (WattleServices, wattle_services, G_TYPE_OBJECT)

static void
wattle_services_finalize (GObject *object)
{
  WattleServices *self = WATTLE_SERVICES (object);

  g_clear_object (&self->database);
  g_clear_error (&self->database_error);
  g_clear_object (&self->keyring);
  G_OBJECT_CLASS (wattle_services_parent_class)->finalize (object);
}

static void
wattle_services_class_init (WattleServicesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_services_finalize;
}

static void
wattle_services_init (WattleServices *self)
{
}

WattleServices *
wattle_services_new (WattleDatabase *database, const GError *database_error, WattleKeyring *keyring)
{
  WattleServices *self = g_object_new (WATTLE_TYPE_SERVICES, NULL);

  g_return_val_if_fail ((database == NULL) == (database_error != NULL), self);
  g_set_object (&self->database, database);
  self->database_error = database_error == NULL ? NULL : g_error_copy (database_error);
  g_set_object (&self->keyring, keyring);
  return self;
}

WattleDatabase *
wattle_services_get_database (WattleServices *self, GError **error)
{
  g_return_val_if_fail (WATTLE_IS_SERVICES (self), NULL);
  if (self->database == NULL)
    g_propagate_error (error, g_error_copy (self->database_error));
  return self->database;
}

const GError *
wattle_services_get_database_error (WattleServices *self)
{
  g_return_val_if_fail (WATTLE_IS_SERVICES (self), NULL);
  return self->database_error;
}

WattleKeyring *
wattle_services_get_keyring (WattleServices *self)
{
  g_return_val_if_fail (WATTLE_IS_SERVICES (self), NULL);
  return self->keyring;
}

void
wattle_services_log (WattleServices *self, const char *device, const char *event, const char *sentence)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (WATTLE_IS_SERVICES (self));
  if (self->database != NULL && !wattle_log_add (self->database, device, event, sentence, &error))
    g_warning ("The log could not be written: %s", error->message);
}

gint64
wattle_services_now (WattleServices *self)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

const char *
wattle_services_get_language (WattleServices *self)
{
  const char *const *names = g_get_language_names_with_category ("LC_MESSAGES");

  return g_strcmp0 (names[0], "C") == 0 ? "en" : names[0];
}
