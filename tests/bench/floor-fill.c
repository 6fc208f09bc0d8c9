/* SPDX-License-Identifier: Apache-2.0 */
/* What the floor daemon's objects say: the same as wattled's. */
#include "tests/bench/floor-fill.h"

#include <stdlib.h>

int floor_devices = 1;

GVariant *
floor_read (int argc, char **argv)
{
  g_autofree char *text = NULL;

  if (argc > 1)
    floor_devices = atoi (argv[1]);
  if (argc < 3)
    return NULL;
  if (!g_file_get_contents (argv[2], &text, NULL, NULL))
    g_error ("%s cannot be read", argv[2]);
  return g_variant_ref_sink (g_variant_parse (G_VARIANT_TYPE ("a{sa{sv}}"), text, NULL, NULL, NULL));
}

/* "LastReading" is the GObject property "last-reading". */
static char *
gobject_name (const char *name)
{
  GString *out = g_string_new (NULL);

  for (const char *c = name; *c != '\0'; c++) {
    if (g_ascii_isupper (*c) && c != name)
      g_string_append_c (out, '-');
    g_string_append_c (out, g_ascii_tolower (*c));
  }
  return g_string_free (out, FALSE);
}

void
floor_add (GDBusObjectSkeleton *object, GDBusInterfaceSkeleton *skeleton, GVariant *values)
{
  g_autoptr (GVariant) properties = NULL;
  GVariantIter iter;
  const char *name;
  GVariant *value;

  if (values != NULL)
    properties
        = g_variant_lookup_value (values, g_dbus_interface_skeleton_get_info (skeleton)->name, G_VARIANT_TYPE_VARDICT);
  if (properties != NULL) {
    g_variant_iter_init (&iter, properties);
    while (g_variant_iter_loop (&iter, "{&sv}", &name, &value)) {
      g_autofree char *property = gobject_name (name);
      g_auto (GValue) gvalue = G_VALUE_INIT;

      if (g_variant_is_container (value)) {
        g_value_init (&gvalue, G_TYPE_VARIANT);
        g_value_set_variant (&gvalue, value);
      } else {
        g_dbus_gvariant_to_gvalue (value, &gvalue);
      }
      g_object_set_property (G_OBJECT (skeleton), property, &gvalue);
    }
  }
  g_dbus_object_skeleton_add_interface (object, skeleton);
  g_object_unref (skeleton);
}
