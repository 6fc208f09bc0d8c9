/* SPDX-License-Identifier: Apache-2.0 */
/* libsoup, when a manufacturer's cloud is called. */
#include <libsoup/soup.h>

#include "common/lazy.h"

#define LAZY(type, name, parameters, arguments) WATTLE_LAZY ("libsoup-3.0.so.0", type, name, parameters, arguments)

/* clang-format off */
LAZY (GType, soup_auth_manager_get_type, (void), ())
LAZY (GType, soup_content_decoder_get_type, (void), ())
LAZY (GType, soup_session_get_type, (void), ())
LAZY (GType, soup_message_get_type, (void), ())

LAZY (SoupMessage *, soup_message_new, (const char *method, const char *uri), (method, uri))
LAZY (void, soup_message_add_flags, (SoupMessage *message, SoupMessageFlags flags), (message, flags))
LAZY (SoupMessageHeaders *, soup_message_get_request_headers, (SoupMessage *message), (message))
LAZY (SoupMessageHeaders *, soup_message_get_response_headers, (SoupMessage *message), (message))
LAZY (SoupStatus, soup_message_get_status, (SoupMessage *message), (message))
LAZY (GTlsCertificate *, soup_message_get_tls_peer_certificate, (SoupMessage *message), (message))
LAZY (GTlsProtocolVersion, soup_message_get_tls_protocol_version, (SoupMessage *message), (message))
LAZY (void, soup_message_headers_append, (SoupMessageHeaders *headers, const char *name, const char *value), (headers, name, value))
LAZY (const char *, soup_message_headers_get_content_type, (SoupMessageHeaders *headers, GHashTable **parameters), (headers, parameters))
LAZY (void, soup_message_set_request_body_from_bytes, (SoupMessage *message, const char *type, GBytes *bytes), (message, type, bytes))

LAZY (void, soup_session_remove_feature_by_type, (SoupSession *session, GType type), (session, type))
LAZY (void, soup_session_send_async, (SoupSession *session, SoupMessage *message, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data), (session, message, priority, cancellable, callback, data))
LAZY (GInputStream *, soup_session_send_finish, (SoupSession *session, GAsyncResult *result, GError **error), (session, result, error))
LAZY (void, soup_session_set_proxy_resolver, (SoupSession *session, GProxyResolver *resolver), (session, resolver))
LAZY (void, soup_session_set_tls_database, (SoupSession *session, GTlsDatabase *database), (session, database))
/* clang-format on */

SoupSession *
soup_session_new_with_options (const char *name, ...)
{
  SoupSession *session;
  va_list list;

  va_start (list, name);
  session = (SoupSession *)g_object_new_valist (soup_session_get_type (), name, list);
  va_end (list);
  return session;
}
