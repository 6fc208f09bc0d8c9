/* SPDX-License-Identifier: Apache-2.0 */
/* What runs on this chip. */
#include "integrity.h"

#include <zephyr/drivers/hwinfo.h>
#include <zephyr/kernel.h>
#ifdef CONFIG_BOOTLOADER_MCUBOOT
#include <zephyr/dfu/mcuboot.h>
#endif
#ifdef CONFIG_WATTLE_UPDATE
#include <zephyr/mgmt/mcumgr/grp/img_mgmt/img_mgmt.h>
#endif
#ifdef CONFIG_SOC_SERIES_NRF52X
#include <nrf.h>
#include <nrf52_erratas.h>
#endif

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

void
integrity_start (void)
{
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
