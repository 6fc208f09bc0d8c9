/* SPDX-License-Identifier: Apache-2.0 */
/* zxcvbn, when a password is judged. */
#include <zxcvbn.h>

#include "common/lazy.h"

#define LAZY(type, name, parameters, arguments) WATTLE_LAZY ("libzxcvbn.so.0", type, name, parameters, arguments)

/* clang-format off */
LAZY (double, ZxcvbnMatch, (const char *password, const char *related[], ZxcMatch_t **info), (password, related, info))
LAZY (void, ZxcvbnFreeInfo, (ZxcMatch_t *info), (info))
/* clang-format on */
