/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine around a virtual device's core: what its files share.
 *
 *   main.c       the port, the radio, the time, the life of the process
 *   boot.c       the boot loader, updates
 *   commands.c   what the control socket offers
 *   restart.c    starting anew, as after a reset
 */
#pragma once

#include "firmware/core/device.h"
#include "firmware/virtual/control.h"
#include "firmware/virtual/flash-file.h"
#include "firmware/virtual/image-files.h"
#include "firmware/virtual/images.h"
#include "firmware/virtual/options.h"
#include "firmware/virtual/radio.h"
#include "firmware/virtual/smp.h"

G_BEGIN_DECLS

typedef struct Machine Machine;

struct Machine {
  Options options;
  FlashFile *flash;
  Radio *radio;
  Control *control;
  GMainLoop *loop;
  GRand *noise;
  guint timer;
  guint64 jumped_ms;    /* how far the clock was put ahead */
  gboolean fixed_value; /* the sensor says @value */
  gint32 value;
  wtl_DeviceState state; /* as last told */

  ImageFiles *image_files; /* NULL: takes no images */
  struct wtl_flash image_flash;
  Images images;
  Smp smp;
  gboolean image_is_off;
  char image_version[IMAGE_VERSION_SIZE];
  guint reset_source;
  gboolean reset; /* starts anew instead of being over */

  struct wtl_device_port port;
  struct wtl_device device;
};

/* Lets the core do what is due, and comes back when it wants to. */
void machine_schedule (Machine *machine);

void machine_press (Machine *machine, enum wtl_button button);

/* As the commands and the output have it; static. */
const char *machine_state_name (wtl_DeviceState state);

/* A device without power is not seen any more.  The process ends after this. */
void machine_lose_power (Machine *machine, const struct wtl_nor *nor);

/* What a boot loader does, before the device itself starts: the port gets what is
 * offered with images.  Nothing without --images. */
gboolean machine_boot (Machine *machine, GError **error);

/* A new image stays only once it has spoken with its owner, as on a chip. */
void machine_keep_image (Machine *machine);

/* A ControlCommand: one command of the control socket. */
char *machine_command (gpointer user_data, char **words, GError **error);

/* The words of the command line for the next start, from those of this one. */
GStrv machine_make_reset_words (const Machine *machine, char **argv);

/* Starts this program anew, as a chip does from its first instruction on.  A button
 * pressed meanwhile is pressed in vain.  Returns where that failed. */
void machine_start_anew (char **words, GError **error);

G_END_DECLS
