/* SPDX-License-Identifier: Apache-2.0 */
/* A QR picture on the screen. */
#include "gui-gtk/widgets/qr-picture.h"

#include "paper/qr.h"

#define QUIET 4      /* modules around, as ISO/IEC 18004 asks for */
#define SMALLEST 200 /* pixels of a side */
#define NATURAL 240

struct _WattleQrPicture {
  GtkWidget parent_instance;
  WattleQr *qr;
};

G_DEFINE_FINAL_TYPE (WattleQrPicture, wattle_qr_picture, GTK_TYPE_WIDGET)

static void
wattle_qr_picture_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  *minimum = SMALLEST;
  *natural = NATURAL;
}

/* Modules are whole pixels wide, so that none is blurred. */
static void
wattle_qr_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WattleQrPicture *self = WATTLE_QR_PICTURE (widget);
  static const GdkRGBA dark = { 0, 0, 0, 1 }, light = { 1, 1, 1, 1 };
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int modules, module, left, top;

  if (self->qr == NULL)
    return;
  modules = wattle_qr_get_width (self->qr) + 2 * QUIET;
  module = MAX (1, MIN (width, height) / modules);
  left = (width - module * modules) / 2;
  top = (height - module * modules) / 2;
  gtk_snapshot_append_color (
      snapshot, &light,
      &GRAPHENE_RECT_INIT ((float)left, (float)top, (float)(module * modules), (float)(module * modules)));
  for (int y = 0; y < modules - 2 * QUIET; y++)
    for (int x = 0; x < modules - 2 * QUIET; x++)
      if (wattle_qr_is_dark (self->qr, x, y))
        gtk_snapshot_append_color (snapshot, &dark,
                                   &GRAPHENE_RECT_INIT ((float)(left + (x + QUIET) * module),
                                                        (float)(top + (y + QUIET) * module), (float)module,
                                                        (float)module));
}

void
wattle_qr_picture_set_text (WattleQrPicture *self, const char *text)
{
  g_clear_pointer (&self->qr, wattle_qr_free);
  self->qr = text != NULL ? wattle_qr_new (text) : NULL;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
wattle_qr_picture_has_picture (WattleQrPicture *self)
{
  return self->qr != NULL;
}

static void
wattle_qr_picture_finalize (GObject *object)
{
  g_clear_pointer (&WATTLE_QR_PICTURE (object)->qr, wattle_qr_free);
  G_OBJECT_CLASS (wattle_qr_picture_parent_class)->finalize (object);
}

static void
wattle_qr_picture_class_init (WattleQrPictureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_qr_picture_finalize;
  widget_class->measure = wattle_qr_picture_measure;
  widget_class->snapshot = wattle_qr_picture_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
wattle_qr_picture_init (WattleQrPicture *self)
{
}
