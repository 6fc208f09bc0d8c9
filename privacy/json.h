/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON as the rest of privacy/ needs it: read strictly, written in one way
 * only.
 *
 * json-glib's own parser forgives (comments, assignments, repeated names) and
 * recurses without bound, so what comes from outside is checked against RFC
 * 8259 here first, with limits, and only then handed to it.
 */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Nesting that is still accepted; objects and arrays count alike. */
#define WATTLE_JSON_MAX_DEPTH 16

/* A SHA-256 as lower-case hexadecimal: 64 digits. */
#define WATTLE_SHA256_HEX_LENGTH 64

/* Parses exactly one JSON text of at most @max_size bytes.  Refused, with
 * WATTLE_ERROR_INVALID_ARGUMENT and the line: anything RFC 8259 does not allow,
 * bytes that are not UTF-8, NUL, repeated or escaped member names, nesting
 * deeper than WATTLE_JSON_MAX_DEPTH, and numbers that are not integers within
 * ±(2^53 - 1), which is all that our formats use and all that every reader
 * understands alike (RFC 7493, section 2.2).  Free with json_node_unref(). */
JsonNode *wattle_json_parse (const char *text, gsize length, gsize max_size, GError **error);

/* The canonical text of @node: RFC 8785 (JSON Canonicalization Scheme) for
 * texts without fractions.  Members are sorted by UTF-16 code units, there is
 * no white space, strings are escaped as little as possible.  A node that holds
 * a fraction or an integer beyond ±(2^53 - 1) is the caller's mistake: NULL. */
char *wattle_json_canonical (JsonNode *node);

/* Members of an object; NULL, or FALSE, where there is none of that name and
 * type.  What they return belongs to the object. */
const char *wattle_json_get_string (JsonObject *object, const char *name);
JsonObject *wattle_json_get_object (JsonObject *object, const char *name);
JsonArray *wattle_json_get_array (JsonObject *object, const char *name);
gboolean wattle_json_get_integer (JsonObject *object, const char *name, gint64 *value);

/* SHA-256 of @length bytes as hexadecimal. */
char *wattle_sha256_hex (gconstpointer data, gsize length);

/* Whether @text is @digits lower-case hexadecimal digits; NULL is not. */
gboolean wattle_is_hex (const char *text, gsize digits);

/* base64url without padding (RFC 7515, section 2). */
char *wattle_base64url_encode (gconstpointer data, gsize length);

/* Decodes strictly: no padding, no other alphabet, no stray bits, no line
 * ends.  NULL if @text is anything else. */
GBytes *wattle_base64url_decode (const char *text, gsize length);

G_END_DECLS
