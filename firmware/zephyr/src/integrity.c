/* SPDX-License-Identifier: Apache-2.0 */
/* What runs on this chip. */
#include "integrity.h"

#include <zephyr/drivers/hwinfo.h>
#include <zephyr/kernel.h>
#ifdef CONFIG_BOOTLOADER_MCUBOOT
#include <zephyr/dfu/mcuboot.h>
#endif
#ifdef CONFIG_WATTLE_UPDATE
#include <bootutil/image.h>
#include <mbedtls/sha256.h>
#include <string.h>
#include <zephyr/mgmt/mcumgr/grp/img_mgmt/img_mgmt.h>
#include <zephyr/storage/flash_map.h>
#endif
#ifdef CONFIG_SOC_SERIES_NRF52X
#include <nrf.h>
#include <nrf52_erratas.h>
#endif

#include "firmware/core/device.h"
#include "flash-port.h"

/* Several may be set: the one that says most comes first. */
static const struct {
  uint32_t bits;
  wtl_ResetCause cause;
} causes[] = {
  { RESET_WATCHDOG, wtl_RESET_CAUSE_WATCHDOG }, { RESET_CPU_LOCKUP, wtl_RESET_CAUSE_LOCKUP },
  { RESET_BROWNOUT, wtl_RESET_CAUSE_BROWNOUT }, { RESET_DEBUG, wtl_RESET_CAUSE_DEBUG },
  { RESET_SOFTWARE, wtl_RESET_CAUSE_SOFTWARE }, { RESET_PIN, wtl_RESET_CAUSE_PIN },
  { RESET_POR, wtl_RESET_CAUSE_POWER },
};

static wtl_ResetCause cause;
static bool image_is_off;

/* Nordic's chips have no bit for power that came: then none is set. */
static wtl_ResetCause
find_cause (void)
{
  uint32_t bits = 0;

  if (hwinfo_get_reset_cause (&bits) != 0)
    return wtl_RESET_CAUSE_UNKNOWN;
  for (size_t i = 0; i < ARRAY_SIZE (causes); i++)
    if ((bits & causes[i].bits) != 0)
      return causes[i].cause;
  return bits == 0 && IS_ENABLED (CONFIG_SOC_FAMILY_NORDIC_NRF) ? wtl_RESET_CAUSE_POWER : wtl_RESET_CAUSE_UNKNOWN;
}

#ifdef CONFIG_WATTLE_UPDATE
/* SHA-256 of @len bytes from the slot's begin. */
static int
hash_slot (const struct flash_area *slot, uint32_t len, uint8_t out[32])
{
  mbedtls_sha256_context hash;
  uint8_t bytes[256];
  int error;

  mbedtls_sha256_init (&hash);
  error = mbedtls_sha256_starts (&hash, 0);
  for (uint32_t at = 0; error == 0 && at < len; at += sizeof bytes) {
    uint32_t n = MIN (sizeof bytes, len - at);

    error = flash_area_read (slot, at, bytes, n);
    if (error == 0)
      error = mbedtls_sha256_update (&hash, bytes, n);
  }
  if (error == 0)
    error = mbedtls_sha256_finish (&hash, out);
  mbedtls_sha256_free (&hash);
  return error;
}

/* Whether what is there has the hash that was signed.  The boot loader has seen
 * to it, unless there was none, or a debugger was faster. */
static bool
is_image_whole (void)
{
  const struct flash_area *slot;
  struct image_header header;
  uint8_t told[32], found[32];
  uint32_t len;

  if (img_mgmt_read_info (img_mgmt_active_slot (img_mgmt_active_image ()), NULL, told, NULL) != 0
      || flash_area_open (FIXED_PARTITION_ID (slot0_partition), &slot) != 0
      || flash_area_read (slot, 0, &header, sizeof header) != 0 || header.ih_img_size > slot->fa_size)
    return false;
  len = header.ih_hdr_size + header.ih_img_size + header.ih_protect_tlv_size;
  return len <= slot->fa_size && hash_slot (slot, len, found) == 0 && memcmp (told, found, sizeof told) == 0;
}
#endif

void
integrity_start (void)
{
#ifdef CONFIG_WATTLE_UPDATE
  image_is_off = !is_image_whole ();
#endif
  cause = find_cause ();
  hwinfo_clear_reset_cause ();
}

/* From the registers, not from how this was built. */
static wtl_DebugPort
find_debug_port (void)
{
#ifdef CONFIG_SOC_SERIES_NRF52X
  uint32_t fuse = NRF_UICR->APPROTECT & UICR_APPROTECT_PALL_Msk;

#if NRF52_CONFIGURATION_249_PRESENT
  /* Newer chips are locked unless both the memory and the program open them. */
  if (nrf52_configuration_249 ())
    return fuse == (UICR_APPROTECT_PALL_HwDisabled << UICR_APPROTECT_PALL_Pos)
                   && NRF_APPROTECT->DISABLE == APPROTECT_DISABLE_DISABLE_SwDisable
                   && NRF_APPROTECT->FORCEPROTECT != APPROTECT_FORCEPROTECT_FORCEPROTECT_Force
               ? wtl_DEBUG_PORT_OPEN
               : wtl_DEBUG_PORT_LOCKED;
#endif
  return fuse == UICR_APPROTECT_PALL_Msk ? wtl_DEBUG_PORT_OPEN : wtl_DEBUG_PORT_LOCKED;
#else
  return wtl_DEBUG_PORT_UNKNOWN;
#endif
}

void
integrity_tell (void *ctx, wtl_Integrity *out)
{
#ifdef CONFIG_WATTLE_UPDATE
  if (img_mgmt_read_info (img_mgmt_active_slot (img_mgmt_active_image ()), NULL, out->image_sha256.bytes, NULL) == 0)
    out->image_sha256.size = sizeof out->image_sha256.bytes;
#endif
#ifdef CONFIG_BOOTLOADER_MCUBOOT
  out->image_confirmed = boot_is_img_confirmed ();
#endif
  out->reset_cause = cause;
  out->debug_port = find_debug_port ();
}

uint32_t
integrity_alerts (void *ctx)
{
  uint32_t alerts = image_is_off ? WTL_ALERT_IMAGE : 0;

  /* A release locks it; chips that cannot do so by themselves are locked on the bench. */
  if (IS_ENABLED (CONFIG_NRF_APPROTECT_LOCK) && find_debug_port () == wtl_DEBUG_PORT_OPEN)
    alerts |= WTL_ALERT_DEBUG_PORT;
  if (flash_port_has_failed ())
    alerts |= WTL_ALERT_MEMORY;
  return alerts;
}
