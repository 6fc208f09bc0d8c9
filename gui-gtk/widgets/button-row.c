/* SPDX-License-Identifier: Apache-2.0 */
/* Buttons side by side where there is room for them, else one below the other. */
#include "gui-gtk/widgets/button-row.h"

#define SPACING 12

struct _WattleButtonRow {
  GtkWidget parent_instance;
};

static void buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WattleButtonRow, wattle_button_row, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, buildable_init))

static GtkBuildableIface *parent_buildable;

static void
add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  if (GTK_IS_WIDGET (child))
    gtk_widget_set_parent (GTK_WIDGET (child), GTK_WIDGET (buildable));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = add_child;
}

typedef struct {
  guint n;     /* of children that are shown */
  int widest;  /* of them */
  int tallest; /* likewise */
  int wide;    /* all, side by side */
  int tall;    /* all, one below the other */
} Sizes;

static Sizes
measure_children (GtkWidget *row)
{
  Sizes sizes = { 0 };

  for (GtkWidget *child = gtk_widget_get_first_child (row); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkRequisition natural;

    if (!gtk_widget_should_layout (child))
      continue;
    gtk_widget_get_preferred_size (child, NULL, &natural);
    sizes.wide += natural.width + (sizes.n > 0 ? SPACING : 0);
    sizes.tall += natural.height + (sizes.n > 0 ? SPACING : 0);
    sizes.widest = MAX (sizes.widest, natural.width);
    sizes.tallest = MAX (sizes.tallest, natural.height);
    sizes.n++;
  }
  return sizes;
}

static GtkSizeRequestMode
wattle_button_row_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
wattle_button_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  Sizes sizes = measure_children (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = sizes.widest;
    *natural = sizes.wide;
  } else {
    *minimum = *natural = for_size < 0 || for_size >= sizes.wide ? sizes.tallest : sizes.tall;
  }
}

static void
allocate (GtkWidget *child, int x, int y, int width, int height)
{
  gtk_widget_size_allocate (child, &(GtkAllocation){ x, y, width, height }, -1);
}

static void
wattle_button_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  Sizes sizes = measure_children (widget);
  gboolean beside = width >= sizes.wide;
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int at = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkRequisition natural;

    if (!gtk_widget_should_layout (child))
      continue;
    gtk_widget_get_preferred_size (child, NULL, &natural);
    if (beside)
      allocate (child, mirrored ? width - at - natural.width : at, 0, natural.width, height);
    else
      allocate (child, 0, at, width, natural.height);
    at += (beside ? natural.width : natural.height) + SPACING;
  }
}

static void
wattle_button_row_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wattle_button_row_parent_class)->dispose (object);
}

static void
wattle_button_row_class_init (WattleButtonRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_button_row_dispose;
  widget_class->get_request_mode = wattle_button_row_get_request_mode;
  widget_class->measure = wattle_button_row_measure;
  widget_class->size_allocate = wattle_button_row_size_allocate;
}

static void
wattle_button_row_init (WattleButtonRow *self)
{
}
