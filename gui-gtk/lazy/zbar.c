/* SPDX-License-Identifier: Apache-2.0 */
/* ZBar, when a picture is read.  It brings nine libraries of its own. */
#include <zbar.h>

#include "common/lazy.h"
#include "gui-gtk/lazy/sonames.h"

#define LAZY(type, name, parameters, arguments) WATTLE_LAZY (WATTLE_SONAME_ZBAR, type, name, parameters, arguments)
#define LAZY_VOID(name, parameters, arguments) WATTLE_LAZY (WATTLE_SONAME_ZBAR, void, name, parameters, arguments)

/* clang-format off */
LAZY (zbar_image_scanner_t *, zbar_image_scanner_create, (void), ())
LAZY_VOID (zbar_image_scanner_destroy, (zbar_image_scanner_t *scanner), (scanner))
LAZY (int, zbar_image_scanner_set_config,
      (zbar_image_scanner_t *scanner, zbar_symbol_type_t symbology, zbar_config_t config, int value),
      (scanner, symbology, config, value))
LAZY (int, zbar_scan_image, (zbar_image_scanner_t *scanner, zbar_image_t *image), (scanner, image))
LAZY (zbar_image_t *, zbar_image_create, (void), ())
LAZY_VOID (zbar_image_destroy, (zbar_image_t *image), (image))
LAZY_VOID (zbar_image_set_format, (zbar_image_t *image, unsigned long format), (image, format))
LAZY_VOID (zbar_image_set_size, (zbar_image_t *image, unsigned width, unsigned height), (image, width, height))
LAZY_VOID (zbar_image_set_data,
           (zbar_image_t *image, const void *data, unsigned long length, zbar_image_cleanup_handler_t *cleanup),
           (image, data, length, cleanup))
LAZY (const zbar_symbol_t *, zbar_image_first_symbol, (const zbar_image_t *image), (image))
LAZY (const char *, zbar_symbol_get_data, (const zbar_symbol_t *symbol), (symbol))
LAZY (unsigned int, zbar_symbol_get_data_length, (const zbar_symbol_t *symbol), (symbol))
/* clang-format on */
