/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a raw peer understands: packets without a session, on a service of its
 * own beside the device's.
 *
 *   RAW_ECHO ...             the packet comes back
 *   RAW_GIVE n[1] size[2]    n packets of size bytes come (big-endian)
 */
#pragma once

#define RAW_SERVICE_UUID "d3f20a00-7c1d-4a54-a9a4-0f2f7d1c9b10"
#define RAW_IN_UUID "d3f20a01-7c1d-4a54-a9a4-0f2f7d1c9b10"
#define RAW_OUT_UUID "d3f20a02-7c1d-4a54-a9a4-0f2f7d1c9b10"

enum {
  RAW_ECHO = 'e',
  RAW_GIVE = 'g',
};
