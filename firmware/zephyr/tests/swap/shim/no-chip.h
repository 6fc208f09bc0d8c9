/* SPDX-License-Identifier: Apache-2.0 */
/* What of the boot loader's configuration is for the chip alone. */
#undef CONFIG_BOOT_WATCHDOG_FEED
#undef CONFIG_BOOT_WATCHDOG_FEED_NRFX_WDT
#undef CONFIG_MCUBOOT_CLEANUP_ARM_CORE
