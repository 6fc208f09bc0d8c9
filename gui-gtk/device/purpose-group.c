/* SPDX-License-Identifier: Apache-2.0 */
/* Purposes that need a yes, a row each. */
#include "gui-gtk/device/purpose-group.h"

#include "gui-gtk/device/purpose-row.h"
#include "gui-gtk/widgets/rows.h"

struct _WattlePurposeGroup {
  AdwPreferencesGroup parent_instance;
  GPtrArray *rows; /* of WattlePurposeRow */
  char *ids;       /* theirs, to see whether they still fit */
};

G_DEFINE_FINAL_TYPE (WattlePurposeGroup, wattle_purpose_group, ADW_TYPE_PREFERENCES_GROUP)

static char *
join_ids (GPtrArray *purposes)
{
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < purposes->len; i++) {
    const WattlePurpose *purpose = purposes->pdata[i];

    if (purpose->consent)
      g_string_append_printf (ids, "%s\n", purpose->id);
  }
  return g_string_free (ids, FALSE);
}

static void
make_rows (WattlePurposeGroup *self, WattleBusConsent *consent, GPtrArray *purposes)
{
  wattle_rows_clear (ADW_PREFERENCES_GROUP (self), self->rows);
  for (guint i = 0; i < purposes->len; i++) {
    const WattlePurpose *purpose = purposes->pdata[i];

    if (purpose->consent)
      wattle_rows_add (ADW_PREFERENCES_GROUP (self), self->rows, wattle_purpose_row_new (consent, purpose));
  }
}

static void
update_rows (WattlePurposeGroup *self, GPtrArray *purposes)
{
  guint row = 0;

  for (guint i = 0; i < purposes->len; i++) {
    const WattlePurpose *purpose = purposes->pdata[i];

    if (purpose->consent)
      wattle_purpose_row_update (self->rows->pdata[row++], purpose);
  }
}

void
wattle_purpose_group_show (WattlePurposeGroup *self, WattleBusConsent *consent, GPtrArray *purposes)
{
  g_autofree char *ids = join_ids (purposes);

  if (g_strcmp0 (ids, self->ids) == 0) {
    update_rows (self, purposes);
    return;
  }
  g_free (self->ids);
  self->ids = g_steal_pointer (&ids);
  make_rows (self, consent, purposes);
  gtk_widget_set_visible (GTK_WIDGET (self), self->rows->len > 0);
}

static void
wattle_purpose_group_finalize (GObject *object)
{
  WattlePurposeGroup *self = WATTLE_PURPOSE_GROUP (object);

  g_ptr_array_unref (self->rows);
  g_free (self->ids);
  G_OBJECT_CLASS (wattle_purpose_group_parent_class)->finalize (object);
}

static void
wattle_purpose_group_class_init (WattlePurposeGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_purpose_group_finalize;
}

static void
wattle_purpose_group_init (WattlePurposeGroup *self)
{
  self->rows = g_ptr_array_new ();
}
