/* SPDX-License-Identifier: Apache-2.0 */
/* The first page of a set-up: the code from the device's label, or the
 * password of one of the household. */
#include "gui-gtk/setup/open-page.h"

#include <glib/gi18n.h>

#include "client/words.h"
#include "gui-gtk/qr/picker.h"
#include "gui-gtk/setup/wizard.h"
#include "gui-gtk/widgets/code-entry.h"
#include "gui-gtk/widgets/message.h"

struct _WattleOpenPage {
  WattleSetupPage parent_instance;
  GtkWidget *code_box;
  WattleCodeEntry *code;
  GtkWidget *password_box;
  GtkEditable *password;
  WattleMessage *message;
  WattleQrPicker *picker;
  GtkWidget *busy;
  GtkSpinner *spinner;
  GtkButton *next;
  gboolean opening;
  gboolean tried; /* the message is about what was tried, not about a lock */
};

G_DEFINE_FINAL_TYPE (WattleOpenPage, wattle_open_page, WATTLE_TYPE_SETUP_PAGE)

static WattleSetup *
get_setup (WattleOpenPage *self)
{
  return wattle_setup_page_get_setup (WATTLE_SETUP_PAGE (self));
}

static GtkEditable *
get_entry (WattleOpenPage *self)
{
  return wattle_setup_is_joining (get_setup (self)) ? self->password : GTK_EDITABLE (self->code);
}

static gboolean
is_filled (WattleOpenPage *self)
{
  return wattle_setup_is_joining (get_setup (self)) ? *gtk_editable_get_text (self->password) != '\0'
                                                    : wattle_code_entry_is_complete (self->code);
}

/* A lock is told before anybody types in vain, and no longer than it lasts. */
static gboolean
sync_lock (WattleOpenPage *self)
{
  WattleBusCandidate *candidate = wattle_setup_get_candidate (get_setup (self));
  g_autofree char *locked
      = candidate != NULL ? wattle_words_locked (wattle_bus_candidate_get_locked_until (candidate)) : NULL;

  if (locked != NULL)
    wattle_message_set (self->message, "changes-prevent-symbolic", locked);
  else if (!self->tried)
    wattle_message_set (self->message, NULL, NULL);
  return locked != NULL;
}

static void
update (WattleOpenPage *self)
{
  gboolean open = wattle_setup_is_open (get_setup (self));
  gboolean locked = !self->opening && sync_lock (self);

  gtk_editable_set_editable (get_entry (self), !self->opening && !open);
  gtk_widget_set_visible (self->busy, self->opening);
  gtk_spinner_set_spinning (self->spinner, self->opening);
  gtk_button_set_label (self->next, open && !self->opening ? _ ("Continue") : _ ("Open"));
  wattle_setup_page_set_can_go_on (WATTLE_SETUP_PAGE (self), !self->opening && !locked && (open || is_filled (self)));
}

static void
tell_error (WattleOpenPage *self, const GError *error)
{
  self->tried = TRUE;
  wattle_message_set_error (self->message, error);
  gtk_widget_grab_focus (GTK_WIDGET (get_entry (self)));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleOpenPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean open = wattle_setup_open_finish (WATTLE_SETUP (source), result, &error);

  if (get_setup (self) == NULL)
    return; /* the page has gone */
  self->opening = FALSE;
  if (!open)
    tell_error (self, error);
  update (self);
  if (open)
    wattle_wizard_go_on (WATTLE_SETUP_PAGE (self));
}

static void
try_to_open (WattleOpenPage *self)
{
  if (self->opening || wattle_setup_is_open (get_setup (self)) || !is_filled (self))
    return;
  self->opening = TRUE;
  self->tried = FALSE;
  wattle_message_set (self->message, NULL, NULL);
  update (self);
  wattle_setup_open_async (get_setup (self), gtk_editable_get_text (get_entry (self)),
                           wattle_setup_page_get_cancellable (WATTLE_SETUP_PAGE (self)), on_opened,
                           g_object_ref (self));
}

static void
on_activate (WattleOpenPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "setup.next", NULL);
}

/* As if it were typed. */
static void
on_found (WattleOpenPage *self, const char *text)
{
  if (!self->opening && !wattle_setup_is_open (get_setup (self)))
    gtk_editable_set_text (GTK_EDITABLE (self->code), text);
}

static void
on_changed (WattleOpenPage *self)
{
  if (self->tried) {
    self->tried = FALSE;
    wattle_message_set (self->message, NULL, NULL);
  }
  update (self);
}

static void
wattle_open_page_next (WattleSetupPage *page)
{
  WattleOpenPage *self = WATTLE_OPEN_PAGE (page);

  if (wattle_setup_is_open (get_setup (self)))
    wattle_wizard_go_on (page);
  else
    try_to_open (self);
}

static void
wattle_open_page_shown (WattleNavPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (get_entry (WATTLE_OPEN_PAGE (page))));
}

static void
wattle_open_page_ready (WattleSetupPage *page)
{
  WattleOpenPage *self = WATTLE_OPEN_PAGE (page);
  gboolean joining = wattle_setup_is_joining (get_setup (self));

  wattle_nav_page_set_title (WATTLE_NAV_PAGE (self), joining ? _ ("Password") : _ ("Setup code"));
  g_object_set (self->message, "field", get_entry (self), NULL);
  gtk_widget_set_visible (self->code_box, !joining);
  gtk_widget_set_visible (self->password_box, joining);
  if (joining)
    gtk_widget_hide (GTK_WIDGET (self->picker));
  else
    wattle_qr_picker_watch (self->picker, GTK_WIDGET (self->code), GTK_WIDGET (self));
  g_signal_connect_object (get_entry (self), "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->code, "complete", G_CALLBACK (try_to_open), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_setup (self), "notify::open", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
wattle_open_page_class_init (WattleOpenPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  WATTLE_NAV_PAGE_CLASS (klass)->shown = wattle_open_page_shown;
  WATTLE_SETUP_PAGE_CLASS (klass)->ready = wattle_open_page_ready;
  WATTLE_SETUP_PAGE_CLASS (klass)->next = wattle_open_page_next;
  g_type_ensure (WATTLE_TYPE_CODE_ENTRY);
  g_type_ensure (WATTLE_TYPE_QR_PICKER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/setup/open-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleOpenPage, code_box);
  gtk_widget_class_bind_template_child (widget_class, WattleOpenPage, code);
  gtk_widget_class_bind_template_child (widget_class, WattleOpenPage, password_box);
  gtk_widget_class_bind_template_child (widget_class, WattleOpenPage, password);
  gtk_widget_class_bind_template_child (widget_class, WattleOpenPage, message);
  gtk_widget_class_bind_template_child (widget_class, WattleOpenPage, picker);
  gtk_widget_class_bind_template_child (widget_class, WattleOpenPage, busy);
  gtk_widget_class_bind_template_child (widget_class, WattleOpenPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, WattleOpenPage, next);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_found);
  gtk_widget_class_bind_template_callback (widget_class, tell_error);
}

static void
wattle_open_page_init (WattleOpenPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
