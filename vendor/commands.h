/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The subcommands of wattle-vendor, one file per noun.  Each gets the words from
 * its verb on (argv[0] is "wattle-vendor NOUN VERB", for help texts) and returns the
 * exit status.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum {
  VENDOR_OK = 0,
  VENDOR_FAILED = 1,
  VENDOR_USAGE = 2,
  VENDOR_INCOMPLETE = 3, /* done, but with gaps that the output names */
};

/* batch.c */
int vendor_device_batch (int argc, char **argv);

/* device.c */
int vendor_device_new (int argc, char **argv);

/* image.c */
int vendor_image_key (int argc, char **argv);
int vendor_image_new (int argc, char **argv);
int vendor_image_show (int argc, char **argv);

/* passport.c */
int vendor_passport_check (int argc, char **argv);
int vendor_passport_fill (int argc, char **argv);
int vendor_passport_notice (int argc, char **argv);

/* passport-diff.c */
int vendor_passport_diff (int argc, char **argv);

/* passport-lint.c */
int vendor_passport_lint (int argc, char **argv);

G_END_DECLS
