/* SPDX-License-Identifier: Apache-2.0 */
/* A child that scrolls up and down. */
#include "gui-gtk/widgets/scroll-bin.h"

struct _WattleScrollBin {
  GtkWidget parent_instance;
  GtkWidget *scroller;
  GtkWidget *child; /* the scroller's */
};

G_DEFINE_FINAL_TYPE (WattleScrollBin, wattle_scroll_bin, GTK_TYPE_WIDGET)

static GtkSizeRequestMode
wattle_scroll_bin_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
wattle_scroll_bin_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  WattleScrollBin *self = WATTLE_SCROLL_BIN (widget);
  int least, whole;

  gtk_widget_measure (self->scroller, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_VERTICAL) {
    gtk_widget_measure (self->child, orientation, for_size, &least, &whole, NULL, NULL);
    *natural = MAX (*minimum, whole);
  }
}

static void
wattle_scroll_bin_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_allocate (WATTLE_SCROLL_BIN (widget)->scroller, width, height, baseline, NULL);
}

static void
wattle_scroll_bin_dispose (GObject *object)
{
  g_clear_pointer (&WATTLE_SCROLL_BIN (object)->scroller, gtk_widget_unparent);
  G_OBJECT_CLASS (wattle_scroll_bin_parent_class)->dispose (object);
}

static void
wattle_scroll_bin_class_init (WattleScrollBinClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_scroll_bin_dispose;
  widget_class->get_request_mode = wattle_scroll_bin_get_request_mode;
  widget_class->measure = wattle_scroll_bin_measure;
  widget_class->size_allocate = wattle_scroll_bin_size_allocate;
}

static void
wattle_scroll_bin_init (WattleScrollBin *self)
{
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (self->scroller), TRUE);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

GtkWidget *
wattle_scroll_bin_new (GtkWidget *child)
{
  WattleScrollBin *self = g_object_new (WATTLE_TYPE_SCROLL_BIN, NULL);

  self->child = child;
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), child);
  return GTK_WIDGET (self);
}

void
wattle_scroll_bin_page (WattleScrollBin *self, gboolean down)
{
  gboolean handled;

  g_signal_emit_by_name (self->scroller, "scroll-child", down ? GTK_SCROLL_PAGE_DOWN : GTK_SCROLL_PAGE_UP, FALSE,
                         &handled);
}
