/* SPDX-License-Identifier: Apache-2.0 */
/* libcbor, when the person installs an update. */
#include <cbor.h>

#include "common/lazy.h"

/* Its soname changes with each of its versions. */
#define TEXT(number) #number
#define SONAME(major, minor) "libcbor.so." TEXT (major) "." TEXT (minor)
#define LAZY(type, name, parameters, arguments)                                                                        \
  WATTLE_LAZY (SONAME (CBOR_MAJOR_VERSION, CBOR_MINOR_VERSION), type, name, parameters, arguments)

/* clang-format off */
LAZY (struct cbor_decoder_result, cbor_stream_decode, (cbor_data source, size_t size, const struct cbor_callbacks *callbacks, void *context), (source, size, callbacks, context))
LAZY (size_t, cbor_encode_bool, (bool value, unsigned char *buffer, size_t size), (value, buffer, size))
LAZY (size_t, cbor_encode_break, (unsigned char *buffer, size_t size), (buffer, size))
LAZY (size_t, cbor_encode_bytestring_start, (size_t length, unsigned char *buffer, size_t size), (length, buffer, size))
LAZY (size_t, cbor_encode_indef_array_start, (unsigned char *buffer, size_t size), (buffer, size))
LAZY (size_t, cbor_encode_indef_map_start, (unsigned char *buffer, size_t size), (buffer, size))
LAZY (size_t, cbor_encode_string_start, (size_t length, unsigned char *buffer, size_t size), (length, buffer, size))
LAZY (size_t, cbor_encode_uint, (uint64_t value, unsigned char *buffer, size_t size), (value, buffer, size))
/* clang-format on */
