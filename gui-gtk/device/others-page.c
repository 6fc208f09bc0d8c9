/* SPDX-License-Identifier: Apache-2.0 */
/* Who else in the home the device measures. */
#include "gui-gtk/device/others-page.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "gui-gtk/device/say.h"
#include "gui-gtk/files/print.h"
#include "gui-gtk/files/save.h"
#include "gui-gtk/files/trouble.h"
#include "gui-gtk/widgets/button-row.h"
#include "gui-gtk/widgets/message.h"
#include "gui-gtk/widgets/rows.h"
#include "paper/notice-paper.h"

struct _WattleOthersPage {
  WattlePartPage parent_instance;
  GtkEditable *who;
  GtkWidget *save;
  WattleMessage *message;
  AdwPreferencesGroup *page;
  GtkWidget *print;
  GtkWidget *save_pdf;
  GPtrArray *rows; /* in page */
  char *title;
  GVariant *sections; /* a(sas); NULL = not there yet */
  char *noted;        /* Device.Others as it was shown last */
};

G_DEFINE_FINAL_TYPE (WattleOthersPage, wattle_others_page, WATTLE_TYPE_PART_PAGE)

/* --- the page for them --- */

static void
add_section (WattleOthersPage *self, const char *title, const char *const *paragraphs)
{
  g_autoptr (GPtrArray) clean = g_ptr_array_new_null_terminated (4, g_free, TRUE);
  g_autofree char *heading = wattle_text_clean (title);
  g_autofree char *text = NULL;
  GtkWidget *row = wattle_text_row_new (NULL, heading);

  for (const char *const *p = paragraphs; *p != NULL; p++)
    g_ptr_array_add (clean, wattle_text_clean (*p));
  text = g_strjoinv ("\n", (char **)clean->pdata);
  wattle_row_set_subtitle (row, text);
  wattle_rows_add (self->page, self->rows, row);
}

static void
show_page (WattleOthersPage *self)
{
  g_autofree char *markup = g_markup_escape_text (self->title, -1); /* which a group reads its title as */
  const char *title;
  GVariantIter iter;
  g_autofree const char **paragraphs = NULL;

  adw_preferences_group_set_title (self->page, markup);
  wattle_rows_clear (self->page, self->rows);
  g_variant_iter_init (&iter, self->sections);
  while (g_variant_iter_next (&iter, "(&s^a&s)", &title, &paragraphs)) {
    add_section (self, title, paragraphs);
    g_clear_pointer (&paragraphs, g_free);
  }
  gtk_widget_set_sensitive (self->print, TRUE);
  gtk_widget_set_sensitive (self->save_pdf, TRUE);
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleOthersPage *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) sections = NULL;
  g_autofree char *title = NULL;
  g_autofree char *clean = NULL;

  wattle_bus_device_call_get_others_notice_finish (WATTLE_BUS_DEVICE (source), &title, &sections, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (sections == NULL) {
    wattle_message_set_error (self->message, error);
    return;
  }
  clean = wattle_text_clean (title);
  /* Rows that stay keep the focus. */
  if (self->sections != NULL && g_strcmp0 (clean, self->title) == 0 && g_variant_equal (sections, self->sections))
    return;
  g_free (self->title);
  self->title = g_steal_pointer (&clean);
  g_clear_pointer (&self->sections, g_variant_unref);
  self->sections = g_steal_pointer (&sections);
  show_page (self);
}

/* Called again when something has changed: the page says what is allowed now. */
static void
wattle_others_page_sync (WattlePartPage *part)
{
  WattleOthersPage *self = WATTLE_OTHERS_PAGE (part);
  WattleBusDevice *device = wattle_part_page_get_device (part);
  const char *others = wattle_bus_device_get_others (device);
  g_autofree char *language = wattle_say_language ();

  if (g_strcmp0 (self->noted, others) != 0) {
    g_free (self->noted);
    self->noted = g_strdup (others);
    gtk_editable_set_text (self->who, others != NULL ? others : "");
  }
  wattle_bus_device_call_get_others_notice (device, language, wattle_part_page_get_cancellable (part), on_page, self);
}

static GBytes *
to_pdf (WattleOthersPage *self, WattleFileTrouble trouble)
{
  g_autoptr (GError) error = NULL;
  GBytes *pdf = wattle_others_notice_to_pdf (self->title, self->sections, &error);

  if (pdf == NULL)
    wattle_file_trouble_tell (self, trouble, error, NULL, NULL, NULL);
  return pdf;
}

static void
on_print (WattleOthersPage *self)
{
  g_autoptr (GBytes) pdf = to_pdf (self, WATTLE_NOT_PRINTED);

  if (pdf != NULL)
    wattle_print_pdf (GTK_WIDGET (self), self->title, pdf);
}

static void
on_save_pdf (WattleOthersPage *self)
{
  g_autoptr (GBytes) pdf = to_pdf (self, WATTLE_NOT_SAVED);

  if (pdf != NULL)
    /* Translators: the name that is suggested for a file; keep ".pdf" */
    wattle_save_bytes (GTK_WIDGET (self), _ ("Save as PDF"), _ ("who is measured.pdf"), pdf,
                       _ ("Saved. Print it, or show it to them."));
}

/* --- the note --- */

static void
on_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  WattleOthersPage *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_sensitive (self->save, TRUE);
  if (reply == NULL)
    wattle_message_set_error (self->message, error);
  else
    wattle_message_set (self->message, "emblem-ok-symbolic", _ ("Noted."));
}

static void
on_save (WattleOthersPage *self)
{
  WattlePartPage *part = WATTLE_PART_PAGE (self);

  gtk_widget_set_sensitive (self->save, FALSE);
  wattle_message_set (self->message, NULL, NULL);
  wattle_part_page_set (part, "Others", g_variant_new_string (gtk_editable_get_text (self->who)), on_noted, self);
}

static void
wattle_others_page_finalize (GObject *object)
{
  WattleOthersPage *self = WATTLE_OTHERS_PAGE (object);

  g_ptr_array_unref (self->rows);
  g_clear_pointer (&self->sections, g_variant_unref);
  g_free (self->title);
  g_free (self->noted);
  G_OBJECT_CLASS (wattle_others_page_parent_class)->finalize (object);
}

static void
wattle_others_page_class_init (WattleOthersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_others_page_finalize;
  WATTLE_PART_PAGE_CLASS (klass)->sync = wattle_others_page_sync;
  g_type_ensure (WATTLE_TYPE_BUTTON_ROW);
  g_type_ensure (WATTLE_TYPE_MESSAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/others-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleOthersPage, who);
  gtk_widget_class_bind_template_child (widget_class, WattleOthersPage, save);
  gtk_widget_class_bind_template_child (widget_class, WattleOthersPage, message);
  gtk_widget_class_bind_template_child (widget_class, WattleOthersPage, page);
  gtk_widget_class_bind_template_child (widget_class, WattleOthersPage, print);
  gtk_widget_class_bind_template_child (widget_class, WattleOthersPage, save_pdf);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_print);
  gtk_widget_class_bind_template_callback (widget_class, on_save_pdf);
}

static void
wattle_others_page_init (WattleOthersPage *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_others_page_new (WattleService *service, WattleBusObject *device)
{
  return wattle_part_page_new (WATTLE_TYPE_OTHERS_PAGE, service, device);
}
