/* SPDX-License-Identifier: Apache-2.0 */
/* What a passport states that is no property of its own on the bus. */
#include "gui-gtk/device/facts.h"

#include <string.h>

#include "gui-gtk/device/say.h"
#include "privacy/notice.h"

struct _WattleFacts {
  GObject parent_instance;
  WattlePassport *passport; /* NULL = nothing is known */
  char *language;
  GPtrArray *notice; /* of WattleNoticeSection; NULL until somebody asks */
};

G_DEFINE_FINAL_TYPE (WattleFacts, wattle_facts, G_TYPE_OBJECT)

typedef const char *(*InLanguage) (WattlePassport *passport, const char *language);

static const char *
say (WattleFacts *self, InLanguage get)
{
  const char *text = self->passport != NULL ? get (self->passport, self->language) : NULL;

  return text != NULL ? text : "";
}

static const char *
stated (const char *address)
{
  return address != NULL && *address != '\0' ? address : NULL;
}

const char *
wattle_facts_get_reading_name (WattleFacts *self)
{
  return say (self, wattle_passport_get_reading_name);
}

guint
wattle_facts_get_decimals (WattleFacts *self)
{
  return self->passport != NULL && wattle_passport_has_readings (self->passport)
             ? wattle_passport_get_decimals (self->passport)
             : 1;
}

const char *
wattle_facts_get_support_start (WattleFacts *self)
{
  return self->passport != NULL ? wattle_passport_get_support_start (self->passport) : "";
}

const char *
wattle_facts_get_support_reason (WattleFacts *self)
{
  return say (self, wattle_passport_get_support_reason);
}

const char *
wattle_facts_get_support_promise (WattleFacts *self)
{
  return say (self, wattle_passport_get_support_promise);
}

const char *
wattle_facts_get_maker_contact (WattleFacts *self)
{
  return self->passport != NULL ? stated (wattle_passport_get_contact (self->passport)) : NULL;
}

const char *
wattle_facts_get_advisories (WattleFacts *self)
{
  return self->passport != NULL ? stated (wattle_passport_get_advisories (self->passport)) : NULL;
}

const char *const *
wattle_facts_get_part (WattleFacts *self, const char *part)
{
  static const char *const nothing[] = { NULL };

  if (self->passport == NULL)
    return nothing;
  if (self->notice == NULL)
    self->notice = wattle_notice_render (self->passport, self->language);
  for (guint i = 0; i < self->notice->len; i++) {
    const WattleNoticeSection *section = self->notice->pdata[i];

    if (g_strcmp0 (section->part, part) == 0)
      return (const char *const *)section->paragraphs;
  }
  return nothing;
}

static void
wattle_facts_finalize (GObject *object)
{
  WattleFacts *self = WATTLE_FACTS (object);

  g_clear_pointer (&self->notice, g_ptr_array_unref);
  g_clear_object (&self->passport);
  g_free (self->language);
  G_OBJECT_CLASS (wattle_facts_parent_class)->finalize (object);
}

static void
wattle_facts_class_init (WattleFactsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_facts_finalize;
}

static void
wattle_facts_init (WattleFacts *self)
{
  self->language = wattle_say_language ();
}

WattleFacts *
wattle_facts_new (WattleBusPassport *passport)
{
  WattleFacts *self = g_object_new (WATTLE_TYPE_FACTS, NULL);
  const char *json = passport != NULL ? wattle_bus_passport_get_json (passport) : NULL;

  if (json != NULL) {
    g_autoptr (GBytes) bytes = g_bytes_new (json, strlen (json));

    /* The service has checked it; where it is too new for this app, nothing is known. */
    self->passport = wattle_passport_new_from_bytes (bytes, NULL);
  }
  return self;
}
