/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least that puts the core on a chip: what is in this image beside the C
 * library is what a device's firmware takes of flash and RAM.
 */
#include "firmware/core/device.h"

struct wtl_device bare_device;
struct wtl_device_port bare_port; /* another file's to fill */

int
main (void)
{
  static uint8_t packet[247];

  if (wtl_device_init (&bare_device, &bare_port) != WTL_OK)
    return 1;
  wtl_device_connected (&bare_device, sizeof packet);
  wtl_device_packet (&bare_device, packet, sizeof packet);
  wtl_device_button (&bare_device, WTL_BUTTON_SHORT);
  wtl_device_disconnected (&bare_device);
  return (int)wtl_device_tick (&bare_device);
}
