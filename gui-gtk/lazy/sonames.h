/* SPDX-License-Identifier: Apache-2.0 */
/* The libraries that the app loads when it needs them, if they are there. */
#pragma once

#define WATTLE_SONAME_ZBAR "libzbar.so.0"
#define WATTLE_SONAME_GSTREAMER "libgstreamer-1.0.so.0"
#define WATTLE_SONAME_GSTREAMER_APP "libgstapp-1.0.so.0"
