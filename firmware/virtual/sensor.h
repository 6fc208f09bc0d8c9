/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A room's temperature: cooler at night, up and down with the heating, a
 * little noise.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Thousandths of a degree Celsius at @seconds since 1970. */
gint32 sensor_temperature (gint64 seconds, GRand *noise);

G_END_DECLS
