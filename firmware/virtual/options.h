/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the virtual device is told on its command line.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  char *flash;        /* path of the flash file */
  char *links;        /* directory of the links */
  char *name;         /* of the link in it */
  char *control;      /* path of the control socket; NULL = none */
  gboolean bluetooth; /* over the air instead of @links */
  char *adapter;      /* such as "hci1"; NULL = any */
  int mtu;            /* bytes of a packet, 20..512 */
  int interval;       /* milliseconds between readings */
  char *images;       /* directory of the images; NULL = takes none */

  gint64 cut_power_at;  /* flash operation, from 1; 0 = never */
  char *cut_count;      /* file to write the number of operations to; NULL = none */
  guint32 torn;         /* bits that still change at the cut */
  gint64 cut_images_at; /* the same of the memory for images */

  char *debug_port;     /* NULL = unknown */
  char *reset_cause;    /* NULL = power */
  gboolean alter_image; /* after the boot loader has looked */

  /* of packets, both ways: parts of 1 */
  double lose;
  double repeat;
  double reorder;
  double corrupt;
  gint64 seed;
  int out_of_range_after; /* packets; 0 = never */
  int back_after;         /* milliseconds; 0 = stays away */
  gboolean verbose;
  gboolean version;
} Options;

/* Reads the command line.  FALSE with @error set where it makes no sense. */
gboolean options_parse (Options *options, int *argc, char ***argv, GError **error);
void options_clear (Options *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

G_END_DECLS
