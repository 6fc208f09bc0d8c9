/* SPDX-License-Identifier: Apache-2.0 */
/* GStreamer, when the camera is used. */
#include <gst/app/gstappsink.h>
#include <gst/gst.h>

#include "common/lazy.h"
#include "gui-gtk/lazy/sonames.h"

#define LAZY(type, name, parameters, arguments) WATTLE_LAZY (WATTLE_SONAME_GSTREAMER, type, name, parameters, arguments)
#define LAZY_APP(type, name, parameters, arguments)                                                                    \
  WATTLE_LAZY (WATTLE_SONAME_GSTREAMER_APP, type, name, parameters, arguments)

/* clang-format off */
LAZY (gboolean, gst_init_check, (int *argc, char ***argv, GError **error), (argc, argv, error))
LAZY (GstElement *, gst_parse_launch, (const char *description, GError **error), (description, error))
LAZY (GstElement *, gst_bin_get_by_name, (GstBin *bin, const char *name), (bin, name))
LAZY (GstStateChangeReturn, gst_element_set_state, (GstElement *element, GstState state), (element, state))
LAZY (GstBus *, gst_element_get_bus, (GstElement *element), (element))
LAZY (GstMessage *, gst_bus_pop_filtered, (GstBus *bus, GstMessageType types), (bus, types))
LAZY (GstBuffer *, gst_sample_get_buffer, (GstSample *sample), (sample))
LAZY (GstCaps *, gst_sample_get_caps, (GstSample *sample), (sample))
LAZY (GstStructure *, gst_caps_get_structure, (const GstCaps *caps, guint index), (caps, index))
LAZY (gboolean, gst_structure_get_int, (const GstStructure *structure, const char *field, int *value),
      (structure, field, value))
LAZY (gboolean, gst_buffer_map, (GstBuffer *buffer, GstMapInfo *info, GstMapFlags flags), (buffer, info, flags))
LAZY (void, gst_buffer_unmap, (GstBuffer *buffer, GstMapInfo *info), (buffer, info))
LAZY (void, gst_mini_object_unref, (GstMiniObject *object), (object))
LAZY (gpointer, gst_object_ref, (gpointer object), (object))
LAZY (void, gst_object_unref, (gpointer object), (object))
LAZY_APP (GstSample *, gst_app_sink_try_pull_sample, (GstAppSink *sink, GstClockTime timeout), (sink, timeout))
/* clang-format on */
