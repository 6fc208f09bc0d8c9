/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers for a test on an emulated chip: the same at each run, so that what is
 * counted can be repeated.  No good for anything else.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

ssize_t getrandom (void *out, size_t len, unsigned flags);
