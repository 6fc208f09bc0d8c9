/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A picture of where data goes.  Places are boxes, side by side where there is
 * room, else one below the other, with a line from each to the next: whole
 * where data goes, broken where it may, crossed where it does not.
 */
#include "gui-gtk/widgets/data-flow.h"

#include <glib/gi18n.h>

#include "client/purpose.h"
#include "client/text.h"

#define PADDING 12
#define ICON_SIZE 24
#define MARK_SIZE 16
#define GAP 40           /* between two places, for the line */
#define SIDE_BY_SIDE 150 /* pixels that a place needs to stand beside another */
#define NARROWEST 200
#define LINE 2
#define DASH 4

typedef enum {
  PLACE_HOME,
  PLACE_MANUFACTURER,
  PLACE_OTHERS,
  N_PLACES,
} Place;

/* What goes to a place, the strongest last. */
typedef enum {
  FLOW_NONE,
  FLOW_REFUSED,
  FLOW_ASKED,
  FLOW_GOES,
} Flow;

static const struct {
  const char *icon;
  const char *title;
} places[N_PLACES] = {
  { "user-home-symbolic", N_ ("Your home") },
  { "network-server-symbolic", N_ ("The manufacturer") },
  { "system-users-symbolic", N_ ("Other companies") },
};

static const struct {
  const char *mark;
  const char *status;
} flows[] = {
  [FLOW_NONE] = { "window-close-symbolic", N_ ("Nothing goes here") },
  [FLOW_REFUSED] = { "window-close-symbolic", N_ ("You said no: nothing goes here") },
  [FLOW_ASKED] = { "system-help-symbolic", N_ ("Only if you say yes") },
  [FLOW_GOES] = { "object-select-symbolic", N_ ("Data goes here") },
};

struct _WattleDataFlow {
  GtkWidget parent_instance;
  GPtrArray *purposes;
  GVariant *decisions; /* NULL for none */
  char *words;
};

G_DEFINE_FINAL_TYPE (WattleDataFlow, wattle_data_flow, GTK_TYPE_WIDGET)

/* --- what goes where --- */

static gboolean
reaches (const WattlePurpose *purpose, Place place)
{
  gboolean others = g_str_equal (purpose->where, "third-party");

  return place == PLACE_HOME || others || (place == PLACE_MANUFACTURER && g_str_equal (purpose->where, "cloud"));
}

static Flow
flow_of (WattleDataFlow *self, const WattlePurpose *purpose)
{
  gboolean yes;

  if (!purpose->consent)
    return FLOW_GOES;
  if (self->decisions != NULL && g_variant_lookup (self->decisions, purpose->id, "b", &yes))
    return yes ? FLOW_GOES : FLOW_REFUSED;
  if (g_str_equal (purpose->state, "given"))
    return FLOW_GOES;
  return *purpose->state == '\0' || g_str_equal (purpose->state, "not-asked") ? FLOW_ASKED : FLOW_REFUSED;
}

static Flow
flow_to (WattleDataFlow *self, Place place)
{
  Flow strongest = FLOW_NONE;

  for (guint i = 0; i < self->purposes->len; i++)
    if (reaches (self->purposes->pdata[i], place))
      strongest = MAX (strongest, flow_of (self, self->purposes->pdata[i]));
  return strongest;
}

static const char *
status_of (WattleDataFlow *self, Place place)
{
  return place == PLACE_HOME ? _ ("The device and this computer") : _ (flows[flow_to (self, place)].status);
}

/* The titles of what goes to @place as @flow says: “One”, “Two”. */
static char *
list_titles (WattleDataFlow *self, Place place, Flow flow)
{
  GString *titles = g_string_new (NULL);

  for (guint i = 0; i < self->purposes->len; i++) {
    const WattlePurpose *purpose = self->purposes->pdata[i];
    g_autofree char *title = wattle_text_clean (purpose->title);

    if (!reaches (purpose, place) || flow_of (self, purpose) != flow)
      continue;
    if (titles->len > 0)
      /* Translators: between two things in a list */
      g_string_append (titles, _ (", "));
    /* Translators: a quoted title */
    g_string_append_printf (titles, _ ("“%s”"), title);
  }
  return g_string_free (titles, FALSE);
}

static char *
describe (WattleDataFlow *self, Place place)
{
  const char *title = _ (places[place].title);
  g_autofree char *goes = list_titles (self, place, FLOW_GOES);
  g_autofree char *asked = list_titles (self, place, FLOW_ASKED);

  if (place == PLACE_HOME)
    /* Translators: "Your home: The device and this computer." */
    return g_strdup_printf (_ ("%s: %s."), title, status_of (self, place));
  if (*goes != '\0' && *asked != '\0')
    /* Translators: "The manufacturer: data goes there for “A”, and for “B” if you say yes." */
    return g_strdup_printf (_ ("%s: data goes there for %s, and for %s if you say yes."), title, goes, asked);
  if (*goes != '\0')
    return g_strdup_printf (_ ("%s: data goes there for %s."), title, goes);
  if (*asked != '\0')
    return g_strdup_printf (_ ("%s: nothing goes there, unless you say yes to %s."), title, asked);
  return g_strdup_printf (_ ("%s: nothing goes there."), title);
}

static void
update (WattleDataFlow *self)
{
  g_autofree char *home = describe (self, PLACE_HOME);
  g_autofree char *manufacturer = describe (self, PLACE_MANUFACTURER);
  g_autofree char *others = describe (self, PLACE_OTHERS);

  g_free (self->words);
  self->words = g_strjoin ("\n", home, manufacturer, others, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Where your data goes"),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, self->words, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/* --- layout --- */

static gboolean
is_side_by_side (int width)
{
  return width >= N_PLACES * SIDE_BY_SIDE + (N_PLACES - 1) * GAP;
}

static int
place_width (int width)
{
  return is_side_by_side (width) ? (width - (N_PLACES - 1) * GAP) / N_PLACES : width;
}

/* Title and status of @place, for a box of @width. */
static void
make_texts (WattleDataFlow *self, Place place, int width, gboolean beside, PangoLayout **title, PangoLayout **status)
{
  const char *texts[] = { _ (places[place].title), status_of (self, place) };
  PangoLayout **layouts[] = { title, status };
  int room = width - 2 * PADDING - (beside ? 0 : ICON_SIZE + PADDING);
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), texts[i]);
    PangoAttrList *attributes = pango_attr_list_new ();

    if (i == 0)
      pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
    pango_layout_set_attributes (layout, attributes);
    pango_attr_list_unref (attributes);
    pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width (layout, MAX (room, 1) * PANGO_SCALE);
    pango_layout_set_alignment (layout, beside ? PANGO_ALIGN_CENTER : rtl ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    *layouts[i] = layout;
  }
}

static int
layout_height (PangoLayout *layout)
{
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

/* Of the box of @place in a widget of @width. */
static int
place_height (WattleDataFlow *self, Place place, int width)
{
  gboolean beside = is_side_by_side (width);
  g_autoptr (PangoLayout) title = NULL;
  g_autoptr (PangoLayout) status = NULL;
  int texts;

  make_texts (self, place, place_width (width), beside, &title, &status);
  texts = layout_height (title) + layout_height (status);
  return 2 * PADDING + (beside ? ICON_SIZE + PADDING / 2 + texts : MAX (ICON_SIZE, texts));
}

static int
tallest (WattleDataFlow *self, int width)
{
  int height = 0;

  for (Place place = 0; place < N_PLACES; place++)
    height = MAX (height, place_height (self, place, width));
  return height;
}

static int
total_height (WattleDataFlow *self, int width)
{
  int height = 0;

  if (is_side_by_side (width))
    return tallest (self, width);
  for (Place place = 0; place < N_PLACES; place++)
    height += place_height (self, place, width) + (place > 0 ? GAP : 0);
  return height;
}

static void
wattle_data_flow_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                          int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = NARROWEST;
    *natural = N_PLACES * SIDE_BY_SIDE + (N_PLACES - 1) * GAP;
    return;
  }
  *minimum = *natural = total_height (WATTLE_DATA_FLOW (widget), for_size < 0 ? NARROWEST : MAX (for_size, NARROWEST));
}

static GtkSizeRequestMode
wattle_data_flow_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* --- drawing --- */

static void
draw_icon (GtkWidget *widget, GtkSnapshot *snapshot, const char *name, float x, float y, int size, const GdkRGBA *color)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (widget));
  g_autoptr (GtkIconPaintable) icon = gtk_icon_theme_lookup_icon (
      theme, name, NULL, size, gtk_widget_get_scale_factor (widget), gtk_widget_get_direction (widget), 0);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, size, size, color, 1);
  gtk_snapshot_restore (snapshot);
}

static void
draw_text (GtkSnapshot *snapshot, PangoLayout *layout, float x, float y, const GdkRGBA *color)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_place (WattleDataFlow *self, GtkSnapshot *snapshot, Place place, const graphene_rect_t *box, gboolean beside,
            const GdkRGBA *color)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  g_autoptr (PangoLayout) title = NULL;
  g_autoptr (PangoLayout) status = NULL;
  float x = box->origin.x, y = box->origin.y, width = box->size.width, height = box->size.height;
  float icon_x = rtl ? x + width - PADDING - ICON_SIZE : x + PADDING;
  float text_x = x + PADDING + (beside || rtl ? 0 : ICON_SIZE + PADDING);
  float icon_y = y + (height - ICON_SIZE) / 2, text_y;
  GskRoundedRect outline;
  GdkRGBA border = *color;

  border.alpha = 0.5f;
  gsk_rounded_rect_init_from_rect (&outline, box, PADDING);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 1, 1, 1, 1 },
                              (GdkRGBA[4]){ border, border, border, border });
  make_texts (self, place, (int)width, beside, &title, &status);
  text_y = y + (height - (float)(layout_height (title) + layout_height (status))) / 2;
  if (beside) {
    icon_x = x + (width - ICON_SIZE) / 2;
    icon_y = y + PADDING;
    text_y = icon_y + ICON_SIZE + PADDING / 2.0f;
  }
  draw_icon (widget, snapshot, places[place].icon, icon_x, icon_y, ICON_SIZE, color);
  draw_text (snapshot, title, text_x, text_y, color);
  draw_text (snapshot, status, text_x, text_y + (float)layout_height (title), color);
}

/* From the middle of one box's edge to that of the next; @whole or broken. */
static void
draw_line (GtkSnapshot *snapshot, float x, float y, float length, gboolean across, gboolean whole, const GdkRGBA *color)
{
  float step = whole ? length : 2 * DASH;
  float dash = whole ? length : DASH;

  for (float at = 0; at < length; at += step) {
    float piece = MIN (dash, length - at);
    graphene_rect_t bounds = across ? GRAPHENE_RECT_INIT (x + at, y - LINE / 2.0f, piece, LINE)
                                    : GRAPHENE_RECT_INIT (x - LINE / 2.0f, y + at, LINE, piece);

    gtk_snapshot_append_color (snapshot, color, &bounds);
  }
}

/* The way to @place over the gap at @gap: a line, a mark on it and another
 * piece of line. */
static void
draw_way (WattleDataFlow *self, GtkSnapshot *snapshot, Place place, const graphene_rect_t *gap, gboolean across,
          const GdkRGBA *color)
{
  Flow flow = flow_to (self, place);
  float x = gap->origin.x + (across ? 0 : gap->size.width / 2);
  float y = gap->origin.y + (across ? gap->size.height / 2 : 0);
  float piece = (GAP - MARK_SIZE) / 2.0f - LINE;
  float rest = GAP - piece;
  GdkRGBA line = *color;

  if (flow < FLOW_ASKED)
    line.alpha = 0.5f;
  draw_line (snapshot, x, y, piece, across, flow == FLOW_GOES, &line);
  draw_line (snapshot, across ? x + rest : x, across ? y : y + rest, piece, across, flow == FLOW_GOES, &line);
  draw_icon (GTK_WIDGET (self), snapshot, flows[flow].mark,
             across ? x + (GAP - MARK_SIZE) / 2.0f : x - MARK_SIZE / 2.0f,
             across ? y - MARK_SIZE / 2.0f : y + (GAP - MARK_SIZE) / 2.0f, MARK_SIZE, color);
}

static void
wattle_data_flow_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WattleDataFlow *self = WATTLE_DATA_FLOW (widget);
  int width = gtk_widget_get_width (widget);
  gboolean beside = is_side_by_side (width);
  gboolean mirrored = beside && gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  float box_width = (float)place_width (width);
  float at = 0; /* from the start of the line, or from the top */
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  for (Place place = 0; place < N_PLACES; place++) {
    float length = beside ? box_width : (float)place_height (self, place, width);
    float height = beside ? (float)tallest (self, width) : length;
    graphene_rect_t gap, box;

    if (place > 0) {
      float x = mirrored ? (float)width - at - GAP : at;

      gap = beside ? GRAPHENE_RECT_INIT (x, 0, GAP, height) : GRAPHENE_RECT_INIT (0, at, box_width, GAP);
      draw_way (self, snapshot, place, &gap, beside, &color);
      at += GAP;
    }
    box = beside ? GRAPHENE_RECT_INIT (mirrored ? (float)width - at - box_width : at, 0, box_width, height)
                 : GRAPHENE_RECT_INIT (0, at, box_width, height);
    draw_place (self, snapshot, place, &box, beside, &color);
    at += length;
  }
}

/* --- object --- */

static void
wattle_data_flow_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (wattle_data_flow_parent_class)->system_setting_changed (widget, setting);
  gtk_widget_queue_resize (widget); /* the text's size, or other icons */
}

static void
wattle_data_flow_finalize (GObject *object)
{
  WattleDataFlow *self = WATTLE_DATA_FLOW (object);

  g_ptr_array_unref (self->purposes);
  g_clear_pointer (&self->decisions, g_variant_unref);
  g_free (self->words);
  G_OBJECT_CLASS (wattle_data_flow_parent_class)->finalize (object);
}

static void
wattle_data_flow_class_init (WattleDataFlowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_data_flow_finalize;
  widget_class->measure = wattle_data_flow_measure;
  widget_class->get_request_mode = wattle_data_flow_get_request_mode;
  widget_class->snapshot = wattle_data_flow_snapshot;
  widget_class->system_setting_changed = wattle_data_flow_system_setting_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "dataflow");
}

static void
wattle_data_flow_init (WattleDataFlow *self)
{
  self->purposes = wattle_purposes_read (NULL);
  update (self);
}

GtkWidget *
wattle_data_flow_new (void)
{
  return g_object_new (WATTLE_TYPE_DATA_FLOW, NULL);
}

void
wattle_data_flow_set_purposes (WattleDataFlow *self, GVariant *purposes)
{
  g_ptr_array_unref (self->purposes);
  self->purposes = wattle_purposes_read (purposes);
  update (self);
}

void
wattle_data_flow_set_decisions (WattleDataFlow *self, GVariant *decisions)
{
  g_clear_pointer (&self->decisions, g_variant_unref);
  if (decisions != NULL)
    self->decisions = g_variant_ref_sink (decisions);
  update (self);
}

const char *
wattle_data_flow_get_words (WattleDataFlow *self)
{
  return self->words;
}
