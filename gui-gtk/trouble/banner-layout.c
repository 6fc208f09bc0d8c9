/* SPDX-License-Identifier: Apache-2.0 */
/* How a banner lies. */
#include "gui-gtk/trouble/banner-layout.h"

#define SPACING 12

typedef struct {
  GtkWidget *icon, *sentence, *button; /* button: NULL = hidden */
  GtkRequisition icon_size, button_size;
  int least;        /* width of the sentence */
  int button_least; /* width of the button, its label broken */
} Parts;

static Parts
get_parts (GtkWidget *banner)
{
  Parts parts = { .icon = gtk_widget_get_first_child (banner) };
  GtkWidget *button;

  parts.sentence = gtk_widget_get_next_sibling (parts.icon);
  button = gtk_widget_get_next_sibling (parts.sentence);
  gtk_widget_get_preferred_size (parts.icon, NULL, &parts.icon_size);
  gtk_widget_measure (parts.sentence, GTK_ORIENTATION_HORIZONTAL, -1, &parts.least, NULL, NULL, NULL);
  if (gtk_widget_should_layout (button)) {
    parts.button = button;
    gtk_widget_get_preferred_size (button, NULL, &parts.button_size);
    gtk_widget_measure (button, GTK_ORIENTATION_HORIZONTAL, -1, &parts.button_least, NULL, NULL, NULL);
  }
  return parts;
}

static int
sentence_height (const Parts *parts, int width)
{
  int height;

  gtk_widget_measure (parts->sentence, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
  return MAX (height, parts->icon_size.height);
}

/* The button below the sentence: large text may have to be broken there. */
static GtkRequisition
size_below (const Parts *parts, int width)
{
  GtkRequisition size = { CLAMP (width, parts->button_least, MAX (parts->button_size.width, parts->button_least)), 0 };

  gtk_widget_measure (parts->button, GTK_ORIENTATION_VERTICAL, size.width, NULL, &size.height, NULL, NULL);
  return size;
}

/* Room for the sentence. */
static int
sentence_width (const Parts *parts, int width, gboolean beside)
{
  return width - parts->icon_size.width - SPACING - (beside ? parts->button_size.width + SPACING : 0);
}

/* The height at @width; @beside: whether that is with the button beside the sentence. */
static int
find_height (const Parts *parts, int width, gboolean *beside)
{
  int room = sentence_width (parts, width, parts->button != NULL);
  int side = room >= parts->least ? MAX (sentence_height (parts, room), parts->button_size.height) : G_MAXINT;
  int below;

  *beside = TRUE;
  if (parts->button == NULL)
    return side;
  below = sentence_height (parts, MAX (sentence_width (parts, width, FALSE), parts->least)) + SPACING
          + size_below (parts, width).height;
  *beside = side <= below;
  return MIN (side, below);
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *banner)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure (GtkWidget *banner, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  Parts parts = get_parts (banner);
  int least = MAX (parts.icon_size.width + SPACING + parts.least, parts.button_least);
  gboolean beside;

  if (orientation == GTK_ORIENTATION_VERTICAL) {
    *minimum = *natural = find_height (&parts, for_size < 0 ? least : MAX (for_size, least), &beside);
    return;
  }
  gtk_widget_measure (parts.sentence, GTK_ORIENTATION_HORIZONTAL, -1, NULL, natural, NULL, NULL);
  *natural = MAX (least, *natural + parts.icon_size.width + SPACING + parts.button_size.width + SPACING);
  *minimum = least;
}

/* @x is from where reading begins. */
static void
place (GtkWidget *child, GtkWidget *banner, int whole, int x, int y, int width, int height)
{
  gboolean mirrored = gtk_widget_get_direction (banner) == GTK_TEXT_DIR_RTL;

  gtk_widget_size_allocate (child, &(GtkAllocation){ mirrored ? whole - x - width : x, y, width, height }, -1);
}

static void
allocate (GtkWidget *banner, int width, int height, int baseline)
{
  Parts parts = get_parts (banner);
  GtkRequisition button = parts.button_size, icon = parts.icon_size;
  gboolean beside;
  int room, high;

  find_height (&parts, width, &beside);
  if (parts.button != NULL && !beside)
    button = size_below (&parts, width);
  room = MAX (sentence_width (&parts, width, beside && parts.button != NULL), parts.least);
  high = beside ? height : height - button.height - SPACING;
  place (parts.icon, banner, width, 0, (high - icon.height) / 2, icon.width, icon.height);
  place (parts.sentence, banner, width, icon.width + SPACING, 0, room, high);
  if (parts.button != NULL)
    place (parts.button, banner, width, width - button.width, beside ? (height - button.height) / 2 : high + SPACING,
           button.width, button.height);
}

GtkLayoutManager *
wattle_banner_layout_new (void)
{
  return gtk_custom_layout_new (get_request_mode, measure, allocate);
}
