/* SPDX-License-Identifier: Apache-2.0 */
/* The boot loader of a virtual device, and what its core asks about images. */
#include "firmware/virtual/integrity.h"
#include "firmware/virtual/machine.h"

/* --- what the core asks --- */

static int
port_smp (void *ctx, const uint8_t *frame, size_t len, uint8_t *out, size_t size, size_t *out_len)
{
  Machine *machine = ctx;

  return smp_answer (&machine->smp, frame, len, out, size, out_len) ? 0 : -1;
}

static void
port_integrity (void *ctx, wtl_Integrity *out)
{
  Machine *machine = ctx;

  integrity_tell (&machine->images, &machine->options, out);
}

static uint32_t
port_alerts (void *ctx)
{
  Machine *machine = ctx;

  return integrity_alerts (&machine->images, &machine->options, machine->image_is_off);
}

static gboolean
on_reset (gpointer user_data)
{
  Machine *machine = user_data;

  machine->reset_source = 0;
  machine->reset = TRUE;
  g_main_loop_quit (machine->loop);
  return G_SOURCE_REMOVE;
}

static void
request_reset (gpointer user_data)
{
  Machine *machine = user_data;

  if (machine->reset_source == 0)
    machine->reset_source = g_timeout_add (SMP_RESET_MS, on_reset, machine);
}

void
machine_keep_image (Machine *machine)
{
  if (machine->image_files != NULL && machine->device.role == WTL_ROLE_OWNER
      && (wtl_device_alerts (&machine->device) & WTL_ALERT_IMAGE) == 0)
    images_confirm (&machine->images);
}

/* --- the start --- */

static void
on_image_power_cut (gpointer user_data)
{
  Machine *machine = user_data;

  machine_lose_power (machine, &machine->image_files->nor);
}

gboolean
machine_boot (Machine *machine, GError **error)
{
  struct wtl_factory factory;
  struct wtl_nor *nor;
  Image image;

  if (machine->options.images == NULL)
    return TRUE;
  if (wtl_factory_read (&machine->port.flash, &factory) != WTL_OK)
    return TRUE; /* the device tells */
  machine->image_files = image_files_open (machine->options.images, error);
  if (machine->image_files == NULL)
    return FALSE;
  nor = &machine->image_files->nor;
  nor->cut_at = (guint64)machine->options.cut_images_at;
  nor->torn = machine->options.torn;
  machine->image_files->on_cut = on_image_power_cut;
  machine->image_files->user_data = machine;
  wtl_nor_flash (nor, &machine->image_flash);
  if (!images_open (&machine->images, &machine->image_flash, machine->image_files->key, factory.product, error))
    return FALSE;
  if (!images_boot (&machine->images, error) || !images_get (&machine->images, 0, &image)) {
    g_prefix_error (error, "%s/slot-0.bin: ", machine->options.images);
    return FALSE;
  }
  image_version_format (&image.version, machine->image_version);
  if (machine->options.alter_image)
    nor->bytes[image.header_size] ^= 1;
  machine->image_is_off = !images_is_whole (&machine->images);
  machine->smp = (Smp){ .images = &machine->images, .reset = request_reset, .user_data = machine };
  machine->port.smp = port_smp;
  machine->port.integrity = port_integrity;
  machine->port.alerts = port_alerts;
  machine->port.firmware_version = machine->image_version;
  return TRUE;
}
