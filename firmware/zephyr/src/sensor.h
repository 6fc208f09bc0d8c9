/* SPDX-License-Identifier: Apache-2.0 */
/* What the device measures: the devicetree alias "wattle-sensor". */
#pragma once

#include <stdint.h>

/* The temperature in thousandths of a degree Celsius.  0 on success. */
int sensor_measure (int32_t *value);
