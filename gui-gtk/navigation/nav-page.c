/* SPDX-License-Identifier: Apache-2.0 */
/* One page of the window. */
#include "gui-gtk/navigation/nav-page.h"

#include "gui-gtk/navigation/nav-view.h"

typedef struct {
  GtkWidget *box;
  GtkWidget *header;
  GtkWidget *back;
  AdwBin *top;       /* for the view's banner */
  GtkWidget *bottom; /* below the content; NULL = nothing */
  GtkLabel *title;
  GtkLabel *subtitle;
  gboolean can_go_back;
  gboolean root;    /* nothing is below it */
  GtkWidget *focus; /* what had the keyboard when the page was left; weak */
} WattleNavPagePrivate;

static void buildable_init (GtkBuildableIface *iface);

G_DEFINE_TYPE_WITH_CODE (WattleNavPage, wattle_nav_page, ADW_TYPE_BIN,
                         G_ADD_PRIVATE (WattleNavPage) G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, buildable_init))

static GtkBuildableIface *parent_buildable;

enum { PROP_TITLE = 1, PROP_CAN_GO_BACK, N_PROPS };
static GParamSpec *props[N_PROPS];

static WattleNavPagePrivate *
get_private (WattleNavPage *self)
{
  return wattle_nav_page_get_instance_private (self);
}

static void
add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  WattleNavPagePrivate *priv = get_private (WATTLE_NAV_PAGE (buildable));

  if (priv->box == NULL || !GTK_IS_WIDGET (child))
    parent_buildable->add_child (buildable, builder, child, type);
  else if (g_strcmp0 (type, "start") == 0)
    adw_header_bar_pack_start (ADW_HEADER_BAR (priv->header), GTK_WIDGET (child));
  else if (g_strcmp0 (type, "end") == 0)
    adw_header_bar_pack_end (ADW_HEADER_BAR (priv->header), GTK_WIDGET (child));
  else {
    if (g_strcmp0 (type, "bottom") == 0)
      priv->bottom = GTK_WIDGET (child);
    else
      gtk_widget_set_vexpand (GTK_WIDGET (child), TRUE);
    gtk_box_append (GTK_BOX (priv->box), GTK_WIDGET (child));
  }
}

static void
buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = add_child;
}

static void
sync_back (WattleNavPage *self)
{
  WattleNavPagePrivate *priv = get_private (self);

  gtk_widget_set_visible (priv->back, priv->can_go_back && !priv->root);
}

const char *
wattle_nav_page_get_title (WattleNavPage *self)
{
  return gtk_label_get_text (get_private (self)->title);
}

void
wattle_nav_page_set_title (WattleNavPage *self, const char *title)
{
  gtk_label_set_text (get_private (self)->title, title != NULL ? title : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title != NULL ? title : "", -1);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TITLE]);
}

void
wattle_nav_page_set_subtitle (WattleNavPage *self, const char *subtitle)
{
  WattleNavPagePrivate *priv = get_private (self);

  gtk_label_set_text (priv->subtitle, subtitle != NULL ? subtitle : "");
  gtk_widget_set_visible (GTK_WIDGET (priv->subtitle), subtitle != NULL && *subtitle != '\0');
}

gboolean
wattle_nav_page_get_can_go_back (WattleNavPage *self)
{
  return get_private (self)->can_go_back;
}

void
wattle_nav_page_set_can_go_back (WattleNavPage *self, gboolean can_go_back)
{
  WattleNavPagePrivate *priv = get_private (self);

  if (priv->can_go_back == can_go_back)
    return;
  priv->can_go_back = can_go_back;
  sync_back (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_GO_BACK]);
}

void
wattle_nav_page_leave (WattleNavPage *self)
{
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), WATTLE_TYPE_NAV_VIEW);

  if (view != NULL)
    wattle_nav_view_pop (WATTLE_NAV_VIEW (view), self);
}

gboolean
wattle_nav_page_goes_back_freely (WattleNavPage *self)
{
  return get_private (self)->can_go_back && WATTLE_NAV_PAGE_GET_CLASS (self)->back == wattle_nav_page_leave;
}

void
wattle_nav_page_set_root (WattleNavPage *self, gboolean root)
{
  get_private (self)->root = root;
  sync_back (self);
}

void
wattle_nav_page_set_banner (WattleNavPage *self, GtkWidget *banner)
{
  adw_bin_set_child (get_private (self)->top, banner);
}

void
wattle_nav_page_take_focus (WattleNavPage *self)
{
  WattleNavPagePrivate *priv = get_private (self);

  if (priv->focus != NULL && gtk_widget_is_ancestor (priv->focus, GTK_WIDGET (self))
      && gtk_widget_grab_focus (priv->focus))
    return;
  for (GtkWidget *child = gtk_widget_get_next_sibling (GTK_WIDGET (priv->top)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_child_focus (child, GTK_DIR_TAB_FORWARD))
      return;
  gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}

void
wattle_nav_page_content_came (WattleNavPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus != NULL && gtk_widget_is_ancestor (focus, get_private (self)->header))
    wattle_nav_page_take_focus (self);
}

int
wattle_nav_page_get_bottom_height (WattleNavPage *self, int width)
{
  GtkWidget *bottom = get_private (self)->bottom;
  int height = 0;

  if (bottom != NULL && gtk_widget_get_visible (bottom))
    gtk_widget_measure (bottom, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
  return height;
}

static void
keep_focus (WattleNavPage *self)
{
  WattleNavPagePrivate *priv = get_private (self);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *menu = focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) : NULL;

  if (menu != NULL) /* it will be closed: back to what opened it */
    focus = gtk_widget_get_parent (menu);
  g_set_weak_pointer (&priv->focus, focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)) ? focus : NULL);
}

void
wattle_nav_page_tell_shown (WattleNavPage *self, gboolean shown)
{
  WattleNavPageClass *klass = WATTLE_NAV_PAGE_GET_CLASS (self);

  if (!shown)
    keep_focus (self);
  if (shown && klass->shown != NULL)
    klass->shown (self);
  if (!shown && klass->hidden != NULL)
    klass->hidden (self);
}

void
wattle_nav_page_ask_back (WattleNavPage *self)
{
  WattleNavPagePrivate *priv = get_private (self);

  if (priv->can_go_back && !priv->root)
    WATTLE_NAV_PAGE_GET_CLASS (self)->back (self);
}

static void
wattle_nav_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WattleNavPage *self = WATTLE_NAV_PAGE (object);

  if (id == PROP_TITLE)
    g_value_set_string (value, wattle_nav_page_get_title (self));
  else
    g_value_set_boolean (value, wattle_nav_page_get_can_go_back (self));
}

static void
wattle_nav_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WattleNavPage *self = WATTLE_NAV_PAGE (object);

  if (id == PROP_TITLE)
    wattle_nav_page_set_title (self, g_value_get_string (value));
  else
    wattle_nav_page_set_can_go_back (self, g_value_get_boolean (value));
}

static void
wattle_nav_page_dispose (GObject *object)
{
  g_clear_weak_pointer (&get_private (WATTLE_NAV_PAGE (object))->focus);
  G_OBJECT_CLASS (wattle_nav_page_parent_class)->dispose (object);
}

static void
wattle_nav_page_class_init (WattleNavPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = wattle_nav_page_dispose;
  object_class->get_property = wattle_nav_page_get_property;
  object_class->set_property = wattle_nav_page_set_property;
  klass->back = wattle_nav_page_leave;
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  props[PROP_CAN_GO_BACK] = g_param_spec_boolean ("can-go-back", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/navigation/nav-page.ui");
  gtk_widget_class_bind_template_child_private (widget_class, WattleNavPage, box);
  gtk_widget_class_bind_template_child_private (widget_class, WattleNavPage, header);
  gtk_widget_class_bind_template_child_private (widget_class, WattleNavPage, back);
  gtk_widget_class_bind_template_child_private (widget_class, WattleNavPage, top);
  gtk_widget_class_bind_template_child_private (widget_class, WattleNavPage, title);
  gtk_widget_class_bind_template_child_private (widget_class, WattleNavPage, subtitle);
}

static void
wattle_nav_page_init (WattleNavPage *self)
{
  get_private (self)->can_go_back = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}
